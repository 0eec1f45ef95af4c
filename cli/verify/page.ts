import { type SlotDifference } from "../../cluster/comparison/slot-counts";
import { showEndpoint } from "../../cluster/endpoint";
import { shortBytes } from "../bytes";
import { table } from "../table";
import { wrap } from "../terminal";
import { type Compared, nameOf } from "./compare";

/** Slots that are shown. */
const SHOWN = 5;
/** What a cell keeps of a long address: its end is what tells nodes apart. */
const ADDRESS = { least: 14, keepsEnd: true } as const;

/** The comparisons of a cluster in lines: a table, and below it a line for each difference. */
export function comparisonLines(compared: readonly Compared[], width: number): string[] {
  const column = (title: string, cell: (each: Compared) => string) => ({ title, cells: compared.map(cell) });
  const columns = [
    { ...column("REPLICA", ({ status }) => nameOf(status)), ...ADDRESS },
    { ...column("MASTER", ({ master }) => (master === undefined ? "-" : showEndpoint(master))), ...ADDRESS },
    column("LINK", ({ status: { link } }) => link ?? "-"),
    column("LAG", ({ status: { behind } }) => (behind === undefined ? "-" : shortBytes(behind))),
    column("KEYS", ({ slots }) => (slots === undefined ? "-" : String(slots.keys))),
    column("SLOTS", ({ slots }) => verdict(slots?.differences.length)),
    column("CONTENTS", ({ contents }) => verdict(contents?.differing)),
    column("SEEN BY MASTERS", ({ status }) => (status.isInSync ? "in sync" : "not in sync")),
  ];
  return [
    ...table(columns, width),
    ...compared.flatMap((each) =>
      details(each).flatMap((text) => wrap(`${nameOf(each.status)}: ${text}`, width, "  ", "    ")),
    ),
  ];
}

function verdict(differing: number | undefined): string {
  if (differing === undefined) return "-";
  return differing === 0 ? "same" : `${differing} differ`;
}

function details({ ailments, slots, contents, obstacle }: Compared): string[] {
  const differences = slots?.differences ?? [];
  const further = differences.length - SHOWN;
  return [
    // The same reason would be there twice.
    ...ailments.flatMap(({ detail }) => (detail === obstacle?.reason ? [] : [detail])),
    ...(obstacle === undefined ? [] : [`not compared: ${obstacle.reason}`]),
    ...differences.slice(0, SHOWN).map(showSlot),
    ...(further > 0 ? [`${further} further slots differ`] : []),
    ...changing(slots?.changing.length, "slots"),
    ...(contents === undefined || contents.differing === 0
      ? []
      : [
          `${contents.differing} of ${contents.keys} keys differ, first: ${contents.first.map(showKey).join(", ")}`,
        ]),
    ...changing(contents?.changing, "keys"),
  ];
}

function showSlot({ slot, master, replica, missing, extra }: SlotDifference): string {
  const names = (what: string, keys: readonly Buffer[]): string =>
    keys.length === 0 ? "" : `; ${what}: ${keys.slice(0, SHOWN).map(showKey).join(", ")}`;
  return `slot ${slot} has ${master} keys at the master and ${replica} here${names("missing", missing)}${names("only here", extra)}`;
}

function changing(count: number | undefined, what: string): string[] {
  return count === undefined || count === 0
    ? []
    : [`${count} ${what} changed at each look, and were not compared`];
}

/** A key as text: bytes that are not printable ASCII as `\xNN`. */
export function showKey(key: Buffer): string {
  const text = key
    .toString("latin1")
    .replace(/[^ -[\]-~]/g, (each) => `\\x${each.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return text.length <= 100 ? text : `${text.slice(0, 99)}…`;
}
