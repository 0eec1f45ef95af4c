import { GP3 } from "../../constructs/validation/limits";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** IOPS for each MiB/s: gp3 transfers at most 256 KiB with one. */
const PER_MIB = 4;

/** The limits of gp3 until 2025. */
const BEFORE = { iops: 16_000, size: 16_384 };

export const gp3Limits: ReviewRule = {
  severity: "note",
  keys: ["dataVolume", "rootVolume"],
  when: "the gp3 volume with the data has more IOPS than its throughput can use, or exceeds the limits that gp3 had until 2025",
  remedy: "Lower `iops` (or `size`), or raise `throughput`.",
  check({ rootVolume, dataVolume }) {
    const volume = dataVolume ?? rootVolume;
    if (volume?.type !== "gp3") return NOT_APPLICABLE;
    const { iops = GP3.iops, throughput = 0, size = 0 } = volume;
    const useful = Math.max(GP3.iops, throughput * PER_MIB);
    return [
      ...(iops > useful
        ? [
            `Redis accesses its files sequentially, and ${throughput} MiB/s use ${useful} of the ${iops} IOPS that are billed.`,
          ]
        : []),
      ...(iops > BEFORE.iops || size > BEFORE.size
        ? [
            "Until 2025 the limits of gp3 were 16000 IOPS and 16384 GiB. Instances do not start where a region or Spot still enforces them.",
          ]
        : []),
    ];
  },
};
