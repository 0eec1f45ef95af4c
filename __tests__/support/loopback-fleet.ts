import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Fleet, type LaunchRequest, type RunningInstance } from "../../rehearsal/spot-api/fleet";
import { until } from "../../rehearsal/wait";
import { type LoopbackCluster, type Node } from "./loopback-cluster";

/** What a stateful instance keeps. */
interface Kept {
  readonly place: number;
  readonly host: string;
  node?: Node;
  /** The start of its server, which may go on. */
  starting?: Promise<unknown>;
  /** The ID of the node whose volume was deleted. */
  last?: string;
}

/**
 * Instances without machines: each one is a real server at its own loopback address. A stop ends the process, and the
 * next launch starts it again with its data, as the agent on an instance does.
 */
export class LoopbackFleet implements Fleet {
  /** Milliseconds between the launch of an instance and the start of its server. */
  bootMs = 0;
  /** The master that a new replica follows, by its place in the order of the launches. */
  masterOf = (place: number): number => place;
  /** Called before a server starts again. */
  beforeStart: (node: Node | undefined) => void | Promise<void> = () => undefined;
  /** Stateful instances of which a server runs or will start, at this moment: the largest number away is a result. */
  readonly away = new Set<string>();
  mostAway = 0;
  readonly launches: LaunchRequest[] = [];
  private readonly base = `127.${randomInt(2, 250)}.${randomInt(1, 250)}`;
  private readonly kept = new Map<string, Kept>();
  private readonly running = new Map<string, string>();
  private readonly starts: Promise<void>[] = [];

  constructor(private readonly cluster: LoopbackCluster) {}

  launch(request: LaunchRequest): Promise<RunningInstance> {
    const id = request.statefulInstanceId;
    const place = this.kept.size;
    const kept = this.kept.get(id) ?? { place, host: `${this.base}.${place + 10}` };
    this.kept.set(id, kept);
    this.running.set(request.instanceId, id);
    this.launches.push(request);
    this.starts.push(
      (async () => {
        await sleep(this.bootMs);
        await this.beforeStart(kept.node);
        if (this.running.get(request.instanceId) !== id) return;
        kept.starting = kept.node === undefined ? this.join(kept) : this.cluster.restart(kept.node);
        await kept.starting;
        this.away.delete(id);
      })(),
    );
    return Promise.resolve({ privateIp: kept.host });
  }

  async stop(instanceId: string, how: "clean" | "gone"): Promise<void> {
    const id = this.running.get(instanceId)!;
    this.running.delete(instanceId);
    this.away.add(id);
    this.mostAway = Math.max(this.mostAway, this.away.size);
    // A server that is about to join would outlive its instance.
    await this.kept.get(id)?.starting;
    const node = this.kept.get(id)?.node;
    if (node === undefined) return;
    // With the replication offset in the file, so that a restart continues where it stopped.
    if (how === "clean") await node.server.ask(["SHUTDOWN", "SAVE"], 1000);
    else await this.cluster.end(node);
  }

  release(statefulInstanceId: string): Promise<void> {
    const kept = this.kept.get(statefulInstanceId);
    if (kept?.node === undefined) return Promise.resolve();
    kept.last = kept.node.id;
    this.cluster.remove(kept.node);
    delete kept.node;
    return Promise.resolve();
  }

  /** The server of a stateful instance. */
  node(statefulInstanceId: string): Node {
    return this.kept.get(statefulInstanceId)!.node!;
  }

  /** Waits for all servers that were to start. */
  async settle(): Promise<void> {
    await Promise.all(this.starts);
  }

  /** A new node, which follows the masters in turns; its predecessor at the address is forgotten. */
  private async join(kept: Kept): Promise<void> {
    const node = await this.cluster.add({ host: kept.host });
    const { last } = kept;
    if (last !== undefined)
      await Promise.all(this.cluster.nodes.map(({ server }) => server.ask(["CLUSTER", "FORGET", last])));
    await until(`${kept.host} joined`, { timeout: 20_000 }, async () => {
      const nodes = await node.server.nodes();
      if (!nodes.known) return false;
      const owners = nodes.value
        .filter(({ flags, slots }) => flags.includes("master") && slots.length > 0)
        .sort((one, other) => one.slots[0]![0] - other.slots[0]![0]);
      if (owners.length < this.cluster.masters.length) return false;
      return node.run("CLUSTER", "REPLICATE", owners[this.masterOf(kept.place) % owners.length]!.id).then(
        () => true,
        () => false,
      );
    });
    kept.node = node;
  }
}
