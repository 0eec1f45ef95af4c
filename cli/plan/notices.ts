import { listOf } from "../rules/facts";
import { removedSubnets, updatePolicy } from "./change-impact";
import { type Difference } from "./difference";
import { replacementBy } from "./replacement";
import { type Action, type Replicas } from "./replicas";
import { whyUnknown } from "./resync";
import { hasDataVolume } from "./script";
import { type Attributes, type ResourceChange } from "./terraform-plan";

/** A group's part in a plan. */
export interface PlannedGroup {
  readonly action: Action;
  readonly changes: readonly Difference[];
  readonly replicas: readonly Replicas[];
  /** The former attributes of a group that was deleted outside Terraform. */
  readonly lost?: Attributes;
}

/** What the attributes of a plan do not show: a sentence each. */
export function noticesOn(
  group: ResourceChange,
  { action, changes, replicas, lost }: PlannedGroup,
): string[] {
  const [before, after] = [group.change.before ?? {}, group.change.after ?? {}];
  if (action === "destroy" || action === "replace") return [...whyReplaced(group), ...afterDestroy(before)];
  if (action === "forget")
    return ["Terraform removes the group from its state. It keeps running and is billed."];
  if (lost) return deletedOutside(lost, action);
  if (action !== "update") return [];
  const changed = new Map(changes.map((each) => [each.attribute, each]));
  return [
    ...refused(changes),
    ...replacements(changes, after, before),
    ...lessCapacity(after, changed.get("desired_capacity")),
    ...persistence(changed, after),
    ...resyncs(replicas, after, before),
    ...share(changed, after),
    ...zones(after, changed.get("availability_zones") ?? changed.get("subnet_ids")),
    ...images(after, changed),
    ...volumes(changed),
    ...neverSettles(changed),
    ...policy(after),
  ];
}

const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted:
    "The group is tainted: an earlier apply failed after it was created, for example by `wait_for_capacity_timeout`. `terraform untaint` keeps the group.",
  replace_by_request: "The plan was made with -replace.",
  replace_by_triggers: "`replace_triggered_by` caused it.",
  delete_because_no_resource_config: "The group was removed from the configuration.",
  delete_because_wrong_repetition: "`count` or `for_each` of the group was added or removed.",
  delete_because_count_index: "`count` of the group was lowered.",
  delete_because_each_key: "The key was removed from `for_each`.",
  delete_because_no_module: "The module was removed from the configuration.",
};

function whyReplaced({ action_reason, deposed }: ResourceChange): string[] {
  const reason = REASONS[action_reason ?? ""];
  return [
    ...(deposed ? ["It is left over from an earlier replacement and still has to be destroyed."] : []),
    ...(reason ? [reason] : []),
  ];
}

const FORGET =
  "The cluster lists the removed replicas as failed until `CLUSTER FORGET` is sent to every node.";

const DEALLOCATED = {
  should_delete_volumes: "volumes",
  should_delete_snapshots: "snapshots",
  should_delete_images: "images",
  should_delete_network_interfaces: "network interfaces",
};

/** The state counts: a new `stateful_deallocation` in the same plan has no effect. */
function afterDestroy(before: Attributes): string[] {
  const [block = {}] = (before["stateful_deallocation"] ?? []) as Record<string, unknown>[];
  const parts = Object.entries(DEALLOCATED);
  const deleted = parts.filter(([key]) => block[key] === true).map(([, part]) => part);
  // Spot deletes interfaces by default, and the provider cannot turn that off.
  if (!deleted.includes("network interfaces")) deleted.push("network interfaces");
  const left = parts.map(([, part]) => part).filter((part) => !deleted.includes(part));
  return [
    `Their ${listOf(deleted)} are deleted.`,
    ...(left.length > 0 ? [`Their ${listOf(left)} stay without a group and are billed.`] : []),
    FORGET,
  ];
}

function deletedOutside({ id }: Attributes, action: Action): string[] {
  const next =
    action === "create"
      ? "The plan creates another group, whose replicas join as new nodes."
      : "This plan changes only the state. The next one creates another group if the configuration still has it.";
  return [
    `${typeof id === "string" ? id : "The group"} was deleted outside Terraform, with its replicas, and with their volumes unless they were kept. ${next}`,
    `If it still exists, this run uses the wrong Spot account, and ${action === "create" ? "the apply" : "a later apply"} creates a second group.`,
    FORGET,
  ];
}

function replacements(changes: readonly Difference[], after: Attributes, before: Attributes): string[] {
  return changes.flatMap(({ attribute, impact }) =>
    impact === "may_replace" ? [replacementBy(attribute, after, before)!] : [],
  );
}

function resyncs(replicas: readonly Replicas[], after: Attributes, before: Attributes): string[] {
  const why = replicas.some(({ resync }) => resync === "unknown") ? whyUnknown(before, after) : undefined;
  return why === undefined ? [] : [why];
}

function refused(changes: readonly Difference[]): string[] {
  return changes
    .filter(({ impact }) => impact === "refused")
    .map(
      ({ attribute }) =>
        `\`${attribute}\` cannot change after creation: the apply will fail. Name it in \`ignore_changes\`, or keep its value.`,
    );
}

function lessCapacity(after: Attributes, change: Difference | undefined): string[] {
  if (!change) return [];
  if (change.unknown) return ["The number of replicas is known after apply. It can be lower."];
  if (Number(change.after ?? 0) >= Number(change.before ?? 0)) return [];
  const kept = [
    after["persist_root_device"] === true && "root volumes",
    after["persist_block_devices"] === true && "data volumes",
    after["persist_private_ip"] === true && "network interfaces",
  ].filter((part) => part !== false);
  return [
    kept.length > 0
      ? `Spot pauses the removed replicas: their ${listOf(kept)} stay and are billed until each is deallocated.`
      : "No volume or address of the removed replicas is kept.",
    "Spot chooses which replicas to remove, and can choose a promoted one. Check first that no replica owns slots.",
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
    persist_private_ip: ": the cluster must learn its new address",
    [data]: ": it joins as a new node, and the cluster lists the old one until `CLUSTER FORGET`",
  };
  const since: Readonly<Record<string, string>> = {
    persist_root_device: ", once Spot has taken its first image",
    ...(after["block_devices_mode"] === "onLaunch"
      ? { persist_block_devices: ", once Spot has taken their first snapshots" }
      : {}),
  };
  return Object.entries(KEPT).flatMap(([attribute, part]) => {
    const change = changed.get(attribute);
    if (!change || change.unknown) return [];
    return change.after === true
      ? [`Replacements keep the ${part} from now on${since[attribute] ?? ""}.`]
      : [`A replacement loses the ${part} from now on${lost[attribute] ?? ""}.`];
  });
}

function zones(after: Attributes, change: Difference | undefined): string[] {
  if (!change || change.unknown) return [];
  const removed = removedSubnets(change.before, change.after);
  const unread =
    "The provider does not read zones back. If this apply fails, raise `zonesRevision` to send them again.";
  if (removed.length === 0 || after["persist_private_ip"] !== true) return [unread];
  return [
    `A replica in ${listOf(removed)} keeps its address there. What its next replacement does is not documented.`,
    unread,
  ];
}

/** The provider sends a missing `spot_percentage` as 0, and a count only when it changes. */
function share(changed: ReadonlyMap<string, Difference>, after: Attributes): string[] {
  if (!after["ondemand_count"] || !changed.has("spot_percentage")) return [];
  return changed.has("ondemand_count")
    ? [
        "The provider does not send `ondemand_count` again. If this apply fails, leave `strategy.onDemandCount` out, apply, and set it again.",
      ]
    : [
        "If an apply that set `ondemand_count` has failed, Spot does not have it, and this apply makes all replicas on-demand. Leave `strategy.onDemandCount` out, apply, and set it again.",
      ];
}

function images(after: Attributes, changed: ReadonlyMap<string, Difference>): string[] {
  if (!changed.has("image_id") && !changed.has("images")) return [];
  return after["persist_root_device"] === true
    ? ["Running replicas do not get the image, since they keep their root volumes. New replicas get it."]
    : [];
}

function volumes(changed: ReadonlyMap<string, Difference>): string[] {
  return changed.has("ebs_block_device")
    ? ["Whether kept volumes get the new settings is not documented. New replicas get them."]
    : [];
}

function neverSettles(changed: ReadonlyMap<string, Difference>): string[] {
  const description = changed.get("description");
  const metadata = changed.get("metadata_options");
  return [
    ...(description && !description.unknown && (description.after ?? "") === ""
      ? ["The provider cannot clear `description`, so every plan shows this again."]
      : []),
    ...(metadata && !metadata.unknown && metadataTags(metadata.before) && !metadataTags(metadata.after)
      ? [
          "The provider cannot clear `instance_metadata_tags`, so every plan shows this again. Set `instanceMetadataTags: false`.",
        ]
      : []),
  ];
}

function metadataTags(blocks: unknown): unknown {
  const [block = {}] = (blocks ?? []) as Attributes[];
  return block["instance_metadata_tags"];
}

function policy(after: Attributes): string[] {
  const { should_roll, should_resume_stateful } = updatePolicy(after);
  return [
    ...(should_roll === true ? ["`should_roll` replaces instances with every update of any attribute."] : []),
    ...(should_resume_stateful === true
      ? ["`should_resume_stateful` resumes instances that were paused on purpose."]
      : []),
    ...(Array.isArray(after["stateful_instance_action"]) && after["stateful_instance_action"].length > 0
      ? ["`stateful_instance_action` is repeated with every update until it is removed."]
      : []),
  ];
}
