import { setTimeout as sleep } from "node:timers/promises";
import { type SpotCredentials } from "./credentials";
import { type SpotGroup, type SpotInstance, type StatefulAction, type StatefulInstance } from "./group";
import { SpotError, type SpotErrorKind } from "./spot-error";

/** The address of the API. */
export const SPOT_API = "https://api.spotinst.io";

/** Milliseconds until a request is given up. */
const REQUEST_TIMEOUT = 15_000;
/** Times that a request is sent. */
const ATTEMPTS = 5;
/** Milliseconds before the second attempt where the answer does not name a time. It doubles each time. */
const FIRST_PAUSE = 1000;
/** The longest pause, in milliseconds: the API counts requests within 60 s. */
const LONGEST_PAUSE = 60_000;

export interface SpotClientProps extends SpotCredentials {
  /** @default SPOT_API */
  readonly url?: string;
  /** Waits, in milliseconds. @default - the clock of this machine */
  readonly pause?: (ms: number) => Promise<unknown>;
  /** Milliseconds until a request is given up. @default 15000 */
  readonly timeout?: number;
  /** Milliseconds that a request may take with all its repetitions. @default - as long as the answers ask for */
  readonly patience?: number;
  /** Ends questions early, and waits before another attempt. A change that was sent is waited for. @default - none */
  readonly signal?: AbortSignal;
}

/** The answer of the API to any request. */
interface Envelope {
  readonly response?: {
    readonly items?: readonly unknown[];
    readonly errors?: Errors;
  };
}

type Errors = readonly { readonly code?: string; readonly message?: string }[];

/** The part of the Spot API that concerns stateful groups. Every failure is a `SpotError`. */
export class SpotClient {
  constructor(private readonly props: SpotClientProps) {}

  /** The same client, with a signal that ends it early. */
  until(signal: AbortSignal): SpotClient {
    return new SpotClient({ ...this.props, signal });
  }

  /** All groups of the account. */
  groups(): Promise<SpotGroup[]> {
    return this.items("GET", "/aws/ec2/group", isGroup);
  }

  /** A group. */
  async group(id: string): Promise<SpotGroup> {
    const [group] = await this.items<SpotGroup>("GET", path(id), isGroup);
    if (group === undefined) throw new SpotError("missing", `Spot has no group ${id}`);
    return group;
  }

  /** Changes a group: objects are merged, lists are replaced, and null clears. */
  async update(id: string, group: object): Promise<void> {
    await this.items("PUT", path(id), isAny, { group });
  }

  /** The stateful instances of a group, deallocated ones included. */
  statefulInstances(id: string): Promise<StatefulInstance[]> {
    return this.items("GET", `${path(id)}/statefulInstance`, isStatefulInstance);
  }

  /** The running EC2 instances of a group. A request for one that does not run yet has no ID. */
  async instances(id: string): Promise<SpotInstance[]> {
    const items = await this.items<Partial<SpotInstance>>("GET", `${path(id)}/status`, isObject);
    return items.flatMap(({ instanceId, ...rest }) => (instanceId ? [{ instanceId, ...rest }] : []));
  }

  /**
   * Begins an action on a stateful instance. It is done when the state shows it. After a 429 it is not sent again: by then
   * the instance may have to stay, such as a replica that was promoted.
   */
  async act(action: StatefulAction, groupId: string, statefulInstanceId: string): Promise<void> {
    const stateful = encodeURIComponent(statefulInstanceId);
    await this.items("PUT", `${path(groupId)}/statefulInstance/${stateful}/${action}`, isAny, undefined, 1);
  }

  /** Every message of an error is without the token, whatever the answer or the runtime quotes. */
  private async items<T>(
    method: "GET" | "PUT",
    path: string,
    isItem: (item: unknown) => boolean,
    body?: object,
    attempts = ATTEMPTS,
  ): Promise<T[]> {
    try {
      return await this.attempts(method, path, isItem, body, attempts);
    } catch (error) {
      if (!(error instanceof SpotError)) throw error;
      const { token } = this.props;
      // Messages are on one line, and so is a token that a runtime quotes since it has a line break.
      const message = error.message.replaceAll(token, "***").replaceAll(line(token), "***");
      throw new SpotError(error.kind, message, error.pause);
    }
  }

  private async attempts<T>(
    method: "GET" | "PUT",
    path: string,
    isItem: (item: unknown) => boolean,
    body: object | undefined,
    attempts: number,
  ): Promise<T[]> {
    const { timeout = REQUEST_TIMEOUT, patience = Infinity, signal } = this.props;
    const begin = Date.now();
    for (let attempt = 1; ; attempt++) {
      const left = patience - (Date.now() - begin);
      const { response, text } = await this.send(method, path, Math.min(timeout, left), body);
      if (response.status === 200) return itemsOf<T>(`${method} ${path}`, text, isItem);
      const error = failure(`${method} ${path}`, response, text);
      // A request that changes something may have been carried out before the 5xx. Only 429 says that it was not.
      const isSafe = method === "GET" || error.kind === "throttled";
      if (!["throttled", "server"].includes(error.kind) || !isSafe) throw error;
      const pause = pauseBefore(attempt, response.headers);
      if (attempt === attempts) throw new SpotError(error.kind, error.message, pause);
      if (Date.now() - begin + pause >= patience)
        throw new SpotError(error.kind, `${error.message}; try again in ${Math.ceil(pause / 1000)} s`);
      await (this.props.pause ?? ((ms) => sleep(ms, undefined, { signal }).catch(() => undefined)))(pause);
      if (signal?.aborted) throw error;
    }
  }

  private async send(method: string, path: string, timeout: number, body?: object) {
    const { token, account, url = SPOT_API } = this.props;
    const query = account === undefined ? "" : `?accountId=${encodeURIComponent(account)}`;
    const { signal, release } = limited(timeout, method === "GET" ? this.props.signal : undefined);
    try {
      const response = await fetch(`${url}${path}${query}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // A redirect could lead to another host, which would get the token.
        redirect: "error",
        signal,
      });
      return { response, text: await response.text() };
    } catch (error) {
      throw unreached(`${method} ${path}`, error, timeout);
    } finally {
      release();
    }
  }
}

/**
 * A signal that is set after a time, or with another one. Node.js loses one of `AbortSignal.any` and `AbortSignal.timeout`
 * at the next garbage collection, and a request would then have no limit.
 */
function limited(timeout: number, other?: AbortSignal): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const late = (): void => controller.abort(new DOMException("no answer", "TimeoutError"));
  const timer = setTimeout(late, Math.max(1, timeout));
  const stop = (): void => controller.abort(other?.reason);
  if (other?.aborted) stop();
  other?.addEventListener("abort", stop);
  const release = (): void => {
    clearTimeout(timer);
    other?.removeEventListener("abort", stop);
  };
  return { signal: controller.signal, release };
}

function path(groupId: string): string {
  return `/aws/ec2/group/${encodeURIComponent(groupId)}`;
}

function unreached(what: string, error: unknown, timeout: number): SpotError {
  const { name, cause, message } = error as Error & { cause?: { message?: string; code?: string } };
  if (name === "TimeoutError")
    return new SpotError(
      "timeout",
      `Spot API: ${what}: no answer within ${Math.round(timeout / 100) / 10} s`,
    );
  return new SpotError("unreachable", line(`Spot API: ${what}: ${cause?.message || cause?.code || message}`));
}

function itemsOf<T>(what: string, text: string, isItem: (item: unknown) => boolean): T[] {
  const response = parse(text)?.response;
  // An action has no items.
  const items = response?.items ?? [];
  if (response === undefined || !Array.isArray(items) || !items.every(isItem))
    throw malformed(what, 200, text);
  return [...(items as readonly T[])];
}

/** What is read of an item must be there. Everything else of an item is optional. */
function isGroup(item: unknown): boolean {
  const { id, name, capacity } = (item ?? {}) as Partial<Record<keyof SpotGroup, unknown>>;
  return (
    typeof id === "string" && typeof name === "string" && typeof capacity === "object" && capacity !== null
  );
}

function isStatefulInstance(item: unknown): boolean {
  const { id, state } = (item ?? {}) as Partial<Record<keyof StatefulInstance, unknown>>;
  return typeof id === "string" && typeof state === "string";
}

function isObject(item: unknown): boolean {
  return typeof item === "object" && item !== null;
}

function isAny(): boolean {
  return true;
}

function failure(what: string, { status }: Response, text: string): SpotError {
  const found = parse(text)?.response?.errors;
  const errors = Array.isArray(found) ? (found as Errors).filter((each) => each !== null) : [];
  const details = errors.map(({ code, message }) => [code, message].filter(Boolean).join(": ")).join("; ");
  const kind = kindOf(
    status,
    errors.map(({ code = "" }) => code),
  );
  if (details === "" && kind === "refused") return malformed(what, status, text);
  const advice = kind === "credentials" ? "; check SPOTINST_TOKEN and SPOTINST_ACCOUNT" : "";
  return new SpotError(kind, line(`Spot API: ${what}: ${status}${details && ` ${details}`}${advice}`));
}

function kindOf(status: number, codes: readonly string[]): SpotErrorKind {
  if (status === 401 || status === 403) return "credentials";
  if (status === 429) return "throttled";
  if (status >= 500) return "server";
  return codes.some((code) => /DOESNT_EXIST|NOT_FOUND/.test(code)) ? "missing" : "refused";
}

function malformed(what: string, status: number, text: string): SpotError {
  const start = line(text).slice(0, 60);
  return new SpotError("malformed", `Spot API: ${what}: ${status}, not the JSON of the API but: ${start}`);
}

function parse(text: string): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(text, withoutNull);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A field without a value can be null or missing. Both are read as missing. */
function withoutNull(this: unknown, _: string, value: unknown): unknown {
  return value === null && !Array.isArray(this) ? undefined : value;
}

/** The milliseconds until the next attempt, by `Retry-After` or `X-RateLimit-Reset` where the answer has one. */
function pauseBefore(attempt: number, headers: Headers): number {
  const named = [headers.get("retry-after"), headers.get("x-ratelimit-reset")]
    .map((text) => (text === null || text === "" ? NaN : Number(text)))
    .find((seconds) => seconds >= 0);
  if (named === undefined) return Math.min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE);
  // Either seconds from now or a time since 1970, which is larger than any sensible pause.
  const milliseconds = named > 1e9 ? named * 1000 - Date.now() : named * 1000;
  return Math.min(Math.max(milliseconds, 0), LONGEST_PAUSE);
}

function line(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
