import * as z from "zod";
import { yesNo } from "./values";

export const persistence = z.strictObject(
  {
    rootVolume: yesNo()
      .optional()
      .meta({ description: "A replacement takes over the root volume.", default: true }),
    privateIp: yesNo()
      .optional()
      .meta({ description: "A replacement takes over the private IP.", default: true }),
    dataVolume: yesNo().optional().meta({
      description: "A replacement takes over the data volume, where there is one.",
      default: true,
    }),
  },
  { error: "hold `rootVolume`, `privateIp` and `dataVolume`" },
);

export const deallocation = z.strictObject(
  {
    images: yesNo().optional().meta({ description: "The images of root volumes.", default: true }),
    volumes: yesNo().optional().meta({ description: "The volumes.", default: true }),
    snapshots: yesNo().optional().meta({ description: "The snapshots.", default: true }),
  },
  { error: "hold `images`, `volumes` and `snapshots`" },
);
