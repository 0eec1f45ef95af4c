import { type Drill, MOMENT_NAMES } from "../cluster/drill/drill";
import { type Moment, MOMENTS } from "../cluster/drill/recovery";
import { escapeHtml, htmlPage } from "../cluster/html/page";
import { TimeAxis } from "../cluster/html/time-axis";
import { version } from "../constructs/redis/release";

const WIDTH = 760;
/** Where the time axis begins, right of the names. */
const LEFT = 250;
const RIGHT = 70;
const ROW = 28;
const BARS = 70;
const STYLE = `svg .span { fill: var(--bar); opacity: 0.3; }
svg .dot { fill: var(--dot); }
svg .bar { fill: var(--bar); }`;

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
  const conclusion =
    lost + readback.unread === 0
      ? "No acknowledged write was lost."
      : lost === 0
        ? "Not every key could be read back."
        : `<strong>${lost} keys lost an acknowledged write.</strong>`;
  const title = `Drill of ${drill.cluster}`;
  const body = `<h1>${escapeHtml(title)}</h1>
<p>${conclusion}</p>
${timeline(drill)}
<h2>Figures</h2>
<table>
${facts.map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`).join("\n")}
</table>
<footer>redis-elastigroup ${escapeHtml(version())}. A moment is when it was first seen: servers and masters were asked every 0.1 s, Spot's API every second.</footer>`;
  return htmlPage({ title, style: STYLE, body, width: WIDTH });
}

/** The moments, and below them the writes with OK, over the same time. */
function timeline({ moments, writes, requestedAt }: Drill): string {
  const last = Math.max(1000, ...moments.values()) * 1.03;
  const axis = new TimeAxis({ from: 0, to: last }, { left: LEFT, right: WIDTH - RIGHT });
  const top = 24;
  const base = top + MOMENTS.length * ROW + 20 + BARS;
  const ordered = [...MOMENTS].sort(
    (a, b) => (moments.get(a) ?? Infinity) - (moments.get(b) ?? Infinity) || 0,
  );
  const rows = ordered.map((moment, index) => row(moment, moments.get(moment), top + index * ROW, axis));
  const ticks = axis
    .ticks()
    .map(
      ({ time, text }) =>
        `<line x1="${axis.x(time)}" x2="${axis.x(time)}" y1="${top - 6}" y2="${base}"/><text class="quiet" x="${axis.x(time)}" y="${base + 18}" text-anchor="middle">${text}</text>`,
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
  axis,
)}
</svg>`;
}

function row(moment: Moment, at: number | undefined, y: number, axis: TimeAxis): string {
  const name = `<text x="0" y="${y + 14}">${escapeHtml(MOMENT_NAMES[moment])}</text>`;
  if (at === undefined) return `${name}<text class="quiet" x="${LEFT}" y="${y + 14}">not seen</text>`;
  const x = axis.x(at);
  return `${name}<rect class="span" x="${LEFT}" y="${y + 6}" width="${fixed(x - LEFT)}" height="7"/><circle class="dot" cx="${x}" cy="${y + 9.5}" r="5"/><text x="${fixed(x + 10)}" y="${y + 14}">${seconds(at)}</text>`;
}

/** The writes in intervals of equal length. */
function bars(times: readonly number[], last: number, base: number, axis: TimeAxis): string {
  const count = 88;
  const counts = Array.from({ length: count }, () => 0);
  for (const at of times) {
    const index = Math.floor((at / last) * count);
    if (at >= 0 && index < count) counts[index]!++;
  }
  const most = Math.max(1, ...counts);
  const width = (axis.x(last) - axis.x(0)) / count - 1;
  return counts
    .map((writes, index) => {
      const height = (writes / most) * BARS;
      return `<rect class="bar" x="${axis.x((index / count) * last)}" y="${fixed(base - height)}" width="${fixed(width)}" height="${fixed(height)}"/>`;
    })
    .join("");
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
