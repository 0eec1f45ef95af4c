import { escapeHtml } from "../../cluster/html/page";
import { TimeAxis } from "../../cluster/html/time-axis";
import { type Lane, type NodeState } from "../play/node-watch";
import { type Pause, seconds } from "./result";

/** The width of the graphic, in pixels where it is not scaled. */
export const WIDTH = 960;
const LEFT = 168;
const RIGHT = 24;
const ROW = 26;
const BAR = 12;
const TOP = 34;
/** Marks that are closer would cover each other. */
const GAP = 17;
/** The width of the text of a pause. */
const TEXT = 140;

/** What a state is called. Also the legend, in this order. */
export const STATE_NAMES: Readonly<Record<NodeState, string>> = {
  owner: "owner of slots",
  "in-sync": "replica, linked to its master",
  syncing: "replica without a link",
  starting: "starts: loads its data, or is in no shard",
  down: "no answer",
};

/** CSS of the graphic and its legend. */
export const TIMELINE_STYLE = `:root { --owner: #2563a8; --in-sync: #2f855a; --syncing: #d69e2e; --starting: #9f7aea; --down: #c53030; --pause: #c5303022; --mark: #1a1a1a; --on-mark: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --owner: #6ba6e8; --in-sync: #68c491; --syncing: #ecc94b; --starting: #b794f4; --down: #fc8181; --pause: #fc818126; --mark: #e8e8e8; --on-mark: #16181b; }
}
svg .owner, .legend .owner { fill: var(--owner); background: var(--owner); }
svg .in-sync, .legend .in-sync { fill: var(--in-sync); background: var(--in-sync); }
svg .syncing, .legend .syncing { fill: var(--syncing); background: var(--syncing); }
svg .starting, .legend .starting { fill: var(--starting); background: var(--starting); }
svg .pause, .legend .pause { fill: var(--pause); background: var(--pause); }
svg .down, .legend .down { fill: none; stroke: var(--down); stroke-dasharray: 3 3; }
.legend .down { background: none; border: 1px dashed var(--down); }
.legend .pause { border: 1px solid var(--down); }
svg text.pause { fill: var(--down); }
svg .mark { fill: var(--mark); }
svg text.on-mark { fill: var(--on-mark); font-size: 10px; font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 0; list-style: none; font-size: 13px; }
.legend span { display: inline-block; width: 22px; height: 11px; margin-right: 6px; box-sizing: border-box; }`;

/** An event with its number, at the lane of a node. */
export interface Mark {
  readonly at: number;
  readonly number: number;
  readonly node: string;
}

export interface TimelineProps {
  /** What the graphic shows, for readers who do not see it. */
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly lanes: readonly Lane[];
  readonly pauses: readonly Pause[];
  readonly marks?: readonly Mark[];
  /** Names of parts of the time, at the top. */
  readonly parts?: readonly { readonly from: number; readonly name: string }[];
}

/** The legend of all graphics. */
export function legend(): string {
  const items = Object.entries(STATE_NAMES).map(([state, name]) => item(state, name));
  return `<ul class="legend">${items.join("")}${item("pause", "a shard accepted no writes")}</ul>`;
}

/** An SVG graphic: a lane for each node, with its states over the time, and bands where a shard accepted no writes. */
export function timeline({ label, from, to, lanes, pauses, marks = [], parts = [] }: TimelineProps): string {
  const axis = new TimeAxis({ from, to }, { left: LEFT, right: WIDTH - RIGHT });
  const base = TOP + lanes.length * ROW;
  const shown = joined(pauses.filter((pause) => pause.to > from && pause.from < to));
  return `<svg viewBox="0 0 ${WIDTH} ${base + 26}" role="img" aria-label="${escapeHtml(label)}">
${[
  ...axis.ticks().map(({ time, text }) => tick(axis.x(time), base, text)),
  ...shown.map((pause) => band(axis, pause, base, parts.length === 0 && hasRoom(axis, pause, shown))),
  ...parts.map(({ from: at, name }, index) => part(axis.x(at), base, name, index)),
  ...lanes.map((lane, index) => drawn(axis, lane, TOP + index * ROW, { from, to })),
  ...placed(marks, axis).map(({ x, number, node }) => {
    const index = lanes.findIndex(({ address }) => address === node);
    return index < 0 ? "" : mark(x, TOP + index * ROW + ROW / 2, number);
  }),
].join("\n")}
</svg>`;
}

function item(state: string, name: string): string {
  return `<li><span class="${state}"></span>${escapeHtml(name)}</li>`;
}

function tick(x: number, base: number, text: string): string {
  return `<line x1="${x}" x2="${x}" y1="${TOP - 6}" y2="${base}"/><text class="quiet" x="${x}" y="${base + 18}" text-anchor="middle">${text}</text>`;
}

/** Pauses of several shards at the same time as one. */
function joined(pauses: readonly Pause[]): Pause[] {
  return [...pauses]
    .sort((one, other) => one.from - other.from)
    .reduce<Pause[]>((all, { from, to }) => {
      const last = all.at(-1);
      if (!last || from > last.to) return [...all, { from, to }];
      return [...all.slice(0, -1), { from: last.from, to: Math.max(last.to, to) }];
    }, []);
}

/** Whether no longer pause is near, whose text would be under that of this one. */
function hasRoom(axis: TimeAxis, pause: Pause, all: readonly Pause[]): boolean {
  const middle = (each: Pause): number => axis.x((each.from + each.to) / 2);
  const isBefore = (each: Pause): boolean =>
    each.to - each.from > pause.to - pause.from ||
    (each.to - each.from === pause.to - pause.from && each.from < pause.from);
  return !all.some((each) => isBefore(each) && Math.abs(middle(each) - middle(pause)) < TEXT);
}

/** Pauses begin above the lanes, with how long they were where there is room. */
function band(axis: TimeAxis, { from, to }: Pause, base: number, isNamed: boolean): string {
  const [x, end] = [axis.x(from), axis.x(to)];
  const rect = `<rect class="pause" x="${x}" y="${TOP - 14}" width="${width(x, end)}" height="${base - TOP + 14}"/>`;
  if (!isNamed) return rect;
  // Near an end, a text in the middle would be cut off.
  const middle = Math.min(WIDTH - 60, Math.max(LEFT, (x + end) / 2));
  return `${rect}<text class="pause" x="${middle}" y="${TOP - 18}" text-anchor="middle">writes paused, ${seconds(to - from)} s</text>`;
}

/** The names alternate between two heights, since they can be longer than their part. */
function part(x: number, base: number, name: string, index: number): string {
  return `<line x1="${x}" x2="${x}" y1="${index % 2 === 0 ? 2 : 16}" y2="${base}"/><text x="${x + 4}" y="${index % 2 === 0 ? 12 : 26}">${escapeHtml(name)}</text>`;
}

function drawn(axis: TimeAxis, { address, role, spans }: Lane, y: number, time: Pause): string {
  const top = y + (ROW - BAR) / 2;
  const bars = spans
    .filter((span) => span.to > time.from && span.from < time.to)
    .map(({ state, from, to }) => {
      const [x, end] = [axis.x(from), axis.x(to)];
      const title = `<title>${address}: ${STATE_NAMES[state]}, ${seconds(to - from)} s</title>`;
      return `<rect class="${state}" x="${x}" y="${top}" width="${width(x, end)}" height="${BAR}">${title}</rect>`;
    });
  return `<text x="0" y="${y + ROW / 2 + 4}">${address}</text><text class="quiet" x="${LEFT - 12}" y="${y + ROW / 2 + 4}" text-anchor="end">${role}</text>${bars.join("")}`;
}

/** Marks of one lane next to each other, in their order, even if they are of the same time. */
function placed(marks: readonly Mark[], axis: TimeAxis): (Mark & { readonly x: number })[] {
  const last = new Map<string, number>();
  return marks.map((each) => {
    const x = Math.max(axis.x(each.at), (last.get(each.node) ?? -Infinity) + GAP);
    last.set(each.node, x);
    return { ...each, x };
  });
}

function mark(x: number, y: number, number: number): string {
  return `<circle class="mark" cx="${x}" cy="${y}" r="8"/><text class="on-mark" x="${x}" y="${y + 3.5}" text-anchor="middle">${number}</text>`;
}

/** At least one pixel, so that a short state is seen. */
function width(x: number, end: number): number {
  return Math.max(1, Math.round((end - x) * 10) / 10);
}
