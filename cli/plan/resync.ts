import { hasDataVolume, isOurs } from "./script";
import { type Attributes } from "./terraform-plan";

/** How a replica synchronizes with its master when it is back. */
export type Resync = "partial" | "full" | "unknown";

/** The volume that keeps a replica's data through the change. A new data volume starts with the data of the root volume. */
function carrier(before: Attributes, after: Attributes): { readonly flag: string; readonly noun: string } {
  return [before, after].every(({ user_data }) => hasDataVolume(user_data))
    ? { flag: "persist_block_devices", noun: "data volume" }
    : { flag: "persist_root_device", noun: "root volume" };
}

/**
 * The resync to expect when a replica starts again. A volume that was kept before and after holds the replica's data, so
 * a partial resync is possible. Only user data of this package tells what is on the volume.
 */
export function resyncOf(before: Attributes, after: Attributes): Resync {
  const { flag } = carrier(before, after);
  if (after[flag] === false || after[flag] === null) return "full";
  const isAbandoned = hasDataVolume(before["user_data"]) && !hasDataVolume(after["user_data"]);
  if (isAbandoned && isOurs(after["user_data"])) return "full";
  return whyUnknown(before, after) === undefined ? "partial" : "unknown";
}

/** Why the resync is not known; undefined if it is. */
export function whyUnknown(before: Attributes, after: Attributes): string | undefined {
  const { flag, noun } = carrier(before, after);
  if (after[flag] !== true) return `Whether the ${noun} is kept is known after apply.`;
  if (before[flag] !== true)
    return `Spot does not document whether it keeps a ${noun} that was not kept when its instance started. If it does not, the replica joins as a new node with a full resync.`;
  if (!isOurs(before["user_data"]))
    return "The current user data is not from this package, so what the kept volumes hold is not known here.";
  if (!isOurs(after["user_data"]))
    return "The new user data is not from this package, or known after apply, so how it uses the kept volumes is not known here.";
  return undefined;
}
