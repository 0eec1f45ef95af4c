import * as z from "zod";
import { DEVICE, KMS_KEY, SNAPSHOT } from "../../constructs/validation/formats";
import { DATA_DEVICE } from "../../constructs/elastigroup/data-volume";
import { ROOT_DEVICE } from "../../constructs/elastigroup/root-volume";
import { DEFAULT_TYPE, VOLUME_TYPES } from "../../constructs/elastigroup/volume";
import { GP3, IOPS, THROUGHPUT, VOLUME_SIZE } from "../../constructs/validation/limits";
import { oneOf, orVariable, text, whole, yesNo } from "./values";

const size = orVariable(whole(VOLUME_SIZE.least, VOLUME_SIZE.most, " GiB"));

/** The limits of each type; which of them counts is a rule across keys. */
const IOPS_OF_ALL = Object.values(IOPS);

function volume() {
  return {
    type: oneOf(VOLUME_TYPES).optional().meta({ description: "Its type.", default: DEFAULT_TYPE }),
    iops: whole(
      Math.min(...IOPS_OF_ALL.map(({ least }) => least)),
      Math.max(...IOPS_OF_ALL.map(({ most }) => most)),
    )
      .optional()
      .meta({
        description: `Operations per second: by default, ${GP3.iops} for gp3; io1 needs it.`,
        examples: [4000],
      }),
    throughput: whole(THROUGHPUT.least, THROUGHPUT.most, " MiB/s")
      .optional()
      .meta({ description: `MiB/s of a gp3 volume; by default, ${GP3.throughput}.`, examples: [250] }),
    encrypted: yesNo().optional().meta({ description: "It is encrypted.", default: true }),
    kmsKeyId: orVariable(text(KMS_KEY))
      .optional()
      .meta({
        description: "The KMS key it is encrypted with; by default, the account's own for EBS.",
        examples: ["alias/redis"],
      }),
  };
}

const OF_A_VOLUME = "hold `size` and what else is to be said of the volume";

export const rootVolume = z.strictObject(
  {
    size: size.optional().meta({
      description:
        "Its size in GiB. Needed with any other key but `device`; by default by the memory of the instance types.",
      examples: [32],
    }),
    ...volume(),
    device: text(DEVICE)
      .optional()
      .meta({
        description: "The device the image boots from.",
        default: ROOT_DEVICE,
        examples: ["/dev/sda1"],
      }),
  },
  { error: OF_A_VOLUME },
);

export const dataVolume = z.strictObject(
  {
    size: size.meta({
      description: "Its size in GiB: the data, and twice that while it saves.",
      examples: [32],
    }),
    ...volume(),
    device: text(DEVICE)
      .optional()
      .meta({
        description: "The name that it is attached by; the instance finds it by what is on it.",
        default: DATA_DEVICE,
        examples: ["/dev/sdf"],
      }),
    mode: oneOf(["reattach", "snapshot"]).optional().meta({
      description: "A replacement gets the same volume, or a new one from its latest snapshot.",
      default: "reattach",
    }),
    snapshotId: orVariable(text(SNAPSHOT))
      .optional()
      .meta({
        description: "The snapshot that the first volume is made from; by default, a blank one.",
        examples: ["snap-0123456789abcdef0"],
      }),
  },
  { error: OF_A_VOLUME },
);
