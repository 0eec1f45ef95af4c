import { type Result, type Row } from "./rehearsal";

const HEADER = [
  "fault",
  "outcome",
  "seconds",
  "resync",
  "node ID",
  "keys equal",
  "acknowledged",
  "lost",
  "longest pause",
];

/** The table at the end, in less than 100 columns, and a last line with what the run leaves. */
export function table({ server, rows, milliseconds, leftBehind }: Result): string {
  const cells = [HEADER, ...rows.map(cellsOf)];
  const widths = HEADER.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const isText = (column: number): boolean => [0, 1, 3, 4].includes(column);
  const lines = cells.map((row) => {
    const padded = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return isText(column) ? cell.padEnd(width) : cell.padStart(width);
    });
    return padded.join("  ").trimEnd();
  });
  const lost = rows.reduce((sum, row) => sum + row.lost, 0);
  const left = leftBehind.length === 0 ? "nothing is left behind" : `left behind: ${leftBehind.join(", ")}`;
  const end = `${server}, ${seconds(milliseconds)} s in all: ${lost} acknowledged writes lost, ${left}`;
  return `\n${lines.join("\n")}\n\n${end}\n`;
}

function cellsOf(row: Row): string[] {
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

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}
