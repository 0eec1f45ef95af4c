import { conclusion, type Result, type Row, seconds } from "./result";

/** The titles of the table's columns. The first one has the names of the faults. */
export const HEADER = [
  "fault",
  "outcome",
  "seconds",
  "resync",
  "node ID",
  "keys equal",
  "acknowledged",
  "lost",
  "longest pause",
] as const;

/** Columns whose cells are aligned to the left. */
const TEXT: readonly (typeof HEADER)[number][] = ["fault", "outcome", "resync", "node ID"];

export function isText(column: number): boolean {
  return TEXT.some((title) => title === HEADER[column]);
}

/** The table at the end, in less than 100 columns, and a last line with what the run leaves. */
export function table(result: Result): string {
  const cells = [HEADER, ...result.rows.map(cellsOf)];
  const widths = HEADER.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => {
    const padded = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return isText(column) ? cell.padEnd(width) : cell.padStart(width);
    });
    return padded.join("  ").trimEnd();
  });
  return `\n${lines.join("\n")}\n\n${conclusion(result)}\n`;
}

/** The cells of a row, in the order of the titles. */
export function cellsOf(row: Row): string[] {
  return [
    row.name,
    row.outcome,
    seconds(row.milliseconds),
    row.resync ?? "",
    row.sameId ? "same" : "another",
    String(row.keys),
    String(row.acknowledged),
    String(row.lost),
    `${seconds(row.longestPause)} s`,
  ];
}
