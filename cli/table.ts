/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly cells: readonly string[];
  /** Characters that a cell keeps where the table is too wide. @default - it is never shortened */
  readonly least?: number;
  /** Whether a cell that is shortened keeps its end, and not its beginning. @default false */
  readonly keepsEnd?: boolean;
}

/** The lines of a table, its titles first. Columns are shortened from the last one on, if it is wider than `width`. */
export function table(columns: readonly Column[], width: number): string[] {
  const widths = columns.map(({ title, cells }) =>
    Math.max(title.length, ...cells.map(({ length }) => length)),
  );
  const sum = (gap: number): number => widths.reduce((all, each) => all + each + gap, -gap);
  const gap = sum(2) <= width ? 2 : 1;
  for (let index = columns.length - 1; index >= 0 && sum(gap) > width; index--) {
    const { least, title } = columns[index]!;
    if (least === undefined) continue;
    widths[index] = Math.max(widths[index]! - (sum(gap) - width), least, title.length);
  }
  const rows = [columns.map(({ title }) => title), ...transposed(columns)];
  return rows.map((row) =>
    row
      .map((cell, index) => fit(cell, widths[index]!, columns[index]!))
      .join(" ".repeat(gap))
      .trimEnd(),
  );
}

function transposed(columns: readonly Column[]): string[][] {
  return (columns[0]?.cells ?? []).map((_, row) => columns.map(({ cells }) => cells[row] ?? ""));
}

function fit(cell: string, width: number, { keepsEnd = false }: Column): string {
  if (cell.length <= width) return cell.padEnd(width);
  return keepsEnd ? `…${cell.slice(1 - width)}` : `${cell.slice(0, width - 1)}…`;
}
