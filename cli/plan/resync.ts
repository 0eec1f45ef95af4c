import { hasDataVolume, isOurs } from "./script";
import { type Attributes } from "./terraform-plan";

/** What a replica fetches from its master when it is back: what it missed, everything, or nobody knows. */
export type Resync = "partial" | "full" | "unknown";

/** The volume that brings a replica's data through the change; a data volume begins with what the root has. */
function carrier(before: Attributes, after: Attributes): { readonly flag: string; readonly noun: string } {
  return [before, after].every(({ user_data }) => hasDataVolume(user_data))
    ? { flag: "persist_block_devices", noun: "data volume" }
    : { flag: "persist_root_device", noun: "root volume" };
}

/**
 * What a replica that starts again is to fetch. A volume that was kept all along holds the replica's data, so its
 * master sends what it missed if its backlog still has it; only our own user data tells what is on the volume.
 */
export function resyncOf(before: Attributes, after: Attributes): Resync {
  const { flag } = carrier(before, after);
  if (after[flag] === false || after[flag] === null) return "full";
  const isLeftBehind = hasDataVolume(before["user_data"]) && !hasDataVolume(after["user_data"]);
  if (isLeftBehind && isOurs(after["user_data"])) return "full";
  return whyUnknown(before, after) === undefined ? "partial" : "unknown";
}

/** Why nobody knows what a replica will fetch; undefined where it is known. */
export function whyUnknown(before: Attributes, after: Attributes): string | undefined {
  const { flag, noun } = carrier(before, after);
  if (after[flag] !== true) return `Whether the ${noun} is kept is known after apply.`;
  if (before[flag] !== true)
    return `Whether Spot takes over a ${noun} that was not kept when its instance started is not documented; if it does not, the replica joins as a new node and fetches everything.`;
  if (!isOurs(before["user_data"]))
    return "The user data so far is not of this package: what the kept volumes hold, and whether any of it is taken over, is not known here.";
  if (!isOurs(after["user_data"]))
    return "The user data from now on is not of this package, or known after apply: what it makes of the kept volumes is not known here.";
  return undefined;
}
