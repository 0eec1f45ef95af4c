import { gzipSync } from "node:zlib";
import { resyncOf, whyUnknown } from "../../../cli/plan/resync";
import { script } from "./scenarios";

const ours = gzipSync(script("0", "join")).toString("base64");
const foreign = Buffer.from("#!/bin/sh\nredis-server\n").toString("base64");
const onVolume = gzipSync(script("0", "join").replace("\nMAX", "\nDATA_VOLUME='kept'\nMAX")).toString(
  "base64",
);
const both = { persist_root_device: true, persist_block_devices: true, user_data: onVolume };
const kept = { persist_root_device: true, user_data: ours };

test.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
  ["a root volume kept before and after", kept, kept, "partial"],
  ["a root volume no longer kept", kept, { ...kept, persist_root_device: false }, "full"],
  ["a root volume kept from now on", { ...kept, persist_root_device: false }, kept, "unknown"],
  ["a root volume whose persistence is known after apply", kept, { user_data: ours }, "unknown"],
  ["a group with foreign user data before", { ...kept, user_data: foreign }, kept, "unknown"],
  ["a group without user data before", { persist_root_device: true }, kept, "unknown"],
  ["a group with foreign user data after", kept, { ...kept, user_data: foreign }, "unknown"],
  ["user data known after apply", kept, { persist_root_device: true }, "unknown"],
  [
    "a data volume kept before and after, without the root volume",
    both,
    { ...both, persist_root_device: false },
    "partial",
  ],
  ["a data volume no longer kept", both, { ...both, persist_block_devices: false }, "full"],
  ["a data volume kept from now on", { ...both, persist_block_devices: false }, both, "unknown"],
  ["a new data volume, which starts with the data of the root volume", kept, both, "partial"],
  ["a new data volume beside a new root volume", kept, { ...both, persist_root_device: false }, "full"],
  ["a data volume that is removed", both, kept, "full"],
])("%s: %j, then %j gives the resync %s, with a reason if unknown", (_, before, after, resync) => {
  expect(resyncOf(before, after)).toBe(resync);
  if (resync !== "full") expect(whyUnknown(before, after) !== undefined).toBe(resync === "unknown");
});
