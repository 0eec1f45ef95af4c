import { type Spread } from "./spread";

/** A row of cells. Numbers are shown with three significant digits. */
export type Row = readonly (string | number | undefined)[];

/** Text in columns. Columns of numbers are aligned to the right, all others to the left. */
export function table(header: readonly string[], rows: readonly Row[]): string {
  const right = header.map((_, column) => rows.every((row) => typeof row[column] !== "string"));
  const cells = [header, ...rows.map((row) => header.map((_, column) => show(row[column])))];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells
    .map((row) => row.map((cell, column) => pad(cell, widths[column]!, right[column]!)).join("  "))
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}

/** The cells of a series, for the columns `min median max`. */
export function spreadCells({ min, median, max }: Spread): [number, number, number] {
  return [min, median, max];
}

function pad(cell: string, width: number, right: boolean): string {
  return right ? cell.padStart(width) : cell.padEnd(width);
}

/** Three significant digits, and every digit before the point. */
function show(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "string" || Number.isInteger(value)) return String(value);
  return Math.abs(value) < 100 ? value.toPrecision(3) : value.toFixed(0);
}
