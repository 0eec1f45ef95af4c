import * as z from "zod";
import { MASTER, ZONE } from "../../constructs/validation/formats";
import { list, type OrVariable, orVariable, text, variable } from "./values";

const masterInZone = z.strictObject(
  {
    host: orVariable(text(MASTER)).meta({ description: "The master, as without a zone." }),
    zone: orVariable(text(ZONE)).meta({
      description:
        "Its availability zone, by its name in the account of the replicas. A new replica follows a master of another zone, unless a shard would go without one.",
      examples: ["us-west-2a"],
    }),
  },
  { error: MASTER.rule },
);

export const masters = orVariable(list(z.union([text(MASTER), masterInZone, variable]), MASTER.noun));

/** A master whose zone the file has. */
export type MasterInZoneConfig = z.output<typeof masterInZone>;

/** Whether the file has the zone of a master. */
export function isInZone(master: OrVariable<string> | MasterInZoneConfig): master is MasterInZoneConfig {
  return typeof master === "object" && "host" in master;
}
