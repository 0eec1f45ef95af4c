import { setTimeout as sleep } from "node:timers/promises";
import { type Endpoint, showEndpoint } from "../endpoint";
import { type Login } from "../login";
import { numberIn, parseInfo } from "../info";
import { Pipeline } from "../pipeline";
import { type RawReply, ServerError } from "../reply-reader";

/** Milliseconds until a reply is given up. A digest of a large value takes a server a while. */
const TIMEOUT = 10_000;
/** Milliseconds between two questions for the offset of a replica. */
const POLL = 20;
/** Times that something which differs is read again. Writes can change it at every look. */
const LOOKS = 6;
/** Times that it must differ while the master's own value does not change. */
const CONFIRMATIONS = 3;

/** What comparing a value at both nodes resulted in. `changing`: it changed at each look, so it was not compared. */
export type Verdict = "same" | "differs" | "changing";

/** A master and one of its replicas, with connections for comparing them. */
export class Pair {
  private constructor(
    readonly names: { readonly master: string; readonly replica: string },
    readonly master: Pipeline,
    readonly replica: Pipeline,
  ) {}

  static async open(master: Endpoint, replica: Endpoint, login: Login): Promise<Pair> {
    const first = await Pipeline.open(master, login, TIMEOUT);
    let second: Pipeline | undefined;
    try {
      second = await Pipeline.open(replica, login, TIMEOUT);
      // Without it, a replica answers every key with the address of its master.
      const [reply] = await second.send([["READONLY"]]);
      text(reply, showEndpoint(replica));
      return new Pair({ master: showEndpoint(master), replica: showEndpoint(replica) }, first, second);
    } catch (error) {
      first.close();
      second?.close();
      throw error;
    }
  }

  close(): void {
    this.master.close();
    this.replica.close();
  }

  /**
   * Compares items that looked different. Each look reads them at the master, waits until the replica has passed the
   * master's offset of then, and reads them there and at the master again. An item is the same if the replica has either
   * value of the master. It differs if the master's value did not change within a look, and the replica's was another,
   * several times.
   */
  async settle<Item>(
    items: readonly Item[],
    read: (pipeline: Pipeline, items: readonly Item[]) => Promise<readonly string[]>,
  ): Promise<ReadonlyMap<Item, Verdict>> {
    const verdicts = new Map<Item, Verdict>();
    const differed = new Map<Item, number>();
    let open = [...items];
    for (let look = 0; look < LOOKS && open.length > 0; look++) {
      const before = await read(this.master, open);
      await this.catchUp();
      const there = await read(this.replica, open);
      const after = await read(this.master, open);
      open = open.filter((item, index) => {
        const value = there[index];
        if (value === before[index] || value === after[index]) verdicts.set(item, "same");
        else if (before[index] === after[index]) {
          const count = (differed.get(item) ?? 0) + 1;
          differed.set(item, count);
          if (count >= CONFIRMATIONS) verdicts.set(item, "differs");
        }
        return !verdicts.has(item);
      });
    }
    for (const item of open) verdicts.set(item, "changing");
    return verdicts;
  }

  /** Waits until the replica has passed the present offset of its master. */
  private async catchUp(): Promise<void> {
    const goal = await offsetOf(this.master, "master_repl_offset", this.names.master);
    const end = Date.now() + TIMEOUT;
    for (;;) {
      const offset = await offsetOf(this.replica, "slave_repl_offset", this.names.replica);
      if (offset >= goal) return;
      if (Date.now() >= end)
        throw new Error(
          `${this.names.replica} did not reach the offset ${goal} of its master within ${TIMEOUT / 1000} s; it is at ${offset}`,
        );
      await sleep(POLL);
    }
  }
}

async function offsetOf(pipeline: Pipeline, field: string, name: string): Promise<number> {
  const [reply] = await pipeline.send([["INFO", "replication"]]);
  const offset = numberIn(parseInfo(text(reply, name)), field);
  if (offset === undefined) throw new Error(`${name}: INFO has no ${field}`);
  return offset;
}

/** A reply as text. Throws the error of the server. */
export function text(reply: RawReply | undefined, name: string): string {
  if (reply instanceof ServerError) throw reply;
  if (!Buffer.isBuffer(reply)) throw new Error(`${name}: the reply is not a text`);
  return reply.toString();
}
