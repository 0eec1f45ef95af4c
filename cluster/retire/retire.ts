import { setTimeout as sleep } from "node:timers/promises";
import { ailmentsOf, nodeName } from "../ailments";
import { type Cluster } from "../cluster";
import { handOver, successorOf } from "../handover";
import { copyRefusals, type Refusal } from "../roll/step";
import { canPass, observe } from "../situation";
import { type SpotClient } from "../spot/client";
import { departureOf, nextDeparture } from "./departure";
import { forgetEverywhere, staysForgotten } from "./forget";
import { type RetireState, type RetiringNode } from "./state";

export interface RetireProps {
  readonly cluster: Cluster;
  readonly client: SpotClient;
  readonly state: RetireState;
  /** Keeps the state. Called before each step. */
  readonly save: (state: RetireState) => void;
  readonly report: (line: string) => void;
  readonly allowSingleCopy: boolean;
  readonly signal: AbortSignal;
  /** Milliseconds until the group has let go of an instance. */
  readonly timeout: number;
  /** Milliseconds for which no member may list a node again. */
  readonly watch: number;
}

export interface RetireResult {
  readonly result: "done" | "refused" | "interrupted";
  readonly refusals: readonly Refusal[];
  readonly state: RetireState;
}

/** Milliseconds between two looks. */
const EVERY = 1000;

/** Takes nodes out of the cluster and their instances out of their groups, one after the other. */
export class Retire {
  private state: RetireState;

  constructor(private readonly props: RetireProps) {
    this.state = props.state;
  }

  async run(): Promise<RetireResult> {
    for (const [index] of this.state.nodes.entries()) {
      const refusals = await this.one(index);
      if (refusals.length > 0) return { result: "refused", refusals, state: this.state };
      if (this.props.signal.aborted) return { result: "interrupted", refusals: [], state: this.state };
    }
    await this.watch();
    return { result: "done", refusals: [], state: this.state };
  }

  private async one(index: number): Promise<readonly Refusal[]> {
    const { signal } = this.props;
    if (this.node(index).phase === "planned") {
      const refusals = await this.begin(index);
      if (refusals.length > 0 || signal.aborted) return refusals;
    }
    if (this.node(index).phase === "leaving") await this.leave(index);
    if (this.node(index).phase === "forgetting" && !signal.aborted) await this.forget(index);
    return [];
  }

  /** Checks, hands over, and records what the group is to become. */
  private async begin(index: number): Promise<readonly Refusal[]> {
    const { cluster, report, allowSingleCopy, signal } = this.props;
    for (;;) {
      if (signal.aborted) return [];
      const { view, spot } = await this.look();
      if (!spot.known) throw new Error(spot.reason);
      const { fleets, replicas } = spot.value;
      const { stateful_instance_id: id } = this.node(index);
      const replica = replicas.find(({ stateful }) => stateful.id === id);
      if (replica === undefined) throw new Error(`${id}: Spot does not list it`);
      const { node } = replica;
      // What is retired may be broken. Everything else must be healthy.
      const away = { nodeId: node?.id, privateIp: replica.stateful.privateIp, statefulInstanceId: id };
      const isHealthy = node === undefined || node.isInSync || node.role === "owner";
      const ailments = ailmentsOf(view, replicas, isHealthy && node?.role === "owner" ? undefined : away);
      if (ailments.length > 0) return ailments;
      if (node !== undefined && isHealthy) {
        const refusals = copyRefusals(view, node, allowSingleCopy);
        if (refusals.length > 0) return refusals;
      }
      if (node?.role === "owner") {
        const inGroups = new Set(replicas.flatMap((each) => each.node?.id ?? []));
        const to = successorOf(view, node.id, inGroups);
        if (to === undefined) {
          const detail = "it owns slots, and its shard has no replica in sync that could take them";
          return [{ kind: "no_successor", subject: nodeName(node), detail }];
        }
        report(`${this.name(index)}: hands its slots over to ${to.endpoint!.host}`);
        await handOver(cluster, node.id, to);
        continue;
      }
      const fleet = fleets.find(({ group }) => group.id === replica.group.id)!;
      const { capacity, staying } = departureOf(fleet, id);
      this.change(index, { phase: "leaving", node_id: node?.id, capacity, staying: [...staying] });
      return [];
    }
  }

  private async leave(index: number): Promise<void> {
    const { client, report, signal, timeout } = this.props;
    const { group_id, stateful_instance_id, capacity, staying } = this.node(index);
    const departure = { statefulInstanceId: stateful_instance_id, capacity: capacity!, staying: staying! };
    const end = Date.now() + timeout;
    let said = "";
    while (!signal.aborted) {
      const { spot, view } = await this.look();
      const fleet = spot.known ? spot.value.fleets.find(({ group }) => group.id === group_id) : undefined;
      let reason = spot.known ? "" : spot.reason;
      if (fleet !== undefined) {
        const step = nextDeparture(fleet, departure);
        if (step.do === "gone" && !this.answers(index, view)) {
          return this.change(index, { phase: "forgetting" });
        }
        reason = step.do === "wait" ? step.reason : "its server still answers";
        if (step.do === "resize" || step.do === "deallocate" || step.do === "resume") {
          const what =
            step.do === "resize"
              ? `capacity ${step.capacity.target}, minimum ${step.capacity.minimum}`
              : `${step.do} ${step.statefulInstanceId}`;
          report(`${this.name(index)}: ${what}`);
          try {
            if (step.do === "resize") await client.update(group_id, { capacity: step.capacity });
            else await client.act(step.do, group_id, step.statefulInstanceId);
            continue;
          } catch (error) {
            if (!canPass(error)) throw error;
            reason = error.message;
          }
        }
      }
      if (Date.now() > end) throw new Error(`${this.name(index)}: not gone: ${reason}`);
      if (said !== reason) report(`${this.name(index)}: waits: ${reason}`);
      said = reason;
      await sleep(EVERY, undefined, { signal }).catch(() => undefined);
    }
  }

  private async forget(index: number): Promise<void> {
    const { node_id } = this.node(index);
    if (node_id !== undefined) {
      this.props.report(`${this.name(index)}: every member forgets ${node_id}`);
      await forgetEverywhere(this.props.cluster, node_id);
    }
    this.change(index, { phase: "retired" });
  }

  private async watch(): Promise<void> {
    const { watch, cluster, signal, report } = this.props;
    const ids = this.state.nodes.flatMap(({ node_id }) => node_id ?? []);
    if (watch === 0 || ids.length === 0) return;
    report(
      `watches for ${Math.round(watch / 1000)} s that no member lists ${ids.length === 1 ? "it" : "them"} again`,
    );
    await Promise.all(ids.map((id) => staysForgotten(cluster, id, signal, watch)));
  }

  private answers(index: number, view: Awaited<ReturnType<typeof observe>>["view"]): boolean {
    const { node_id } = this.node(index);
    return node_id !== undefined && view.membersWith(node_id).length > 0;
  }

  private look() {
    return observe(this.props.cluster, this.props.client, this.state.group_ids);
  }

  private node(index: number): RetiringNode {
    return this.state.nodes[index]!;
  }

  private name(index: number): string {
    const { stateful_instance_id: id, private_ip: address } = this.node(index);
    return address === undefined ? id : `${id} (${address})`;
  }

  private change(index: number, change: Partial<RetiringNode>): void {
    const nodes = this.state.nodes.map((node, place) => (place === index ? { ...node, ...change } : node));
    const state = { ...this.state, nodes };
    this.props.save(state);
    this.state = state;
  }
}
