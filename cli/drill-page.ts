import { type Drill, MOMENT_NAMES } from "../cluster/drill/drill";
import { type Moment, MOMENTS } from "../cluster/drill/recovery";
import { version } from "../constructs/redis/release";

const WIDTH = 760;
/** Where the time axis begins, right of the names. */
const LEFT = 250;
const RIGHT = 70;
const ROW = 28;
const BARS = 70;

/** The report of a drill: one page that loads nothing. */
export function drillPage(drill: Drill): string {
  const { readback, writes, acknowledged, failed, longestGap, resync } = drill;
  const lost = readback.lost + readback.lostOnReplica;
  const total = drill.moments.get("in_sync");
  const facts: [string, string][] = [
    ["Cluster", drill.cluster],
    ["Stateful instance", `${drill.statefulInstanceId} ${drill.privateIp ?? ""}`],
    ["Node ID", drill.nodeId],
    ["Recycle requested", new Date(drill.requestedAt).toISOString()],
    ["In sync again after", total === undefined ? "unknown" : seconds(total)],
    [
      "Resync",
      `${resync.kind}${resync.bytes === null ? "" : `, ${resync.bytes.toLocaleString("en")} bytes from the master to its replicas`}`,
    ],
    ["Writes with OK", `${writes.length}, of which a replica acknowledged ${acknowledged}`],
    ["Failed writes", String(failed)],
    ["Longest gap in writes", `${longestGap} ms`],
    [
      "Acknowledged writes lost",
      `${readback.lost} on the owner, ${readback.lostOnReplica} on the replica${readback.unread > 0 ? `; ${readback.unread} not read` : ""}`,
    ],
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Drill of ${escape(drill.cluster)}</title>
<style>
:root { color-scheme: light dark; --ink: #1a1a1a; --quiet: #666; --line: #ddd; --bar: #2563a8; --dot: #b4471b; --paper: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e8; --quiet: #a0a0a0; --line: #3a3a3a; --bar: #6ba6e8; --dot: #f08a5d; --paper: #16181b; }
}
body { max-width: ${WIDTH}px; margin: 24px auto; padding: 0 16px; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 22px; margin: 0 0 4px; }
h2 { font-size: 16px; margin: 28px 0 8px; }
p { margin: 0 0 16px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 4px 16px 4px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: normal; color: var(--quiet); white-space: nowrap; }
svg { width: 100%; height: auto; font: 13px system-ui, sans-serif; }
svg text { fill: var(--ink); }
svg .quiet { fill: var(--quiet); }
svg line { stroke: var(--line); }
svg .span { fill: var(--bar); opacity: 0.3; }
svg .dot { fill: var(--dot); }
svg .bar { fill: var(--bar); }
footer { margin-top: 28px; color: var(--quiet); font-size: 13px; }
</style>
</head>
<body>
<h1>Drill of ${escape(drill.cluster)}</h1>
<p>${lost + readback.unread === 0 ? "No acknowledged write was lost." : lost === 0 ? "Not every key could be read back." : `<strong>${lost} keys lost an acknowledged write.</strong>`}</p>
${timeline(drill)}
<h2>Figures</h2>
<table>
${facts.map(([name, value]) => `<tr><th>${escape(name)}</th><td>${escape(value)}</td></tr>`).join("\n")}
</table>
<footer>redis-elastigroup ${escape(version())}. A moment is when it was first seen: servers and masters were asked every 0.1 s, Spot's API every second.</footer>
</body>
</html>
`;
}

/** The moments, and below them the writes with OK, over the same time. */
function timeline({ moments, writes, requestedAt }: Drill): string {
  const last = Math.max(1000, ...moments.values()) * 1.03;
  const x = (ms: number): number => LEFT + (ms / last) * (WIDTH - LEFT - RIGHT);
  const top = 24;
  const base = top + MOMENTS.length * ROW + 20 + BARS;
  const ordered = [...MOMENTS].sort(
    (a, b) => (moments.get(a) ?? Infinity) - (moments.get(b) ?? Infinity) || 0,
  );
  const rows = ordered.map((moment, index) => row(moment, moments.get(moment), top + index * ROW, x));
  const ticks = tickTimes(last).map(
    (ms) =>
      `<line x1="${fixed(x(ms))}" x2="${fixed(x(ms))}" y1="${top - 6}" y2="${base}"/><text class="quiet" x="${fixed(x(ms))}" y="${base + 18}" text-anchor="middle">${ms / 1000} s</text>`,
  );
  return `<h2>Timeline</h2>
<svg viewBox="0 0 ${WIDTH} ${base + 28}" role="img" aria-label="Moments of the recovery, and writes with OK, in seconds from the request">
${ticks.join("\n")}
${rows.join("\n")}
<text x="0" y="${base - BARS / 2 + 4}">writes with OK</text>
${bars(
  writes.map(({ at }) => at - requestedAt),
  last,
  base,
  x,
)}
</svg>`;
}

function row(moment: Moment, at: number | undefined, y: number, x: (ms: number) => number): string {
  const name = `<text x="0" y="${y + 14}">${escape(MOMENT_NAMES[moment])}</text>`;
  if (at === undefined) return `${name}<text class="quiet" x="${LEFT}" y="${y + 14}">not seen</text>`;
  return `${name}<rect class="span" x="${LEFT}" y="${y + 6}" width="${fixed(x(at) - LEFT)}" height="7"/><circle class="dot" cx="${fixed(x(at))}" cy="${y + 9.5}" r="5"/><text x="${fixed(x(at) + 10)}" y="${y + 14}">${seconds(at)}</text>`;
}

/** The writes in intervals of equal length. */
function bars(times: readonly number[], last: number, base: number, x: (ms: number) => number): string {
  const count = 88;
  const counts = Array.from({ length: count }, () => 0);
  for (const at of times) {
    const index = Math.floor((at / last) * count);
    if (at >= 0 && index < count) counts[index]!++;
  }
  const most = Math.max(1, ...counts);
  const width = (x(last) - x(0)) / count - 1;
  return counts
    .map((writes, index) => {
      const height = (writes / most) * BARS;
      return `<rect class="bar" x="${fixed(x((index / count) * last))}" y="${fixed(base - height)}" width="${fixed(width)}" height="${fixed(height)}"/>`;
    })
    .join("");
}

/** Round times, at most eight of them. */
function tickTimes(last: number): number[] {
  const step = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600].find((each) => last / (each * 1000) <= 8) ?? 1200;
  return Array.from({ length: Math.floor(last / (step * 1000)) + 1 }, (_, index) => index * step * 1000);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
