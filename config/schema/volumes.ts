import * as z from "zod";
import { DEVICE, KMS_KEY, SNAPSHOT } from "../../constructs/validation/formats";
import { DATA_DEVICE } from "../../constructs/elastigroup/data-volume";
import { ROOT_DEVICE } from "../../constructs/elastigroup/root-volume";
import { DEFAULT_TYPE, VolumeType } from "../../constructs/elastigroup/volume";
import { wordsOf } from "../../constructs/validation/known-words";
import { GP3, IOPS, SIZES, THROUGHPUT, VOLUME_SIZE } from "../../constructs/validation/limits";
import { oneOf, orVariable, text, whole, yesNo } from "./values";

const size = orVariable(whole(VOLUME_SIZE.least, VOLUME_SIZE.most, " GiB"));

/** The limits over all types. The limit of each type is a rule across keys. */
const IOPS_OF_ALL = Object.values(IOPS);

const IOPS_BY_TYPE = Object.entries(IOPS)
  .map(([type, { least, most, perGib }]) => `${type}: ${least} to ${most}, at most ${perGib} per GiB`)
  .join("; ");

const SIZES_BY_TYPE = Object.entries(SIZES)
  .map(([type, { least, most }]) => `${type}: ${least} to ${most}`)
  .join("; ");

function volume() {
  return {
    type: oneOf(wordsOf(VolumeType))
      .optional()
      .meta({ description: "The type of the volume.", default: DEFAULT_TYPE }),
    iops: whole(
      Math.min(...IOPS_OF_ALL.map(({ least }) => least)),
      Math.max(...IOPS_OF_ALL.map(({ most }) => most)),
    )
      .optional()
      .meta({
        description: `I/O operations per second. ${IOPS_BY_TYPE}. By default, ${GP3.iops} for gp3; io1 needs it, and gp2 takes none.`,
        examples: [4000],
      }),
    throughput: whole(THROUGHPUT.least, THROUGHPUT.most, " MiB/s")
      .optional()
      .meta({
        description: `MiB/s, for gp3 only, and at most a quarter of \`iops\`; by default, ${GP3.throughput}.`,
        examples: [250],
      }),
    encrypted: yesNo().optional().meta({ description: "Whether the volume is encrypted.", default: true }),
    kmsKeyId: orVariable(text(KMS_KEY))
      .optional()
      .meta({
        description:
          "The KMS key it is encrypted with, which Spot must be allowed to use; by default, the account's own for EBS.",
        examples: ["alias/redis"],
      }),
  };
}

const OF_A_VOLUME = "be a map with `size` and further settings of the volume";

export const rootVolume = z.strictObject(
  {
    size: size.optional().meta({
      description: `The size in GiB. ${SIZES_BY_TYPE}. Needed with any other key but \`device\`; by default, by the memory of the instance types.`,
      examples: [32],
    }),
    ...volume(),
    device: text(DEVICE)
      .optional()
      .meta({
        description:
          "The device the image boots from, such as `/dev/sda1` for Ubuntu. With any other device, the image boots from a volume of its own, and this one stays empty.",
        default: ROOT_DEVICE,
        examples: ["/dev/sda1"],
      }),
  },
  { error: OF_A_VOLUME },
);

export const dataVolume = z.strictObject(
  {
    size: size.meta({
      description: `The size in GiB, at least three times the data. ${SIZES_BY_TYPE}.`,
      examples: [32],
    }),
    ...volume(),
    device: text(DEVICE)
      .optional()
      .meta({
        description:
          "The name that it is attached by, another one than the root volume's. The instance finds the volume by what is on it.",
        default: DATA_DEVICE,
        examples: ["/dev/sdf"],
      }),
    mode: oneOf(["reattach", "snapshot"]).optional().meta({
      description:
        "How a replacement gets it. `reattach`: the same volume again. `snapshot`: a new one from the latest snapshot at each launch.",
      default: "reattach",
    }),
    snapshotId: orVariable(text(SNAPSHOT))
      .optional()
      .meta({
        description: "The snapshot from which the first volume is created; by default, it is blank.",
        examples: ["snap-0123456789abcdef0"],
      }),
  },
  { error: OF_A_VOLUME },
);
