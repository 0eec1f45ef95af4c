import { type Resync } from "./replicas";
import { isOurs } from "./script";
import { type Attributes } from "./terraform-plan";

/**
 * What a replica that starts again is to fetch. A root volume that was kept all along holds the replica's data, so
 * its master sends what it missed if its backlog still has it; only our own user data tells what is on the volume.
 */
export function resyncOf(before: Attributes, after: Attributes): Resync {
  if (after["persist_root_device"] === false || after["persist_root_device"] === null) return "full";
  return whyUnknown(before, after) === undefined ? "partial" : "unknown";
}

/** Why nobody knows what a replica will fetch; undefined where it is known. */
export function whyUnknown(before: Attributes, after: Attributes): string | undefined {
  if (after["persist_root_device"] !== true) return "Whether the root volume is kept is known after apply.";
  if (before["persist_root_device"] !== true)
    return "Whether Spot takes over a root volume that was not kept when its instance started is not documented; if it does not, the replica joins as a new node and fetches everything.";
  if (!isOurs(before["user_data"]))
    return "The user data so far is not of this package: what the kept volumes hold, and whether any of it is taken over, is not known here.";
  if (!isOurs(after["user_data"]))
    return "The user data from now on is not of this package, or known after apply: what it makes of the kept volumes is not known here.";
  return undefined;
}
