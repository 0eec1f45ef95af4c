import * as z from "zod";
import { yesNo } from "./values";

export const persistence = z.strictObject(
  {
    rootVolume: yesNo().optional().meta({
      description:
        "Whether a replacement keeps the root volume. Without it and without a data volume, every replacement joins as a new node.",
      default: true,
    }),
    privateIp: yesNo().optional().meta({
      description: "Whether a replacement keeps the private IP, and so stays in its subnet.",
      default: true,
    }),
    dataVolume: yesNo().optional().meta({
      description:
        "Whether a replacement keeps the data volume; only with `dataVolume`. Without it, every replacement joins as a new node, on a blank volume.",
      default: true,
    }),
  },
  { error: "be a map with `rootVolume`, `privateIp` and `dataVolume`" },
);

export const deallocation = z.strictObject(
  {
    images: yesNo()
      .optional()
      .meta({ description: "Whether images of root volumes are deleted.", default: true }),
    volumes: yesNo().optional().meta({ description: "Whether volumes are deleted.", default: true }),
    snapshots: yesNo().optional().meta({ description: "Whether snapshots are deleted.", default: true }),
  },
  { error: "be a map with `images`, `volumes` and `snapshots`" },
);
