import { setTimeout as sleep } from "node:timers/promises";

export interface WaitOptions {
  /** Milliseconds until the wait is given up. */
  readonly timeout: number;
  /** Milliseconds between two looks. @default 50 */
  readonly every?: number;
  /** What a reader needs when it did not happen, such as the end of a log. */
  readonly evidence?: () => string | Promise<string>;
}

/** Looks until `probe` returns something truthy, and returns that; throws when the time is up. */
export async function until<T>(
  what: string,
  options: WaitOptions,
  probe: () => T | Promise<T>,
): Promise<NonNullable<T>> {
  const end = Date.now() + options.timeout;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() >= end) break;
    await sleep(options.every ?? 50);
  }
  const evidence = await Promise.resolve(options.evidence?.()).catch((error: unknown) => String(error));
  throw new Error(`${what}: not within ${options.timeout} ms${evidence ? `\n${evidence}` : ""}`);
}

/** Looks until a count is above a goal; throws once it has not grown for `pause` ms, and when the time is up. */
export async function untilAbove(
  what: string,
  options: WaitOptions & { readonly pause: number },
  goal: number,
  count: () => number,
): Promise<void> {
  let [last, grown] = [count(), Date.now()];
  const isOver = (): boolean => {
    if (count() > last) [last, grown] = [count(), Date.now()];
    return last > goal || Date.now() - grown >= options.pause;
  };
  const evidence = async (): Promise<string> =>
    [`${last}, and more than ${goal} are needed`, await options.evidence?.()].join("\n");
  await until(what, { ...options, evidence }, isOver);
  if (last <= goal) throw new Error(`${what}: not grown for ${options.pause} ms: ${await evidence()}`);
}
