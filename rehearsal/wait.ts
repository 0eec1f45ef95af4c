import { setTimeout as sleep } from "node:timers/promises";

export interface WaitOptions {
  /** The timeout, in milliseconds. */
  readonly timeout: number;
  /** The polling interval, in milliseconds. @default 50 */
  readonly every?: number;
  /** Further text for the error at a timeout, such as the end of a log. */
  readonly evidence?: () => string | Promise<string>;
}

/** Polls until `probe` returns a truthy value, and returns it. Throws at the timeout. */
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

/** Polls until a count is above a goal. Throws if it has not grown for `pause` ms, or at the timeout. */
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
