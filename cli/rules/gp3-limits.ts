import { GP3 } from "../../constructs/validation/limits";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** IOPS that a MiB/s takes: gp3 moves at most 256 KiB with each. */
const PER_MIB = 4;

/** What gp3 had until 2025. */
const BEFORE = { iops: 16_000, size: 16_384 };

export const gp3Limits: Rule = {
  severity: "note",
  when: "the volume that has the data is gp3 and has more IOPS than its throughput can use, or more of anything than gp3 had until 2025",
  remedy: "lower `iops` (or `size`), or raise `throughput`",
  judge({ rootVolume, dataVolume }) {
    const volume = dataVolume ?? rootVolume;
    if (volume?.type !== "gp3") return NOT_APPLICABLE;
    const { iops = GP3.iops, throughput = 0, size = 0 } = volume;
    const useful = Math.max(GP3.iops, throughput * PER_MIB);
    const old = iops > BEFORE.iops || size > BEFORE.size;
    return [
      ...(iops > useful
        ? [
            `Redis reads and writes its files in sequence, where ${throughput} MiB/s take ${useful} of the ${iops} IOPS that are paid for`,
          ]
        : []),
      ...(old
        ? [
            "a gp3 volume had at most 16000 IOPS and 16384 GiB until 2025, and no instance starts where a region or Spot still holds to that",
          ]
        : []),
    ];
  },
};
