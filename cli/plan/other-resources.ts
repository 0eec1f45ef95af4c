import { internalResourcesOf } from "./internal-resources";
import { differences } from "./difference";
import { type GroupPlan, isGroup } from "./group";
import { shorten } from "../terminal";
import { type ResourceChange, type TerraformPlan } from "./terraform-plan";

/** A change of a resource that is not a group. */
export interface OtherResource {
  readonly address: string;
  readonly actions: readonly string[];
  /** What it means for running replicas, if they can depend on it. */
  readonly notice?: string;
}

/** What happens to a resource that exists. */
type Change = "delete" | "replace" | "update";

const CUT_OFF =
  "without its bus port the cluster marks a replica as failed, and without the port of Redis the replica gets no data.";

/** What running replicas can depend on: network rules and permissions. */
const NEEDS: readonly (readonly [type: RegExp, meanings: Readonly<Record<Change, string>>])[] = [
  [
    /^aws_((vpc_)?security_group_(ingress_|egress_)?rule|network_acl(_rule)?)$/,
    {
      delete: `Closed immediately, also for running replicas: ${CUT_OFF}`,
      replace: `Closed immediately and opened again with its new values, also for running replicas: ${CUT_OFF}`,
      update: `Changed immediately, also for running replicas: ${CUT_OFF}`,
    },
  ],
  [
    /^aws_(default_)?security_group$/,
    {
      delete:
        "Running replicas stay in it, and AWS does not delete a security group in use: the apply fails.",
      replace:
        "Running replicas stay in the old one until their next recycle, and AWS does not delete a security group in use: the apply fails.",
      update: `Its rules change immediately, also for running replicas: ${CUT_OFF}`,
    },
  ],
  [
    /^aws_iam_(role|instance_profile)$/,
    {
      delete:
        "Running replicas that use it lose its permissions, and Spot cannot launch instances with it: replacements fail.",
      replace:
        "Running replicas that use it lose its permissions, and replacements fail until the new one exists.",
      update: "The permissions of running replicas that use it change immediately.",
    },
  ],
  [
    /^aws_iam_(policy|role_policy|role_policy_attachment)$/,
    {
      delete: "Running replicas with its role lose its permissions immediately, such as reading a secret.",
      replace:
        "Running replicas with its role lose its permissions immediately, and get those of the new one.",
      update: "The permissions of running replicas with its role change immediately.",
    },
  ],
];

/** The changes of other resources. They get a notice if a group that stays can depend on them. */
export function otherResourcesIn(plan: TerraformPlan, groups: readonly GroupPlan[]): OtherResource[] {
  const all = plan.resource_changes ?? [];
  const isInternal = internalResourcesOf(all);
  const stays = groups.some(({ action }) => ["no_op", "update", "forget"].includes(action));
  return all
    .filter((each) => !isGroup(each) && !isInternal(each) && isChanged(each))
    .map((each) => ({
      address: each.address,
      actions: each.change.actions,
      notice: stays ? meaningOf(each) : undefined,
    }));
}

function isChanged({ change: { actions, importing } }: ResourceChange): boolean {
  return importing !== undefined || !actions.every((action) => ["no-op", "read"].includes(action));
}

function meaningOf(other: ResourceChange): string | undefined {
  const change = changeOf(other);
  const [, meanings] = NEEDS.find(([type]) => type.test(other.type)) ?? [];
  if (!change || !meanings) return undefined;
  const rule = ruleOf(other);
  return rule === "" ? meanings[change] : `${rule}. ${meanings[change]}`;
}

/** Undefined for a change that removes nothing. */
function changeOf(other: ResourceChange): Change | undefined {
  const { actions } = other.change;
  if (actions.includes("delete")) return actions.length === 1 ? "delete" : "replace";
  const means = ({ attribute }: { attribute: string }): boolean => !LABELS.has(attribute);
  return actions.includes("update") && differences(other).some(means) ? "update" : undefined;
}

/** Attributes that only people read. */
const LABELS: ReadonlySet<string> = new Set(["tags", "tags_all", "description"]);

/** The description and ports of a network rule; empty for other resources. */
function ruleOf({ change: { before } }: ResourceChange): string {
  const { description, from_port: from, to_port: to } = before ?? {};
  if (typeof from !== "number") return "";
  const ports = `port ${from}${to === from ? "" : `-${String(to)}`}`;
  return typeof description === "string" && description !== "" ? `${shorten(description)}, ${ports}` : ports;
}
