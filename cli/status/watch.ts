import { setTimeout as sleep } from "node:timers/promises";
import { type Look } from "./look";
import { lookToJson } from "./to-json";
import { misuse } from "../misuse";

/** Seconds between two looks. */
const INTERVAL = 5;

/** The milliseconds of `--watch [seconds]`. */
export function pauseOf(given: unknown): number {
  if (given === true) return INTERVAL * 1000;
  const seconds = Number(given);
  if (seconds >= 1 && seconds <= 3600) return seconds * 1000;
  const message = `\`--watch\` must be 1 to 3600 seconds, got: ${JSON.stringify(given)}`;
  throw misuse(message);
}

/**
 * Works again and again, with this pause in milliseconds, until Ctrl-C, SIGTERM, or the reader of stdout has gone. Work
 * that is then under way is dropped.
 */
export async function untilInterrupted(pause: number, work: () => Promise<() => void>): Promise<void> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  process.stdout.once("error", interrupt);
  const stopped = new Promise<undefined>((resolve) =>
    stop.signal.addEventListener("abort", () => resolve(undefined)),
  );
  try {
    while (!stop.signal.aborted) {
      const done = await Promise.race([work(), stopped]);
      done?.();
      await sleep(pause, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    process.stdout.off("error", interrupt);
  }
}

/** Returns whether looks differ from those of the call before. What changes with every write does not count. */
export function changes(): (looks: readonly Look[]) => boolean {
  let last: string | undefined;
  return (looks) => {
    const present = JSON.stringify(
      looks.map((each) => lookToJson(each, undefined)),
      (key, value: unknown) => (key === "behind_bytes" ? undefined : value),
    );
    // Counts of seconds and bytes in the text of findings grow, too.
    const key = present.replace(/\b\d+ (s|%|bytes)\b/g, "$1").replace(/\b\d+ of bytes\b/g, "");
    const isNew = key !== last;
    last = key;
    return isNew;
  };
}
