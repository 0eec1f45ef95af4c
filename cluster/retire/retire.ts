import { setTimeout as sleep } from "node:timers/promises";
import { ailmentsOf, GOSSIP, isGossip } from "../ailments";
import { type Cluster } from "../cluster";
import { type GroupFleet, isComplete, type Replica } from "../fleet";
import { handOver, successorOf } from "../handover";
import { copyRefusals, noSuccessor, type Refusal } from "../roll/step";
import { canPass, observe } from "../situation";
import { type SpotClient } from "../spot/client";
import { type View } from "../view";
import { departureOf, type DepartureStep, isLeaving, nextDeparture } from "./departure";
import { forgetEverywhere, forgetForGood, requireForget, showNodes } from "./forget";
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
  /** Milliseconds for which no member may list a node again. @default - until no member ignores it any more */
  readonly watch?: number;
}

export interface RetireResult {
  readonly result: "done" | "refused" | "interrupted";
  readonly refusals: readonly Refusal[];
  readonly state: RetireState;
}

/** The times of a retirement, in milliseconds. */
export const RETIRE_TIMES = {
  /** Between two looks. */
  every: 1000,
  /** Until the cluster must be healthy after something that this command did. */
  settle: 90_000,
  /** After which an instance that the API does not list is gone, unless it is listed as deallocated. */
  omission: 10_000,
  /** To wait for members that do not answer, such as a replica that Spot replaces meanwhile. */
  patience: 50_000,
};

type DepartureRequest = Exclude<DepartureStep, { readonly do: "wait" | "fail" | "gone" }>;

/** Takes nodes out of the cluster and their instances out of their groups, one after the other. */
export class Retire {
  private state: RetireState;
  /** Ends with the signal. */
  private readonly client: SpotClient;

  constructor(private readonly props: RetireProps) {
    this.state = props.state;
    this.client = props.client.until(props.signal);
  }

  async run(): Promise<RetireResult> {
    for (const [index] of this.state.nodes.entries()) {
      const refusals = await this.one(index);
      if (refusals.length > 0) return { result: "refused", refusals, state: this.state };
      if (this.props.signal.aborted) return { result: "interrupted", refusals: [], state: this.state };
    }
    await this.watch();
    const result = this.props.signal.aborted ? "interrupted" : "done";
    return { result, refusals: [], state: this.state };
  }

  private async one(index: number): Promise<readonly Refusal[]> {
    while (this.node(index).phase !== "retired" && !this.props.signal.aborted) {
      const { phase } = this.node(index);
      if (phase === "planned") {
        const refusals = await this.begin(index);
        if (refusals.length > 0) return refusals;
      } else if (phase === "leaving") await this.leave(index);
      else await this.forget(index);
    }
    return [];
  }

  /** Checks, hands over, and records what the group is to become. */
  private async begin(index: number): Promise<readonly Refusal[]> {
    const { cluster, report, signal } = this.props;
    const begun = Date.now();
    // Right after a failover or the node before, others may not have seen it yet.
    let patience = index === 0 ? begun : begun + RETIRE_TIMES.settle;
    while (!signal.aborted) {
      const { view, spot } = await this.look();
      if (signal.aborted) break;
      if (!spot.known) throw new Error(spot.reason);
      const { fleets, replicas } = spot.value;
      const replica = this.replica(index, replicas);
      const before = this.node(index);
      if (replica === undefined) {
        if (before.requested !== true) throw new Error(`${this.name(index)}: Spot does not list it`);
        // Its deallocation was carried out since.
        this.change(index, { phase: "leaving" });
        return [];
      }
      const fleet = fleets.find(({ group }) => group.id === replica.group.id)!;
      const refusals = [
        ...this.refusals(view, replicas, replica),
        ...(before.requested === true ? [] : incomplete(fleet)),
      ];
      if (refusals.length > 0) {
        if (Date.now() >= (isGossip(refusals) ? Math.max(patience, begun + GOSSIP) : patience))
          return refusals;
        await sleep(RETIRE_TIMES.every, undefined, { signal }).catch(() => undefined);
        continue;
      }
      const { node, stateful } = replica;
      if (node?.role === "owner") {
        const to = successorOf(view, node.id, replicas)!;
        report(`${this.name(index)}: hands its slots over to ${to.endpoint!.host}`);
        await handOver(cluster, node.id, to, signal);
        patience = Date.now() + RETIRE_TIMES.settle;
        continue;
      }
      // Before anything is deleted: without the right to CLUSTER FORGET, the node would stay in the cluster.
      await requireForget(cluster, view);
      // The target may be lowered already, and is lowered once.
      const { capacity, staying = [] } = before.requested === true ? before : departureOf(fleet, stateful.id);
      const node_id = node?.id ?? before.node_id;
      this.change(index, { phase: "leaving", node_id, capacity, staying: [...staying] });
      return [];
    }
    return [];
  }

  /** Why a replica may not leave, or not yet. What is retired may be broken. Everything else must be healthy. */
  private refusals(view: View, replicas: readonly Replica[], { node, stateful }: Replica): Refusal[] {
    // A node that is not known cannot hand over, and cannot be forgotten.
    if (stateful.privateIp === undefined && stateful.instanceId !== undefined)
      return [{ kind: "no_node", subject: stateful.id, detail: "Spot does not list its private IP" }];
    const away = { nodeId: node?.id, privateIp: stateful.privateIp, statefulInstanceId: stateful.id };
    const ailments = ailmentsOf(view, replicas, node?.role === "owner" ? undefined : away);
    if (ailments.length > 0) return ailments;
    if (node?.role === "owner" && successorOf(view, node.id, replicas) === undefined)
      return [noSuccessor(node)];
    const isCopy = node !== undefined && (node.isInSync || node.role === "owner");
    return isCopy ? copyRefusals(view, node, this.props.allowSingleCopy) : [];
  }

  private async leave(index: number): Promise<void> {
    const { report, signal, timeout } = this.props;
    const { group_id, stateful_instance_id: id, capacity, staying } = this.node(index);
    const departure = { statefulInstanceId: id, capacity: capacity!, staying: staying! };
    const end = Date.now() + timeout;
    let said = "";
    let listedAt = Date.now();
    while (!signal.aborted) {
      const { now, spot, view } = await this.look();
      if (signal.aborted) break;
      const fleet = spot.known ? spot.value.fleets.find(({ group }) => group.id === group_id) : undefined;
      let reason = spot.known ? "Spot does not list its group" : spot.reason;
      const isListed = fleet?.stateful.some((each) => each.id === id);
      const isDeallocated = fleet?.deallocated.includes(id) === true;
      // The API can omit instances from an answer. A group that is made smaller then would lose another one.
      const isOmitted = isListed === false && !isDeallocated;
      if (!isOmitted || !this.node(index).requested || !listsAll(fleet!, staying!)) listedAt = now;
      if (isOmitted && now - listedAt < RETIRE_TIMES.omission) reason = "Spot does not list it";
      else if (isListed === false && this.answers(index, view))
        reason = "Spot does not list it, and its server answers";
      else if (spot.known && fleet !== undefined) {
        const step = nextDeparture(fleet, departure);
        if (step.do === "gone") return this.change(index, { phase: "forgetting" });
        if (step.do === "fail") throw new Error(`${this.name(index)}: ${step.reason}`);
        const { replicas } = spot.value;
        let kept: string | undefined;
        if (step.do === "deallocate" && step.statefulInstanceId === id) {
          // Since the checks, or since the process that made them, it may have been promoted or replaced.
          const replica = this.replica(index, replicas)!;
          const { node } = replica;
          const isChecked =
            node === undefined || (node.role !== "owner" && node.id === this.node(index).node_id);
          if (!isChecked || this.refusals(view, replicas, replica).length > 0)
            return this.change(index, { phase: "planned" });
          this.change(index, { requested: true });
        } else if (step.do === "deallocate")
          kept = this.whyKept(
            view,
            replicas.find(({ stateful }) => stateful.id === step.statefulInstanceId)!,
          );
        this.record(index, replicas, step);
        reason = step.do === "wait" ? step.reason : (kept ?? (await this.request(index, step)));
      }
      if (Date.now() > end) throw new Error(`${this.name(index)}: not gone: ${reason}`);
      if (said !== reason) report(`${this.name(index)}: waits: ${reason}`);
      said = reason;
      await sleep(RETIRE_TIMES.every, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Records the nodes of replacements that are deallocated: they must be forgotten, too. */
  private record(index: number, replicas: readonly Replica[], step: DepartureStep): void {
    const { group_id, staying = [], stateful_instance_id, replacements = [] } = this.node(index);
    const found = replicas.flatMap(({ group, stateful, node }) => {
      if (node === undefined || group.id !== group_id) return [];
      if (staying.includes(stateful.id) || stateful.id === stateful_instance_id) return [];
      const isNext = step.do === "deallocate" && step.statefulInstanceId === stateful.id;
      return isNext || isLeaving(stateful) ? [node.id] : [];
    });
    const all = [...new Set([...replacements, ...found])];
    if (all.length > replacements.length) this.change(index, { replacements: all });
  }

  /** Why a replacement may not be deallocated yet: meanwhile it can own slots, or be the only other copy. */
  private whyKept(view: View, { stateful, node }: Replica): string | undefined {
    if (node?.role === "owner")
      return `${stateful.id}, launched in its place, owns slots; fail over to another node of its shard`;
    return node?.isInSync === true
      ? copyRefusals(view, node, this.props.allowSingleCopy)[0]?.detail
      : undefined;
  }

  /** Requests a step of the API. Returns what is waited for. */
  private async request(index: number, step: DepartureRequest): Promise<string> {
    const { client } = this;
    const { report, signal } = this.props;
    const { group_id } = this.node(index);
    const what =
      step.do === "resize"
        ? `capacity ${step.capacity.target}, minimum ${step.capacity.minimum}`
        : `${step.do} ${step.statefulInstanceId}`;
    report(`${this.name(index)}: ${what}`);
    try {
      if (step.do === "resize") await client.update(group_id, { capacity: step.capacity });
      else await client.act(step.do, group_id, step.statefulInstanceId);
      return `Spot does not show it yet: ${what}`;
    } catch (error) {
      if (!canPass(error)) throw error;
      await sleep(error.pause ?? 0, undefined, { signal }).catch(() => undefined);
      return error.message;
    }
  }

  private async forget(index: number): Promise<void> {
    const ids = idsOf(this.node(index));
    if (ids.length > 0) {
      this.props.report(`${this.name(index)}: every member forgets ${showNodes(ids)}`);
      requireAll(ids, await forgetEverywhere(this.props.cluster, ids, { patience: RETIRE_TIMES.patience }));
    }
    this.change(index, { phase: "retired" });
  }

  private async watch(): Promise<void> {
    const { cluster, signal, report, watch } = this.props;
    const ids = this.state.nodes.flatMap(idsOf);
    if (ids.length === 0) return;
    requireAll(
      ids,
      await forgetForGood(cluster, ids, { signal, report, watch, patience: RETIRE_TIMES.patience }),
    );
  }

  private replica(index: number, replicas: readonly Replica[]): Replica | undefined {
    return replicas.find(({ stateful }) => stateful.id === this.node(index).stateful_instance_id);
  }

  private answers(index: number, view: View): boolean {
    const { node_id } = this.node(index);
    return node_id !== undefined && view.membersWith(node_id).length > 0;
  }

  private look() {
    return observe(this.props.cluster, this.client, this.state.group_ids);
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

/** An instance that is omitted now would be taken for a replacement later, and be deallocated. */
function incomplete(fleet: GroupFleet): Refusal[] {
  if (isComplete(fleet)) return [];
  const {
    group: { id, capacity },
    stateful,
  } = fleet;
  const detail = `Spot lists ${stateful.length} stateful instances, and its target is ${capacity.target}`;
  return [{ kind: "instance_not_active", subject: id, detail }];
}

/** Whether an answer has all instances that stay. */
function listsAll({ stateful, deallocated }: GroupFleet, staying: readonly string[]): boolean {
  const listed = new Set([...stateful.map(({ id }) => id), ...deallocated]);
  return staying.every((id) => listed.has(id));
}

/** The nodes that are to be forgotten: its own, and those of replacements that were deallocated. */
function idsOf({ node_id, replacements = [] }: RetiringNode): string[] {
  return [...(node_id === undefined ? [] : [node_id]), ...replacements];
}

/** Throws if a member did not answer: it may list a node, and tell the others. */
function requireAll(ids: readonly string[], silent: readonly string[]): void {
  if (silent.length === 0) return;
  throw new Error(
    `no answer from ${silent.join(", ")}, which may still list ${showNodes(ids)}; run \`retire\` again once it answers`,
  );
}
