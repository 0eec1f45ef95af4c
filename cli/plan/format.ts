import { shorten, type Line, styled, wrap } from "../terminal";
import { type Impact } from "./change-impact";
import { type Difference } from "./difference";
import { type GroupPlan } from "./group";
import { movedBlock } from "./moved";
import { type OtherResource } from "./other-resources";
import { type Action, type Replicas } from "./replicas";
import { AGENT, type ScriptChange } from "./script";

/** In the order of the page. */
const IMPACTS: Readonly<Record<Impact, string>> = {
  refused: "Refused by Spot",
  may_replace: "Immediately; Spot can then replace running replicas",
  undocumented: "Not documented when it affects a running replica",
  immediate: "Immediately, on running replicas",
  next_recycle: "At each replica's next recycle",
  capacity: "Number of replicas",
  new_replicas: "On new replicas only",
  new_root_volume: "Never with a kept root volume",
  group_settings: "Immediately, in the settings of the group",
  none: "No effect",
  terraform_only: "In how Terraform updates the group",
  on_destroy: "When the group is destroyed",
};

const ACTIONS: Readonly<Record<Action, string>> = {
  no_op: "does not change",
  update: "is changed in place",
  create: "is created",
  destroy: "IS DESTROYED",
  replace: "IS DESTROYED and another is created",
  forget: "is removed from the state",
};

/** The section of a group. */
export function formatGroup(plan: GroupPlan, width: number): Line[] {
  const note = (text: string): string[] => wrap(text, width, "  ", "    ");
  return [
    [styled("bold", `${shorten(plan.name)}${plan.id ? ` (${plan.id})` : ""} ${actionOf(plan)}`)],
    `  ${plan.address}${plan.previousAddress ? `, moved from ${plan.previousAddress}` : ""}`,
    ...(plan.adopted ? note(`${plan.adopted} is imported and keeps its instances.`) : []),
    ...plan.replicas.flatMap((each) => note(showReplicas(each))),
    ...byImpact(plan),
    ...(plan.drifted.length > 0 ? note(`Changed outside Terraform: ${plan.drifted.join(", ")}`) : []),
    ...plan.notices.flatMap(note),
    ...advice(plan, note),
  ];
}

/** The section of the other resources. */
export function formatOtherResources(resources: readonly OtherResource[], width: number): Line[] {
  return [
    [styled("bold", "Other resources")],
    ...resources.flatMap(({ address, actions, notice }) => [
      `  ${address}: ${actions.join(", ")}`,
      ...(notice === undefined ? [] : wrap(notice, width, "    ")),
    ]),
  ];
}

function actionOf({ action, gone }: GroupPlan): string {
  if (!gone) return ACTIONS[action];
  return `WAS DELETED OUTSIDE TERRAFORM (${gone})${action === "create" ? " and another is created" : ""}`;
}

function byImpact({ changes, script }: GroupPlan): string[] {
  return (Object.keys(IMPACTS) as Impact[]).flatMap((impact) => {
    const here = changes.filter((change) => change.impact === impact);
    if (here.length === 0) return [];
    return [
      `  ${IMPACTS[impact]}:`,
      ...here.flatMap((change) => showChange(change, script)).map((line) => `    ${line}`),
    ];
  });
}

const FATES: Readonly<Record<Replicas["fate"], string>> = {
  unchanged: "not changed",
  changed_immediately: "changed immediately, without a restart",
  changed_at_next_recycle: "not changed now; changed at the next recycle",
  may_be_replaced: "not changed by the apply, but Spot can replace them afterwards",
  replaced_immediately: "REPLACED IMMEDIATELY",
  undocumented: "not documented whether they are changed",
  created: "created",
  scaled_down: "removed by the lower capacity",
  destroyed: "DESTROYED",
  deleted_outside_terraform: "DELETED before this plan",
  unmanaged: "keep running, no longer managed by Terraform",
};

const RESYNCS: Readonly<Record<NonNullable<Replicas["resync"]>, string>> = {
  partial: "partial resync expected, if the master's backlog still holds what was missed",
  full: "full resync expected",
  unknown: "partial or full resync, not known which",
};

function showReplicas({ count, fate, resync }: Replicas): string {
  const subject =
    count === undefined ? "Replicas (number known after apply)" : `${count} replica${count === 1 ? "" : "s"}`;
  return `${subject}: ${FATES[fate]}${resync ? `; ${RESYNCS[resync]}` : ""}`;
}

function showChange(change: Difference, script: ScriptChange | undefined): string[] {
  const { attribute, sensitive } = change;
  if (sensitive) return [`${attribute}: sensitive, not shown`];
  if (attribute === "user_data" && script) return showScript(script);
  if (attribute === "user_data" || attribute === "shutdown_script")
    return [`${attribute}: ${change.unknown ? "known after apply" : "changed"}`];
  return [`${attribute}: ${showValues(change)}`];
}

function showScript({ sameText, settings, files }: ScriptChange): string[] {
  if (sameText) return ["user_data: same text, recompressed"];
  return [
    "user_data:",
    ...settings.flatMap(({ name, before, after }) => [
      ...(before === undefined ? [] : [`- ${name}=${shorten(before)}`]),
      ...(after === undefined ? [] : [`+ ${name}=${shorten(after)}`]),
    ]),
    ...files.map(({ path, added, removed }) =>
      path === AGENT ? `${path}: changed` : `${path}: +${added} -${removed} lines`,
    ),
  ];
}

function showValues({ before, after, unknown }: Difference): string {
  if (unknown) return `${show(before)} → known after apply`;
  const [old, current] = [items(before), items(after)];
  if (!old || !current) return `${show(before)} → ${show(after)}`;
  const [had, has] = [new Set(old), new Set(current)];
  const removed = old.filter((item) => !has.has(item)).map((item) => `-${item}`);
  const added = current.filter((item) => !had.has(item)).map((item) => `+${item}`);
  return added.length + removed.length === 0
    ? `in another order: ${shorten(current.join(", "))}`
    : shorten([...added, ...removed].join(" "));
}

/** The items of a list as text. A missing value is an empty list; any other value is not a list. */
function items(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return undefined;
  return (value as unknown[]).map((item) => (isTag(item) ? `${item.key}=${item.value}` : show(item)));
}

function isTag(item: unknown): item is { key: string; value: string } {
  return typeof item === "object" && item !== null && Object.keys(item).sort().join() === "key,value";
}

function show(value: unknown): string {
  if (value === undefined || value === null || value === "") return "nothing";
  return typeof value === "string" ? shorten(value) : shorten(JSON.stringify(value));
}

function advice({ moved, address, action }: GroupPlan, note: (text: string) => string[]): string[] {
  if (!moved) return [];
  if (action !== "destroy")
    return address === moved.to ? note(`It is the group of ${moved.from} at another address.`) : [];
  return [
    ...note(
      `The same group is created again as ${moved.to}: its Terraform address changed without a \`moved\` block.`,
    ),
    ...note("To keep it with its replicas, add this to the root module:"),
    "",
    ...movedBlock(moved)
      .trimEnd()
      .split("\n")
      .map((line) => `    ${line}`),
  ];
}
