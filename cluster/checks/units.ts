/** Bytes as redis.conf has them, rounded up: `256mb`. */
export function toDirective(bytes: number): string {
  return `${Math.max(1, Math.ceil(bytes / 2 ** 20))}mb`;
}

/** Bytes for people: `1.5 GiB`. */
export function showBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1);
  return `${Number((bytes / 1024 ** power).toPrecision(3))} ${units[power]}`;
}

/** Minutes for people: `0.4 minutes`, `12 minutes`. */
export function showMinutes(minutes: number): string {
  return `${minutes < 10 ? Number(minutes.toFixed(1)) : Math.round(minutes)} minutes`;
}
