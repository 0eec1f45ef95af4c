import { setTimeout as sleep } from "node:timers/promises";
import { Cluster } from "../cluster";
import { type Endpoint } from "../endpoint";
import { type Info, numberIn } from "../info";
import { statusOf } from "../node-status";
import { type SpotClient } from "../spot/client";
import { endpointOf, type View } from "../view";

/** What happens to a replica from the request on, in the usual order. */
export const MOMENTS = [
  /** Its server does not answer any more. */
  "server_gone",
  /** Every master that answers lists it as failed. Masters do so after `cluster-node-timeout`. */
  "failed",
  /** Spot does not list its old EC2 instance any more. */
  "instance_gone",
  /** Spot lists a new EC2 instance. */
  "instance_running",
  /** A server answers at its address, possibly with LOADING. */
  "server_answers",
  "link_up",
  /** As every master sees it. */
  "in_sync",
] as const;

export type Moment = (typeof MOMENTS)[number];

/** How the master brought the replica up to date. */
export interface Resync {
  readonly kind: "partial" | "full" | "both" | "unknown";
  readonly full: number | null;
  readonly partial: number | null;
  /** What the master sent to all its replicas meanwhile. Redis 7 and later count it. */
  readonly bytes: number | null;
}

/** Milliseconds between two questions to the servers, and to the API, which limits its requests. */
const EVERY = 100;
const EVERY_SPOT = 1000;
/** Milliseconds until a question to the server is given up. */
const QUESTION = 1000;
/** Milliseconds until the end is seen that a roll has seen. */
const SETTLE = 5000;

export interface RecoveryProps {
  readonly cluster: Cluster;
  readonly client: SpotClient;
  readonly groupId: string;
  readonly statefulInstanceId: string;
  readonly instanceId: string;
  readonly nodeId: string;
  /** Where the node is before the recycle. */
  readonly endpoint: Endpoint;
}

/** Watches the recovery of one replica. */
export class Recovery {
  /** Milliseconds since the request at which each moment was seen first. */
  readonly moments = new Map<Moment, number>();
  requestedAt = Date.now();
  private readonly stopping = new AbortController();
  private loops: Promise<unknown> = Promise.resolve();
  private before: Info | undefined;
  private masterId: string | undefined;

  private constructor(
    private readonly props: RecoveryProps,
    /** Where the node is. A replacement that does not keep the private IP has another address. */
    private place: Endpoint,
  ) {}

  get endpoint(): Endpoint {
    return this.place;
  }

  /** Starts to watch. The request follows at once. */
  static async start(props: RecoveryProps, view: View): Promise<Recovery> {
    const recovery = new Recovery(props, props.endpoint);
    recovery.masterId = statusOf(view, props.nodeId).master;
    recovery.before = await recovery.statistics(view);
    const masters = view.masters.map(({ endpoint }) => endpoint);
    recovery.requestedAt = Date.now();
    recovery.loops = Promise.all([
      recovery.watchServer(),
      recovery.watchCluster(masters),
      recovery.watchSpot(),
    ]);
    return recovery;
  }

  /** The request follows once more, unless the one before had an effect. */
  restart(): void {
    if (this.moments.size === 0) this.requestedAt = Date.now();
  }

  /** Waits until the end is seen: a roll sees it before, since it asks at other moments. */
  async settle(): Promise<void> {
    const end = Date.now() + SETTLE;
    while (!this.moments.has("in_sync") && Date.now() < end) await this.pause(EVERY);
  }

  /** Ends all questions. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loops;
  }

  /** How the master brought the replica up to date. */
  async resync(): Promise<Resync> {
    const after = await this.statistics(await this.props.cluster.look());
    const delta = (field: string): number | null => {
      const [old, now] = [this.before, after].map((info) => info && numberIn(info, field));
      return old === undefined || now === undefined ? null : now - old;
    };
    const [full, partial] = [delta("sync_full"), delta("sync_partial_ok")];
    const kind =
      full === null || partial === null || full + partial === 0
        ? "unknown"
        : full > 0 && partial > 0
          ? "both"
          : full > 0
            ? "full"
            : "partial";
    return { kind, full, partial, bytes: delta("total_net_repl_output_bytes") };
  }

  private see(moment: Moment, at = Date.now()): void {
    if (!this.moments.has(moment)) this.moments.set(moment, at - this.requestedAt);
  }

  /**
   * Each question has its own connection, and does not wait for the one before: where no server is, a connection can take
   * seconds to fail, and the server is back in less.
   */
  private async watchServer(): Promise<void> {
    const questions = new Set<Promise<void>>();
    while (!this.isStopped) {
      const question = this.askServer().finally(() => questions.delete(question));
      questions.add(question);
      await this.pause(EVERY);
    }
    await Promise.all(questions);
  }

  private async askServer(): Promise<void> {
    const begun = Date.now();
    const server = this.props.cluster.ownServer(this.place);
    const info = await server.ask<string>(["INFO", "replication"], QUESTION);
    server.close();
    if (!info.known && info.cause !== "loading") return this.see("server_gone", begun);
    const gone = this.moments.get("server_gone");
    if (gone === undefined || begun - this.requestedAt < gone) return;
    this.see("server_answers");
    if (info.known && info.value.includes("master_link_status:up")) this.see("link_up");
  }

  /** First only the masters, since they answer at once, and then the whole cluster, by new connections for the same reason. */
  private async watchCluster(masters: readonly Endpoint[]): Promise<void> {
    const { cluster, nodeId } = this.props;
    while (!this.isStopped && !this.moments.has("link_up")) {
      const answers = await Promise.all(masters.map((endpoint) => cluster.server(endpoint).nodes()));
      const lists = answers.flatMap((answer) => (answer.known ? [answer.value] : []));
      const isFailed = lists.every((nodes) => nodes.find(({ id }) => id === nodeId)?.flags.includes("fail"));
      if (lists.length > 0 && isFailed) this.see("failed");
      await this.pause(EVERY);
    }
    const connected = new Cluster(cluster.seeds, cluster.login);
    while (!this.isStopped && !this.moments.has("in_sync")) {
      const view = await connected.look();
      const here = view.nodes.filter((node) => endpointOf(node)?.host === this.place.host);
      if (here.some(({ id }) => statusOf(view, id).isInSync)) this.see("in_sync");
      await this.pause(EVERY);
    }
    connected.close();
  }

  private async watchSpot(): Promise<void> {
    const { groupId, statefulInstanceId, instanceId } = this.props;
    const client = this.props.client.until(this.stopping.signal);
    while (!this.isStopped) {
      // A question without answer tells nothing.
      const all = await client.statefulInstances(groupId).catch(() => undefined);
      const found = all?.find(({ id }) => id === statefulInstanceId);
      if (found !== undefined && found.instanceId !== instanceId) {
        this.see("instance_gone");
        if (found.instanceId !== undefined) this.replaced(found.privateIp);
      }
      await this.pause(EVERY_SPOT);
    }
  }

  private replaced(host = this.place.host): void {
    this.see("instance_running");
    if (host === this.place.host) return;
    this.see("server_gone");
    this.place = { ...this.place, host };
  }

  private get isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private async statistics(view: View): Promise<Info | undefined> {
    const master = this.masterId === undefined ? undefined : view.agreed(this.masterId);
    const endpoint = master && endpointOf(master);
    if (endpoint === undefined) return undefined;
    const info = await this.props.cluster.server(endpoint).info("stats");
    return info.known ? info.value : undefined;
  }
}
