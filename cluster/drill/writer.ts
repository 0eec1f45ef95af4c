import { setTimeout as sleep } from "node:timers/promises";
import { type Cluster } from "../cluster";
import { type ClusterNode } from "../cluster-nodes";
import { showEndpoint } from "../endpoint";
import { numberIn } from "../info";
import { type Server } from "../server";
import { endpointOf } from "../view";

/** Every key begins with it. */
export const PREFIX = "redis-elastigroup:drill:";
/** Seconds after which a key that was not removed expires. */
export const TTL = 3600;
const KEYS = 50;
/** Milliseconds between two writes. */
const PAUSE = 10;
/** Milliseconds until a write is given up, and those that WAIT waits. */
const PATIENCE = 1000;
const WAIT = 200;
/** Milliseconds in which a replica must have the last writes. */
const CATCH_UP = 5000;
/** Keys that are tried until one is in the shard. Of 1,000 shards, all of them miss once in 10^8 times. */
const TRIES = 20_000;

/** A write that was answered with OK. */
export interface Write {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether WAIT answered that a replica has it. */
  readonly acknowledged: boolean;
}

/** What is left of the writes. A key is lost if it has a smaller value than the last one that was acknowledged. */
export interface Readback {
  /** On the owner of the shard. */
  readonly lost: number;
  /** On the replica that was recycled. */
  readonly lostOnReplica: number;
  /** Keys that one of both did not answer for. */
  readonly unread: number;
}

/** Writes to one shard, one write at a time, and keeps what was answered. */
export class ShardWriter {
  readonly writes: Write[] = [];
  failed = 0;
  private readonly last = new Map<string, number>();
  private value = 0;
  private isRunning = true;
  private loop: Promise<void> = Promise.resolve();
  private readonly begun = Date.now();
  private ended: number | undefined;

  private constructor(
    private readonly cluster: Cluster,
    private server: Server,
    private readonly keys: readonly string[],
    private readonly slot: number,
  ) {}

  /** Starts to write to the shard of an owner. Rejects if the owner refuses one of the commands. */
  static async start(cluster: Cluster, owner: ClusterNode): Promise<ShardWriter> {
    const server = cluster.ownServer(endpointOf(owner)!);
    try {
      const run = Date.now().toString(36);
      const { tag, slot } = await tagIn(server, owner, run);
      const keys = Array.from({ length: KEYS }, (_, index) => `${PREFIX}{${tag}}:${index}`);
      await attempt(server, keys[0]!);
      const writer = new ShardWriter(cluster, server, keys, slot);
      writer.loop = writer.run();
      return writer;
    } catch (error) {
      server.close();
      throw error;
    }
  }

  /** The longest time without a write with OK, in milliseconds, from the start to the end. */
  get longestGap(): number {
    const times = [this.begun, ...this.writes.map(({ at }) => at), this.ended ?? Date.now()];
    return times.reduce((longest, at, index) => Math.max(longest, at - (times[index - 1] ?? at)), 0);
  }

  get acknowledged(): number {
    return this.writes.filter(({ acknowledged }) => acknowledged).length;
  }

  async stop(): Promise<void> {
    this.isRunning = false;
    this.ended ??= Date.now();
    await this.loop;
  }

  /** Reads all keys from the owner and from the replica. */
  async readBack(replica: Server): Promise<Readback> {
    await this.follow();
    await replica.ask(["READONLY"]);
    await this.caughtUp(replica);
    // All at once: each question to a server that does not answer takes its whole time.
    const keys = await Promise.all(
      [...this.last].map(async ([key, acknowledged]) => {
        const [there, here] = await Promise.all([this.server.ask(["GET", key]), replica.ask(["GET", key])]);
        return {
          isUnread: !there.known || !here.known,
          isLost: there.known && Number(there.value) < acknowledged,
          isLostOnReplica: here.known && Number(here.value) < acknowledged,
        };
      }),
    );
    return {
      lost: keys.filter(({ isLost }) => isLost).length,
      lostOnReplica: keys.filter(({ isLostOnReplica }) => isLostOnReplica).length,
      unread: keys.filter(({ isUnread }) => isUnread).length,
    };
  }

  /** Waits until the replica has what its owner has: the last writes may be acknowledged by another replica only. */
  private async caughtUp(replica: Server): Promise<void> {
    const owner = await this.server.info("replication");
    const offset = owner.known ? numberIn(owner.value, "master_repl_offset") : undefined;
    if (offset === undefined) return;
    for (const end = Date.now() + CATCH_UP; Date.now() < end; await sleep(PAUSE)) {
      const info = await replica.info("replication");
      const own = info.known ? numberIn(info.value, "slave_repl_offset") : undefined;
      if (own !== undefined && own >= offset) return;
    }
  }

  /** Removes all keys. Returns whether it is known that none is left. */
  async remove(): Promise<boolean> {
    await this.follow();
    const removed = await this.server.ask(["UNLINK", ...this.keys]);
    this.server.close();
    return removed.known;
  }

  private async run(): Promise<void> {
    while (this.isRunning) {
      const key = this.keys[this.value % KEYS]!;
      const value = ++this.value;
      const reply = await this.server.ask(["SET", key, String(value), "EX", String(TTL)], PATIENCE);
      if (!reply.known) {
        this.failed++;
        await this.follow();
        await sleep(PAUSE);
        continue;
      }
      const at = Date.now();
      const replicas = await this.server.ask<number>(["WAIT", "1", String(WAIT)], PATIENCE + WAIT);
      const acknowledged = replicas.known && replicas.value >= 1;
      this.writes.push({ at, acknowledged });
      if (acknowledged) this.last.set(key, value);
      await sleep(PAUSE);
    }
  }

  /** Goes on at the owner that the cluster agrees on, after a failover. */
  private async follow(): Promise<void> {
    const { owners } = await this.cluster.look();
    const owner = owners.find(({ slots }) =>
      slots.some(([first, last]) => this.slot >= first && this.slot <= last),
    );
    const endpoint = owner && endpointOf(owner);
    if (endpoint === undefined || showEndpoint(endpoint) === this.server.name) return;
    this.server.close();
    this.server = this.cluster.ownServer(endpoint);
  }
}

/** Sends each command of a drill once: without its rights, or without free memory, it would measure nothing. */
async function attempt(server: Server, key: string): Promise<void> {
  for (const command of [
    ["SET", key, "0", "EX", String(TTL)],
    ["WAIT", "1", String(WAIT)],
    ["GET", key],
    ["READONLY"],
    ["UNLINK", key],
  ]) {
    const reply = await server.ask(command, PATIENCE + WAIT);
    if (!reply.known) throw new Error(`${command[0]} for the drill is refused: ${reply.reason}`);
  }
}

/** A hash tag whose slot the owner has. The server computes the slots. */
async function tagIn(
  server: Server,
  { slots }: ClusterNode,
  run: string,
): Promise<{ tag: string; slot: number }> {
  for (let first = 0; first < TRIES; first += 100) {
    const tags = Array.from({ length: 100 }, (_, index) => `${run}.${first + index}`);
    const answers = await Promise.all(tags.map((tag) => server.ask<number>(["CLUSTER", "KEYSLOT", tag])));
    for (const [place, slot] of answers.entries()) {
      if (slot.known && slots.some(([from, to]) => slot.value >= from && slot.value <= to))
        return { tag: tags[place]!, slot: slot.value };
    }
    const failure = answers.find((slot) => !slot.known);
    if (failure !== undefined && !failure.known) throw new Error(failure.reason);
  }
  throw new Error(`no key in the slots of ${server.name} was found`);
}
