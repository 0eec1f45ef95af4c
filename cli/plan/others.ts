import { bookkeepingOf } from "./bookkeeping";
import { differences } from "./difference";
import { type GroupPlan, isGroup } from "./group";
import { oneLine } from "./page";
import { type ResourceChange, type TerraformPlan } from "./terraform-plan";

/** A change of something that is no group. */
export interface Other {
  readonly address: string;
  readonly actions: readonly string[];
  /** What it means for replicas that run, where they may need it. */
  readonly remark?: string;
}

/** What happens to something that is there. */
type Change = "delete" | "replace" | "update";

const CUT_OFF =
  "without its bus port a replica is called failed by the cluster, and without Redis's port it gets no data.";

/** What replicas may need beside their group: by whom they are reached, and what they may do. */
const NEEDS: readonly (readonly [type: RegExp, meanings: Readonly<Record<Change, string>>])[] = [
  [
    /^aws_((vpc_)?security_group_(ingress_|egress_)?rule|network_acl(_rule)?)$/,
    {
      delete: `Closed at once, for running replicas too: ${CUT_OFF}`,
      replace: `Closed at once, for running replicas too, and opened again as it then says: ${CUT_OFF}`,
      update: `Changed at once, for running replicas too: ${CUT_OFF}`,
    },
  ],
  [
    /^aws_(default_)?security_group$/,
    {
      delete: "A replica that runs stays in it, and AWS deletes none that is in use: the apply then fails.",
      replace:
        "A replica that runs stays in the old one until its next recycle, and AWS deletes none that is in use: the apply then fails.",
      update: `Its rules change at once, for running replicas too: ${CUT_OFF}`,
    },
  ],
  [
    /^aws_iam_(role|instance_profile)$/,
    {
      delete:
        "Running replicas that have it lose what it allows, and Spot can launch none with it: a replacement fails.",
      replace:
        "Running replicas that have it lose what it allows, and a replacement fails until Spot finds the new one.",
      update: "What running replicas that have it may do changes at once.",
    },
  ],
  [
    /^aws_iam_(policy|role_policy|role_policy_attachment)$/,
    {
      delete:
        "Running replicas with its role lose what it allows at once: what they fetch, such as a secret, they get no more.",
      replace: "Running replicas with its role lose what it allows at once, and get what the new one says.",
      update: "What running replicas with its role may do changes at once.",
    },
  ],
];

/** What changes beside the groups; judged where a group that stays may need it. */
export function othersIn(plan: TerraformPlan, groups: readonly GroupPlan[]): Other[] {
  const all = plan.resource_changes ?? [];
  const isBookkeeping = bookkeepingOf(all);
  const stays = groups.some(({ action }) => ["nothing", "update", "forget"].includes(action));
  return all
    .filter((each) => !isGroup(each) && !isBookkeeping(each) && isChanged(each))
    .map((each) => ({
      address: each.address,
      actions: each.change.actions,
      remark: stays ? meaningOf(each) : undefined,
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

/** Undefined for what takes nothing away. */
function changeOf(other: ResourceChange): Change | undefined {
  const { actions } = other.change;
  if (actions.includes("delete")) return actions.length === 1 ? "delete" : "replace";
  const means = ({ attribute }: { attribute: string }): boolean => !LABELS.has(attribute);
  return actions.includes("update") && differences(other).some(means) ? "update" : undefined;
}

/** What only people read. */
const LABELS: ReadonlySet<string> = new Set(["tags", "tags_all", "description"]);

/** What a rule was for, by its description and ports; of what is no rule, nothing. */
function ruleOf({ change: { before } }: ResourceChange): string {
  const { description, from_port: from, to_port: to } = before ?? {};
  if (typeof from !== "number") return "";
  const ports = `port ${from}${to === from ? "" : `-${String(to)}`}`;
  return typeof description === "string" && description !== "" ? `${oneLine(description)}, ${ports}` : ports;
}

/** Their part of the page. */
export function showOthers(others: readonly Other[], heading: string): string {
  const lines = others.flatMap(({ address, actions, remark }) => [
    `  ${address}: ${actions.join(", ")}`,
    ...(remark === undefined ? [] : [`    ${remark}`]),
  ]);
  return [heading, ...lines, ""].join("\n");
}
