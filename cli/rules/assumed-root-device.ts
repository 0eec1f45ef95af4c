import { ROOT_DEVICE } from "../../constructs/elastigroup/root-volume";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** An image id does not tell the root device, and EC2 attaches a volume with another name beside the root. */
export const assumedRootDevice: ReviewRule = {
  severity: "warning",
  keys: ["rootVolume.device", "rootVolume", "imageId"],
  when: "the root volume is sized or encrypted, and `rootVolume.device` is not set",
  remedy: `Set \`rootVolume.device\`: \`${ROOT_DEVICE}\` for Amazon Linux and Debian, \`/dev/sda1\` for Ubuntu.`,
  check({ rootVolume, config }) {
    if (rootVolume === undefined) return NOT_APPLICABLE;
    return config.rootVolume?.device === undefined
      ? [
          `The image is assumed to boot from ${ROOT_DEVICE}. If it does not, each launch adds an empty volume that stays and is billed.`,
        ]
      : [];
  },
};
