import { type Reach } from "./attributes";
import { type Difference } from "./difference";
import { type GroupPlan } from "./group";
import { movedBlock } from "./moved";
import { type Action, type Replicas } from "./replicas";
import { AGENT, type ScriptChange } from "./script";

/** In the order in which a reader wants to know. */
const REACHES: Readonly<Record<Reach, string>> = {
  refused: "Refused by Spot",
  "may replace": "At once, in when Spot replaces running replicas",
  unsure: "When it reaches a running replica is not documented",
  "at once": "At once, on running replicas",
  "next recycle": "At each replica's next recycle",
  capacity: "How many",
  "new replicas": "On new replicas only",
  "fresh root": "Never on a kept root volume",
  group: "At once, in how Spot runs the group",
  nothing: "Without effect",
  terraform: "In how Terraform updates the group",
  destruction: "When the group is destroyed",
};

const ACTIONS: Readonly<Record<Action, string>> = {
  nothing: "nothing changes",
  update: "changes in place",
  create: "is created",
  destroy: "IS DESTROYED",
  replace: "IS DESTROYED and another is created",
  forget: "is forgotten by Terraform",
};

/** Longest value shown; a set of objects can be long. */
const WIDTH = 160;

/** A group's part of the page. */
export function showGroup(plan: GroupPlan, heading: (text: string) => string): string {
  const lines = [
    heading(`${oneLine(plan.name)}${plan.id ? ` (${plan.id})` : ""} ${actionOf(plan)}`),
    `  ${plan.address}${plan.previousAddress ? `, moved from ${plan.previousAddress}` : ""}`,
    ...(plan.adopted ? [`  ${plan.adopted} is taken over by Terraform, and keeps its instances.`] : []),
    ...plan.replicas.map((each) => `  ${showReplicas(each)}`),
    ...byReach(plan),
    ...(plan.drifted.length > 0 ? [`  Changed outside Terraform: ${plan.drifted.join(", ")}`] : []),
    ...plan.remarks.map((remark) => `  ${remark}`),
    ...advice(plan),
  ];
  return `${lines.join("\n")}\n`;
}

function actionOf({ action, gone }: GroupPlan): string {
  if (!gone) return ACTIONS[action];
  return `IS GONE AT SPOT (${gone})${action === "create" ? " and another is created" : ""}`;
}

function byReach({ changes, script }: GroupPlan): string[] {
  return (Object.keys(REACHES) as Reach[]).flatMap((reach) => {
    const here = changes.filter((change) => change.reach === reach);
    if (here.length === 0) return [];
    return [
      `  ${REACHES[reach]}:`,
      ...here.flatMap((change) => showChange(change, script)).map((line) => `    ${line}`),
    ];
  });
}

const FATES: Readonly<Record<Replicas["fate"], string>> = {
  untouched: "not touched",
  "changed at once": "changed at once, without a restart",
  "changed at its next recycle": "not touched now; changed at the next recycle",
  "may be replaced": "not touched by the apply, but Spot may replace them from then on",
  "replaced at once": "REPLACED AT ONCE",
  unsure: "may be touched",
  new: "new",
  "left behind": "taken away, and left behind",
  destroyed: "DESTROYED",
  gone: "GONE, before this plan",
  "no longer managed": "left to run, no longer managed",
};

const RESYNCS: Readonly<Record<NonNullable<Replicas["resync"]>, string>> = {
  partial: "partial resync expected, if the master's backlog still holds what was missed",
  full: "full resync expected",
  unknown: "whether a partial or a full resync is not known",
};

function showReplicas({ count, fate, resync }: Replicas): string {
  const who =
    count === undefined
      ? "Replicas, how many is known after apply"
      : `${count} replica${count === 1 ? "" : "s"}`;
  return `${who}: ${FATES[fate]}${resync ? `; ${RESYNCS[resync]}` : ""}`;
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
      ...(before === undefined ? [] : [`- ${name}=${oneLine(before)}`]),
      ...(after === undefined ? [] : [`+ ${name}=${oneLine(after)}`]),
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
  const gone = old.filter((item) => !has.has(item)).map((item) => `-${item}`);
  const fresh = current.filter((item) => !had.has(item)).map((item) => `+${item}`);
  return gone.length + fresh.length === 0
    ? `in another order: ${cut(current.join(", "))}`
    : cut([...fresh, ...gone].join(" "));
}

/** A list's items as text; a plain value is no list, and nothing is an empty one. */
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
  return typeof value === "string" ? oneLine(value) : cut(JSON.stringify(value));
}

/** A text that others wrote, without what a terminal would obey. */
export function oneLine(text: string): string {
  const escaped = (character: string): string =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  // eslint-disable-next-line no-control-regex -- those are what is looked for
  return cut(text.replaceAll("\n", "⏎").replace(/[\u0000-\u001f\u007f-\u009f]/g, escaped));
}

function cut(text: string): string {
  return text.length <= WIDTH ? text : `${text.slice(0, WIDTH - 1)}…`;
}

function advice({ moved, address, action }: GroupPlan): string[] {
  if (!moved || action !== "destroy")
    return moved && address === moved.to ? [`  It is the group of ${moved.from} under another address.`] : [];
  return [
    `  The same group is planned again as ${moved.to}: its address changed, and Terraform takes it for two.`,
    "  To keep it with its replicas, add this to the root module:",
    "",
    ...movedBlock(moved)
      .trimEnd()
      .split("\n")
      .map((line) => `    ${line}`),
  ];
}
