/** A number of bytes for a table, rounded down: `12 kB`. */
export function shortBytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = count < 1000 ? 0 : Math.min(Math.floor(Math.log10(count) / 3), units.length - 1);
  return `${Math.floor(count / 1000 ** power)} ${units[power]}`;
}
