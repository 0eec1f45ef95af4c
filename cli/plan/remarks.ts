import { listOf } from "../rules/facts";
import { leftPlaces, updatePolicy } from "./attributes";
import { type Difference } from "./difference";
import { replacementBy } from "./replacement";
import { type Action, type Replicas } from "./replicas";
import { whyUnknown } from "./resync";
import { hasDataVolume } from "./script";
import { type Attributes, type ResourceChange } from "./terraform-plan";

/** What is found out about a group's part in a plan. */
export interface Findings {
  readonly action: Action;
  readonly changes: readonly Difference[];
  readonly replicas: readonly Replicas[];
  /** What the group was, where it is gone at Spot. */
  readonly lost?: Attributes;
}

/** What a reader of a plan would not guess: a sentence each. */
export function remarksOn(group: ResourceChange, { action, changes, replicas, lost }: Findings): string[] {
  const [before, after] = [group.change.before ?? {}, group.change.after ?? {}];
  if (action === "destroy" || action === "replace") return [...whyReplaced(group), ...afterDestroy(before)];
  if (action === "forget") return ["Terraform forgets the group; it goes on running, and is paid for."];
  if (lost) return gone(lost, action);
  if (action !== "update") return [];
  const changed = new Map(changes.map((each) => [each.attribute, each]));
  return [
    ...refused(changes),
    ...replacements(changes, after, before),
    ...lessCapacity(after, changed.get("desired_capacity")),
    ...persistence(changed, after),
    ...resyncs(replicas, after, before),
    ...zones(after, changed.get("availability_zones") ?? changed.get("subnet_ids")),
    ...images(after, changed),
    ...volumes(changed),
    ...neverSettles(changed),
    ...policy(after),
  ];
}

const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted:
    "The group is tainted: an earlier apply failed after it was made, as it does when `wait_for_capacity_timeout` is over. `terraform untaint` keeps it.",
  replace_by_request: "Somebody asked for it with -replace.",
  replace_by_triggers: "`replace_triggered_by` asks for it.",
  delete_because_no_resource_config: "The configuration has no such group any more.",
  delete_because_wrong_repetition: "`count` or `for_each` of the group came or went.",
  delete_because_count_index: "`count` of the group is lower than it was.",
  delete_because_each_key: "`for_each` has no such key any more.",
  delete_because_no_module: "The configuration has no such module any more.",
};

function whyReplaced({ action_reason, deposed }: ResourceChange): string[] {
  const reason = REASONS[action_reason ?? ""];
  return [
    ...(deposed ? ["It is what an earlier replacement left, still to be destroyed."] : []),
    ...(reason ? [reason] : []),
  ];
}

const FORGET = "The cluster lists them as failed until each node got CLUSTER FORGET.";

const DEALLOCATED = {
  should_delete_volumes: "volumes",
  should_delete_snapshots: "snapshots",
  should_delete_images: "images",
  should_delete_network_interfaces: "network interfaces",
};

/** What counts is the state: `stateful_deallocation` of the same plan comes too late. */
function afterDestroy(before: Attributes): string[] {
  const [block = {}] = (before["stateful_deallocation"] ?? []) as Record<string, unknown>[];
  const parts = Object.entries(DEALLOCATED);
  const gone = parts.filter(([key]) => block[key] === true).map(([, part]) => part);
  // Spot deletes interfaces unless told, and Terraform cannot tell it not to.
  if (!gone.includes("network interfaces")) gone.push("network interfaces");
  const left = parts.map(([, part]) => part).filter((part) => !gone.includes(part));
  return [
    `Their ${listOf(gone)} are deleted.`,
    ...(left.length > 0 ? [`Their ${listOf(left)} stay, belong to nobody, and are paid for.`] : []),
    FORGET,
  ];
}

function gone({ id }: Attributes, action: Action): string[] {
  const next =
    action === "create"
      ? "The plan makes another group, whose replicas join as new nodes."
      : "This plan only takes note of it; the next one makes another group if the configuration has one there.";
  return [
    `${typeof id === "string" ? id : "The group"} was deleted outside Terraform: its replicas are gone, and their volumes unless whoever deleted it kept them. ${next}`,
    `If it is still there, this run asks for another account than the one that has it, and ${action === "create" ? "the apply" : "a later apply"} makes a second group.`,
    FORGET,
  ];
}

function replacements(changes: readonly Difference[], after: Attributes, before: Attributes): string[] {
  return changes.flatMap(({ attribute, reach }) =>
    reach === "may replace" ? [replacementBy(attribute, after, before)!] : [],
  );
}

function resyncs(replicas: readonly Replicas[], after: Attributes, before: Attributes): string[] {
  const why = replicas.some(({ resync }) => resync === "unknown") ? whyUnknown(before, after) : undefined;
  return why === undefined ? [] : [why];
}

function refused(changes: readonly Difference[]): string[] {
  return changes
    .filter(({ reach }) => reach === "refused")
    .map(
      ({ attribute }) =>
        `\`${attribute}\` cannot change after creation: the apply will fail. Name it in \`ignore_changes\`, or keep its value.`,
    );
}

function lessCapacity(after: Attributes, change: Difference | undefined): string[] {
  if (!change) return [];
  if (change.unknown) return ["How many replicas there will be is known after apply; it may be fewer."];
  if (Number(change.after ?? 0) >= Number(change.before ?? 0)) return [];
  const kept = [
    after["persist_root_device"] === true && "root volumes",
    after["persist_block_devices"] === true && "data volumes",
    after["persist_private_ip"] === true && "network interfaces",
  ].filter((part) => part !== false);
  return [
    kept.length > 0
      ? `Spot parks what it takes away: their ${listOf(kept)} stay and are paid for until each is deallocated.`
      : "What Spot takes away keeps nothing.",
    "Which replicas go is Spot's choice, one that was promoted included; see first that none of them owns slots.",
    FORGET,
  ];
}

const KEPT = {
  persist_root_device: "root volume",
  persist_private_ip: "private IP",
  persist_block_devices: "data volumes",
};

function persistence(changed: ReadonlyMap<string, Difference>, after: Attributes): string[] {
  const data = hasDataVolume(after["user_data"]) ? "persist_block_devices" : "persist_root_device";
  const lost: Readonly<Record<string, string>> = {
    persist_private_ip: ": the cluster has to learn its new address",
    [data]: ": it joins as a new node, and the old one stays in the cluster's list until FORGET",
  };
  return Object.entries(KEPT).flatMap(([attribute, part]) => {
    const change = changed.get(attribute);
    if (!change || change.unknown) return [];
    return change.after === true
      ? [`From now on a replacement takes over the ${part}, once that was imaged or kept.`]
      : [`From now on a replacement comes without the old ${part}${lost[attribute] ?? ""}.`];
  });
}

function zones(after: Attributes, change: Difference | undefined): string[] {
  if (!change || change.unknown) return [];
  const gone = leftPlaces(change.before, change.after);
  const unread =
    "The provider never reads zones back: if this apply fails, raise `zonesRevision` to send them again.";
  if (gone.length === 0 || after["persist_private_ip"] !== true) return [unread];
  return [
    `A replica in ${listOf(gone)} keeps an address there; what becomes of it at its next replacement is not documented.`,
    unread,
  ];
}

function images(after: Attributes, changed: ReadonlyMap<string, Difference>): string[] {
  if (!changed.has("image_id") && !changed.has("images")) return [];
  return after["persist_root_device"] === true
    ? ["No running replica gets the image: each keeps its root volume. Only replicas that are new have it."]
    : [];
}

function volumes(changed: ReadonlyMap<string, Difference>): string[] {
  return changed.has("ebs_block_device")
    ? ["Whether a volume that is kept takes on other settings is not documented; new replicas have them."]
    : [];
}

function neverSettles(changed: ReadonlyMap<string, Difference>): string[] {
  const description = changed.get("description");
  return description && !description.unknown && (description.after ?? "") === ""
    ? ["The provider cannot clear `description`: every plan will show this again."]
    : [];
}

function policy(after: Attributes): string[] {
  const { should_roll, should_resume_stateful } = updatePolicy(after);
  return [
    ...(should_roll === true
      ? ["`should_roll` replaces instances with every update, whatever it changes."]
      : []),
    ...(should_resume_stateful === true
      ? ["`should_resume_stateful` wakes instances paused on purpose."]
      : []),
    ...(Array.isArray(after["stateful_instance_action"]) && after["stateful_instance_action"].length > 0
      ? ["`stateful_instance_action` is done again with every update for as long as it is written."]
      : []),
  ];
}
