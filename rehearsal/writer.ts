import { setTimeout as sleep } from "node:timers/promises";
import { Connection } from "../cluster/connection";
import { SlotMap } from "./slot-map";
import { endpointOf, type RedisNodeOptions } from "./redis-node";
import { slotOf } from "./slots";
import { until } from "./wait";

export interface WriterOptions extends RedisNodeOptions {
  /** The members that are queried first for the slot map. */
  readonly seeds: readonly string[];
  /** Writes per second, over all keys. @default 500 */
  readonly rate?: number;
  /** The number of keys, spread over all slots. @default 1000 */
  readonly keys?: number;
  /** @default writer */
  readonly prefix?: string;
  /** The timeout of WAIT, in milliseconds. @default 100 */
  readonly waitTimeout?: number;
}

/** The values of one key. They only increase. */
interface Key {
  readonly name: string;
  readonly slot: number;
  /** The last value with the reply OK. */
  plain: number;
  /** The last value with the reply OK that WAIT confirmed on a replica. */
  acknowledged: number;
}

export interface LostKey {
  readonly key: string;
  readonly plain: number;
  readonly acknowledged: number;
  /** The highest value on any of the nodes; undefined if no node has the key. */
  readonly found?: number;
}

export interface Verdict {
  /** Writes with the reply OK. */
  readonly plain: number;
  /** Acknowledged writes: with the reply OK, and confirmed on a replica. */
  readonly acknowledged: number;
  /** Keys whose last value with OK, or last acknowledged value, is on none of the nodes. */
  readonly lostPlain: number;
  readonly lostAcknowledged: number;
  /** Keys that no node returned a value for. They count as lost. */
  readonly unanswered: number;
  /** Writes that were rejected, or whose result is unknown. They count neither as OK nor as acknowledged. */
  readonly failed: number;
  /** The longest time in which a shard accepted no writes, in milliseconds. */
  readonly longestGap: number;
  readonly list: readonly LostKey[];
}

/** The connection to one master, and its pending writes. */
interface Lane {
  readonly address: string;
  connection?: Connection;
  busy: boolean;
  queue: Key[];
}

/** A time in which a shard accepted no writes, by the clock of this machine. */
export interface WritePause {
  readonly from: number;
  readonly to: number;
}

/** Milliseconds without a write that count as a pause. WAIT alone can take its timeout. */
const PAUSE = 500;
/** Milliseconds between two batches. */
const tick = 10;
/** The timeouts of a write, and of a read at the end, in milliseconds. */
const patience = 2000;
const readPatience = 10 * patience;

const settled = [() => true, () => false] as const;

/**
 * Only increases a value. After a network failure, the kernel still sends the writes of a closed connection, and such an
 * old write would overwrite a later one.
 */
const RAISE = `if tonumber(redis.call("GET", KEYS[1]) or 0) < tonumber(ARGV[1]) then
  redis.call("SET", KEYS[1], ARGV[1])
end
return "OK"`;

/** Writes to all slots and records the acknowledged writes. */
export class Writer {
  private readonly keys: readonly Key[];
  private readonly lanes = new Map<string, Lane>();
  private readonly slotMap: SlotMap;
  /** The pauses so far, of all shards. Complete after `stop`. */
  readonly pauses: WritePause[] = [];
  private readonly gaps = new Map<number, { last: number; longest: number }>();
  private value = 0;
  private plain = 0;
  private acknowledged = 0;
  private failed = 0;
  private running = true;
  private loop?: Promise<void>;
  private stopping?: Promise<void>;

  private constructor(private readonly options: WriterOptions) {
    const prefix = options.prefix ?? "writer";
    this.keys = Array.from({ length: options.keys ?? 1000 }, (_, index) => {
      const name = `${prefix}:${index}`;
      return { name, slot: slotOf(name), plain: 0, acknowledged: 0 };
    });
    this.slotMap = new SlotMap(options.seeds, options);
  }

  /** Starts to write. Throws if no seed returns the slot map within ten seconds. */
  static async start(options: WriterOptions): Promise<Writer> {
    const writer = new Writer(options);
    const { slotMap } = writer;
    // Retried, since a server may be saving: the timeout of one query is short, so that a failover is seen soon.
    const evidence = (): string => slotMap.trouble;
    await until(
      `slot map of the cluster at ${options.seeds.join(", ")}`,
      { timeout: 10_000, evidence },
      async () => {
        await slotMap.refresh();
        return slotMap.known;
      },
    );
    writer.loop = writer.run();
    return writer;
  }

  /** The numbers of writes with OK, and of acknowledged writes, so far. */
  get counts(): { readonly plain: number; readonly acknowledged: number; readonly failed: number } {
    return { plain: this.plain, acknowledged: this.acknowledged, failed: this.failed };
  }

  /** Stops writing, after the pending replies. */
  stop(): Promise<void> {
    return (this.stopping ??= this.end());
  }

  private async end(): Promise<void> {
    this.running = false;
    await this.loop;
    for (const gap of this.gaps.values()) this.close(gap);
    const end = Date.now() + patience;
    while ([...this.lanes.values()].some(({ busy }) => busy) && Date.now() < end) await sleep(tick);
    for (const lane of this.lanes.values()) lane.connection?.close();
  }

  /** Reads every key from these nodes, replicas included, and compares it with the recorded writes. */
  async verify(nodes: readonly string[]): Promise<Verdict> {
    const found = new Map<string, number>();
    const answered = new Set<string>();
    await Promise.all(nodes.map((address) => this.read(address, found, answered)));
    const list = this.keys
      .map(({ name, plain, acknowledged }) => ({ key: name, plain, acknowledged, found: found.get(name) }))
      .filter(({ plain, found: value }) => (value ?? 0) < plain);
    return {
      ...this.counts,
      lostPlain: list.length,
      lostAcknowledged: list.filter(({ acknowledged, found: value }) => (value ?? 0) < acknowledged).length,
      unanswered: this.keys.filter(({ name, plain }) => plain > 0 && !answered.has(name)).length,
      longestGap: Math.max(0, ...[...this.gaps.values()].map(({ longest }) => longest)),
      list,
    };
  }

  private async read(address: string, found: Map<string, number>, answered: Set<string>): Promise<void> {
    const connection = await Connection.open(
      endpointOf(address, this.options),
      this.options,
      readPatience,
    ).catch(() => undefined);
    if (!connection) return;
    try {
      await connection.send(["READONLY"], readPatience);
      for (let start = 0; start < this.keys.length; start += 500) {
        const part = this.keys.slice(start, start + 500);
        const replies = await Promise.allSettled(
          part.map(({ name }) => connection.send(["GET", name], readPatience)),
        );
        for (const [index, reply] of replies.entries()) {
          const name = part[index]?.name ?? "";
          if (reply.status === "rejected") continue; // another node's slot
          answered.add(name);
          if (reply.value !== null) found.set(name, Math.max(found.get(name) ?? 0, Number(reply.value)));
        }
      }
    } finally {
      connection.close();
    }
  }

  private async run(): Promise<void> {
    const begin = Date.now();
    let handed = 0;
    while (this.running) {
      const due = Math.floor(((Date.now() - begin) / 1000) * (this.options.rate ?? 500));
      for (; handed < due; handed++) this.hand(this.keys[handed % this.keys.length]);
      for (const lane of this.lanes.values()) void this.work(lane);
      await sleep(tick);
    }
  }

  /** Adds a key to the lane of its master. A lane that is blocked takes no further keys. */
  private hand(key: Key | undefined): void {
    const owner = key && this.slotMap.owner(key.slot);
    if (!key) return;
    if (!owner) {
      this.failed++;
      return void this.slotMap.refresh();
    }
    const lane = this.lanes.get(owner.address) ?? { address: owner.address, busy: false, queue: [] };
    this.lanes.set(owner.address, lane);
    if (lane.queue.length < this.keys.length) lane.queue.push(key);
  }

  /** Sends all queued writes and then WAIT, which confirms only writes of its own connection. */
  private async work(lane: Lane): Promise<void> {
    if (lane.busy || lane.queue.length === 0) return;
    lane.busy = true;
    const batch = lane.queue.splice(0);
    lane.connection ??= await Connection.open(
      endpointOf(lane.address, this.options),
      this.options,
      patience,
    ).catch(() => undefined);
    const refused = lane.connection ? await this.write(lane.connection, batch) : batch.length;
    if (refused > 0) {
      // The slot was moved, or the master is down or too slow: further replies on this connection are ignored.
      this.failed += refused;
      lane.connection?.close();
      lane.connection = undefined;
      await this.slotMap.refresh();
    }
    lane.busy = false;
  }

  /** Resolves to the number of writes without OK. */
  private async write(connection: Connection, batch: readonly Key[]): Promise<number> {
    const waitTimeout = this.options.waitTimeout ?? 100;
    const answers = batch.map(async (key) => {
      const value = ++this.value;
      const ok = await connection
        .send(["EVAL", RAISE, "1", key.name, String(value)], patience)
        .then(...settled);
      if (!ok) return undefined;
      this.plain++;
      key.plain = Math.max(key.plain, value);
      this.note(key.slot);
      return { key, value };
    });
    const wait = connection.send(["WAIT", "1", String(waitTimeout)], patience + waitTimeout);
    const waited = wait.then(Number, () => 0);
    const written = (await Promise.all(answers)).filter((answer) => answer !== undefined);
    if ((await waited) >= 1) {
      this.acknowledged += written.length;
      for (const { key, value } of written) key.acknowledged = Math.max(key.acknowledged, value);
    }
    return batch.length - written.length;
  }

  private note(slot: number): void {
    const first = this.slotMap.owner(slot)?.first ?? -1;
    const gap = this.gaps.get(first) ?? { last: Date.now(), longest: 0 };
    this.close(gap);
    this.gaps.set(first, gap);
  }

  /** Ends the time without a write, and begins the next one. */
  private close(gap: { last: number; longest: number }): void {
    const { last: from, longest } = gap;
    const to = Date.now();
    gap.last = to;
    gap.longest = Math.max(longest, to - from);
    if (to - from >= PAUSE) this.pauses.push({ from, to });
  }
}
