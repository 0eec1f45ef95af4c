import { escapeHtml, htmlPage } from "../../cluster/html/page";
import { summary } from "../play/play";
import { type Event } from "./progress";
import { conclusion, isGood, type Result, type Row, seconds } from "./result";
import { cellsOf, HEADER, isText } from "./table";
import { legend, type Mark, timeline, TIMELINE_STYLE, WIDTH } from "./timeline";

const STYLE = `${TIMELINE_STYLE}
.scroll td, .scroll th { white-space: nowrap; }
td.number, th.number { text-align: right; }
.events { font-size: 14px; }
.events td:first-child, .events td:nth-child(2) { width: 3.5em; text-align: right; color: var(--quiet); font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
section { margin-top: 36px; }`;

/** The result as one page: the table, a timeline of the run, and for each fault a timeline and what happened. */
export function page(result: Result): string {
  const { title, rows, lanes, pauses, events, milliseconds, error } = result;
  const [first] = rows;
  const body = `<h1>Rehearsal: ${escapeHtml(title)}</h1>
<p>${isGood(result) ? "" : "<strong>Not as it must be.</strong> "}${escapeHtml(conclusion(result))}.${error === undefined ? "" : ` The run ended early: ${escapeHtml(error.split("\n")[0] ?? "")}`}</p>
<div class="scroll">${resultTable(rows)}</div>
<h2>The whole run</h2>
${legend()}
${timeline({
  label: `States of ${lanes.length} nodes in ${seconds(milliseconds)} s. The tables below have the same events.`,
  ...{ from: 0, to: milliseconds, lanes, pauses },
  parts: rows.map(({ from, name }) => ({ from, name })),
})}
${details("Before the first fault", numbered(events, 0, first?.from ?? Infinity))}
${rows.map((row) => section(row, result)).join("\n")}
${rows.length === 0 ? "" : `<section>${details("After the last fault", numbered(events, rows.at(-1)?.to ?? 0, Infinity))}</section>`}
<footer>Acknowledged: the reply was OK, and WAIT found the write on a replica. Every node was asked for its role ten times a second.</footer>`;
  return htmlPage({ title: `Rehearsal: ${title}`, style: STYLE, body, width: WIDTH });
}

function resultTable(rows: readonly Row[]): string {
  const cell = (tag: "td" | "th", text: string, column: number): string =>
    `<${tag}${isText(column) ? "" : ' class="number"'}>${escapeHtml(text)}</${tag}>`;
  return `<table>
<tr>${HEADER.map((text, column) => cell("th", text, column)).join("")}</tr>
${rows
  .map(
    (row) =>
      `<tr>${cellsOf(row)
        .map((text, column) => cell("td", text, column))
        .join("")}</tr>`,
  )
  .join("\n")}
</table>`;
}

/** A fault: its timeline, and its events with the numbers of their marks. */
function section(row: Row, { lanes, pauses, events }: Result): string {
  const { name, title, from, to } = row;
  const own = numbered(events, from, to);
  const marks = own.flatMap(({ at, node, number }): Mark[] =>
    node === undefined ? [] : [{ at, node, number }],
  );
  return `<section>
<h2>${escapeHtml(`${name}: ${title}`)}</h2>
<p>${escapeHtml(summary(row))}</p>
${timeline({ label: `States of the nodes during ${name}. The table below has the numbered events.`, from, to, lanes, pauses, marks })}
${eventTable(own, from)}
</section>`;
}

interface Numbered extends Event {
  readonly number: number;
}

function numbered(events: readonly Event[], from: number, to: number): Numbered[] {
  return events
    .filter(({ at, part }) => part === undefined && at >= from && at < to)
    .map((event, index) => ({ ...event, number: index + 1 }));
}

/** Events that a reader may want to see only after a failure. */
function details(title: string, events: readonly Numbered[]): string {
  return `<details><summary>${title}</summary>\n${eventTable(events)}\n</details>`;
}

/** Times since `from`, as the axis above has them. */
function eventTable(events: readonly Numbered[], from = 0): string {
  const rows = events.map(
    ({ number, at, text }) =>
      `<tr><td>${number}</td><td>${seconds(at - from)} s</td><td>${escapeHtml(text)}</td></tr>`,
  );
  return `<table class="events">\n${rows.join("\n")}\n</table>`;
}
