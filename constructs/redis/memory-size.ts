/** Bytes in a GiB. */
export const GIB = 2 ** 30;

/** The bytes of a size in the syntax of redis.conf, where `k` is 1000 and `kb` is 1024; 0 for any other text. */
export function bytesOf(size: string): number {
  const [, digits = "0", unit = ""] = /^(\d+)(b|kb?|mb?|gb?)?$/.exec(size.toLowerCase()) ?? [];
  const power = { "": 0, b: 0, k: 1, m: 2, g: 3 }[unit === "b" ? "b" : unit.slice(0, 1)] ?? 0;
  return Number(digits) * (unit.length === 2 ? 1024 : 1000) ** power;
}
