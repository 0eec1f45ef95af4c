import { type Sheet } from "./sheet";

/** What was recovered from: an interruption, or an image that is young or old. */
export const ORIGINS = ["clean", "young", "old"] as const;
export type Origin = (typeof ORIGINS)[number];

/** The data of a shard in MB, and what is written to it, in MB a second. */
export interface Case {
  readonly megabytes: number;
  readonly rate: number;
}

/** How the figures of a case begin. */
export function nameOf({ megabytes, rate }: Case): string {
  return `${megabytes}MB-${rate}MBps`;
}

/** The cases that were measured. */
export function casesIn(sheet: Sheet): Case[] {
  const keys = Object.keys(sheet.result("recover")?.figures ?? {});
  const names = keys.flatMap((key) => /^\d+MB-[\d.]+MBps(?=\.)/.exec(key)?.[0] ?? []);
  return [...new Set(names)].map((name) => {
    const [megabytes = NaN, rate = NaN] = name.split("MB-").map(parseFloat);
    return { megabytes, rate };
  });
}

export function sizeOf({ megabytes }: Case): string {
  return megabytes < 1024 ? `${megabytes} MB` : `${megabytes / 1024} GB`;
}
