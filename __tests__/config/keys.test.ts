import { App, Testing } from "cdktf";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { keys } from "../../config/keys";
import { addStack } from "../../config/stack";
import { catalogued } from "../../constructs/redis/server-release";
import { exampleConfig } from "./example";
import { temporaryFolder } from "../support/folder";

const folder = temporaryFolder();

function synth(changes: Record<string, unknown>): unknown {
  const app = new App({ outdir: mkdtempSync(join(folder, "out-")), stackTraces: false });
  return JSON.parse(Testing.synth(addStack(app, exampleConfig(changes))));
}

/** Sets a key; an item of a list is the first one. */
function set(config: Record<string, unknown>, name: string, value: unknown): void {
  const steps = name.replaceAll("[]", ".0").split(".");
  let parent = config;
  for (const step of steps.slice(0, -1)) parent = (parent[step] ??= {}) as Record<string, unknown>;
  parent[steps.at(-1)!] = value;
}

test("every default is what the key has when it is left out", () => {
  const some = (): Record<string, unknown> => ({
    redis: { ...catalogued("redis") },
    network: { vpcId: "vpc-0123456789abcdef0", masters: { securityGroupId: "sg-0123456789abcdef1" } },
    auth: { password: { file: "/run/password" } },
    tls: { ca: { file: "/run/ca" }, certificate: { file: "/run/certificate" }, key: { file: "/run/key" } },
    rootVolume: { size: 40 },
    dataVolume: { size: 40 },
    route53: [{ hostedZoneId: "Z1", records: [{ name: "a.example.com" }] }],
  });
  const explicit = some();
  const defaults = keys().filter((key) => key.default !== undefined);
  for (const { name, default: value } of defaults) set(explicit, name, value);
  expect(defaults.length).toBeGreaterThan(30);
  expect(synth(explicit)).toEqual(synth(some()));
});
