import { setTimeout as sleep } from "node:timers/promises";
import { type Cluster } from "../cluster";
import { GOSSIP, isGossip } from "../ailments";
import { handOver } from "../handover";
import { canPass, observe, type Situation } from "../situation";
import { type SpotClient } from "../spot/client";
import { inPhase, phaseSeconds, type RollState, type RollTarget } from "./state";
import { nextStep, type Refusal, type RollRules, type Step } from "./step";

/** The times of a roll, in milliseconds. */
export interface RollTimes {
  /** Between two looks. */
  readonly every: number;
  /** Until a replica must be in sync again after its recycle was requested, and the cluster healthy between two replicas. */
  readonly replica: number;
  /** Until what only a failover explains must be over, such as a shard with too few copies. */
  readonly failover: number;
  /** Until all members must have heard of a failover before the roll. */
  readonly gossip: number;
  /** For which a replica must be in sync before the next one, unless its server restarts: see `RollRules`. */
  readonly settle: number;
  /** Until a recycle without effect is requested again. */
  readonly grace: number;
}

export const ROLL_TIMES: RollTimes = {
  every: 1000,
  replica: 1_800_000,
  failover: 90_000,
  gossip: GOSSIP,
  settle: 60_000,
  grace: 60_000,
};

export interface RollProps {
  readonly cluster: Cluster;
  readonly client: SpotClient;
  /** Where the roll begins or continues. */
  readonly state: RollState;
  /** Keeps the state. Called before each step. */
  readonly save: (state: RollState) => void;
  /** Tells a person what happens, one line each. */
  readonly report: (line: string) => void;
  readonly allowSingleCopy: boolean;
  /** Ends the roll at its next look. */
  readonly signal: AbortSignal;
  readonly times?: Partial<RollTimes>;
  /** Called before a recycle is requested. @default nothing */
  readonly beforeRecycle?: (situation: Situation, target: RollTarget, nodeId: string) => void | Promise<void>;
}

/** Recycles in succession that the rate limit of the API may refuse. */
const THROTTLED = 5;

/** How a roll ended. It can be continued, unless it is done. */
export interface RollResult {
  readonly result: "done" | "refused" | "interrupted";
  readonly refusals: readonly Refusal[];
  readonly state: RollState;
}

/** Recycles replicas one after the other. All that it knows is in its state. */
export class Roll {
  private state: RollState;
  private readonly times: RollTimes;
  private readonly rules: RollRules;
  /** Ends with the signal. `props.client` is for what must be done nevertheless. */
  private readonly client: SpotClient;
  /** Recycles in succession that the API refused since it limits the rate of requests. */
  private throttled = 0;
  /** Whether a recycle was prepared or requested. A failover may have come in between since. */
  private hasActed = false;

  constructor(private readonly props: RollProps) {
    this.state = props.state;
    this.times = { ...ROLL_TIMES, ...props.times };
    const { grace, settle } = this.times;
    const { allowSingleCopy, client, signal } = props;
    this.rules = { allowSingleCopy, freshRoot: props.state.fresh_root, grace, settle };
    this.client = client.until(signal);
  }

  /** Rejects at a failure. The state is saved, and root volumes persist again, however it ends. */
  async run(): Promise<RollResult> {
    let failed = false;
    try {
      return { ...(await this.all()), state: this.state };
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      await this.persistRoots().catch((error: unknown) => {
        // Of two failures, the first one is the cause. Both must be known, since this one must be corrected.
        if (!failed) throw error;
        this.props.report((error as Error).message);
      });
    }
  }

  private async all(): Promise<Pick<RollResult, "result" | "refusals">> {
    const { replicas } = this.state;
    const never = replicas.every(({ phase }) => phase === "planned") ? await this.neverPossible() : [];
    if (never.length > 0) return { result: "refused", refusals: never };
    for (const [index, { phase }] of replicas.entries()) {
      if (phase === "in_sync") continue;
      const refusals = await this.one(index);
      if (this.props.signal.aborted) return { result: "interrupted", refusals: [] };
      if (refusals.length > 0) return { result: "refused", refusals };
    }
    return { result: "done", refusals: [] };
  }

  /** Why some replica could not be recycled, known before the first one is: such as a shard with one copy. */
  private async neverPossible(): Promise<readonly Refusal[]> {
    const situation = await this.look();
    const steps = this.state.replicas.map((target) => nextStep(target, situation, this.rules));
    const reasons = steps.flatMap((step) =>
      step.do === "refuse" && !isGossip(step.reasons) ? step.reasons : [],
    );
    return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
  }

  /** Brings one replica through its phases. Returns why it does not begin, or nothing. */
  private async one(index: number): Promise<readonly Refusal[]> {
    const { replica: limit, every } = this.times;
    let begun = Date.now();
    let end = begun + limit;
    let said = "";
    while (!this.props.signal.aborted) {
      const situation = await this.look();
      if (this.props.signal.aborted) break;
      const step = nextStep(this.target(index), situation, this.rules);
      if (step.do === "refuse" && Date.now() - begun >= this.patience(index, step.reasons))
        return step.reasons;
      if (step.do === "fail") throw new Error(`${this.name(index)}: ${step.reason}`);
      if (step.do === "finish") return this.finish(index, step.nodeId);
      if (step.do === "wait" || step.do === "refuse") {
        const reason = step.do === "wait" ? step.reason : step.reasons[0]!.detail;
        if (Date.now() > end) {
          const seconds = Math.round((Date.now() - begun) / 1000);
          throw new Error(`${this.name(index)}: ${this.target(index).phase} for ${seconds} s: ${reason}`);
        }
        if (said !== reason) this.props.report(`${this.name(index)}: waits: ${reason}`);
        said = reason;
        await sleep(every, undefined, { signal: this.props.signal }).catch(() => undefined);
        continue;
      }
      await this.act(index, step, situation);
      begun = Date.now();
      if (step.do === "recycle") end = begun + limit;
    }
    return [];
  }

  private async act(
    index: number,
    step: Extract<Step, { do: "hand_over" | "recycle" | "await_node" | "settle" | "begin_again" }>,
    situation: Situation,
  ): Promise<void> {
    const { cluster, report } = this.props;
    if (step.do === "hand_over") {
      this.change(index, (target) => inPhase(target, "handing_over", Date.now()));
      report(`${this.name(index)}: hands its slots over to ${step.to.endpoint!.host}`);
      return handOver(cluster, step.from, step.to, this.props.signal);
    }
    if (step.do === "recycle") return this.recycle(index, step.instanceId, step.nodeId, situation);
    if (step.do === "begin_again") {
      report(`${this.name(index)}: begins again: ${step.reason}`);
      return this.change(index, (target) => ({
        ...inPhase(target, "planned", Date.now()),
        requests: 0,
        root_uncertain: false,
      }));
    }
    if (step.do === "settle") {
      report(`${this.name(index)}: in sync; waits until user data has run`);
      return this.change(index, (target) => ({
        ...inPhase(target, "settling", Date.now()),
        run_id: step.runId,
      }));
    }
    // The new instance runs, with the root volume that it was to have.
    await this.persistRoots();
    this.change(index, (target) => ({
      ...inPhase(target, "waiting_for_node", Date.now()),
      new_instance_id: step.instanceId,
      root_uncertain: false,
    }));
    report(`${this.name(index)}: ${step.instanceId} runs`);
  }

  private async recycle(
    index: number,
    instanceId: string,
    nodeId: string,
    situation: Situation,
  ): Promise<void> {
    const { report, beforeRecycle, signal } = this.props;
    await beforeRecycle?.(situation, this.target(index), nodeId);
    const now = Date.now();
    this.change(index, (target) => ({
      ...inPhase(target, "recycling", now),
      instance_id: instanceId,
      node_id: nodeId,
      requests: target.requests + 1,
      requested_at: new Date(now).toISOString(),
    }));
    const { group_id, stateful_instance_id } = this.target(index);
    this.hasActed = true;
    try {
      if (await this.forgoRoot(situation, group_id))
        return this.change(index, (target) => ({ ...inPhase(target, "planned", now), requests: 0 }));
      report(`${this.name(index)}: recycles ${instanceId}`);
      await this.client.act("recycle", group_id, stateful_instance_id);
      this.throttled = 0;
    } catch (error) {
      const isThrottled = canPass(error) && error.kind === "throttled";
      // The API may have carried it out. The next looks tell.
      if (canPass(error) && !isThrottled) return report(`${this.name(index)}: ${error.message}`);
      this.change(index, (target) => ({ ...inPhase(target, "planned", now), requests: 0 }));
      if (signal.aborted) return;
      if (!isThrottled || ++this.throttled === THROTTLED) throw error;
      report(`${this.name(index)}: ${error.message}`);
      // Then the step is decided anew: meanwhile the node may own slots, or be the only other copy.
      await sleep(error.pause ?? 0, undefined, { signal }).catch(() => undefined);
    }
  }

  private finish(index: number, nodeId: string): readonly Refusal[] {
    this.change(index, (target) => ({ ...inPhase(target, "in_sync", Date.now()), new_node_id: nodeId }));
    const seconds = Object.entries(phaseSeconds(this.target(index), Date.now()));
    const times = seconds.map(([phase, value]) => `${phase.replaceAll("_", " ")} ${value.toFixed(1)} s`);
    this.props.report(`${this.name(index)}: in sync (${times.join(", ")})`);
    return [];
  }

  /**
   * Switches the persistence of root volumes off, if this roll replaces them and the group has it on. Returns whether it did:
   * the API can let such a change wait for minutes, so the recycle is decided anew after it.
   */
  private async forgoRoot({ spot }: Situation, groupId: string): Promise<boolean> {
    if (!this.state.fresh_root || !spot.known) return false;
    const group = spot.value.fleets.find((each) => each.group.id === groupId)?.group;
    if (group?.strategy?.persistence?.shouldPersistRootDevice !== true) return false;
    this.save({
      ...this.state,
      root_persistence_off: [...new Set([...this.state.root_persistence_off, groupId])],
    });
    await this.client.update(groupId, persistence(false));
    return true;
  }

  /** Switches it on again. A recycle that is not carried out yet may then keep its root volume. */
  private async persistRoots(): Promise<void> {
    for (const groupId of this.state.root_persistence_off) {
      try {
        await this.props.client.update(groupId, persistence(true));
      } catch (error) {
        throw new Error(
          `the persistence of root volumes in ${groupId} could not be switched on again; run \`roll\` again: ${(error as Error).message}`,
          { cause: error },
        );
      }
      this.save({
        ...this.state,
        root_persistence_off: this.state.root_persistence_off.filter((each) => each !== groupId),
        replicas: this.state.replicas.map((target) =>
          target.group_id === groupId && target.phase === "recycling"
            ? { ...target, root_uncertain: true }
            : target,
        ),
      });
      this.props.report(`${groupId}: root volumes persist again`);
    }
  }

  private look(): Promise<Situation> {
    return observe(this.props.cluster, this.client, this.state.group_ids);
  }

  /** Milliseconds until a refusal ends the roll. */
  private patience(index: number, reasons: readonly Refusal[]): number {
    const { failover, gossip, replica } = this.times;
    if (index === 0 && this.target(index).phase === "planned" && !this.hasActed)
      return isGossip(reasons) ? gossip : 0;
    // After a replica or a failover, others may not have seen it yet. Everything else needs an operator.
    if (reasons.every(({ kind }) => kind === "single_copy" || kind === "no_successor")) return failover;
    // Such as another instance that Spot replaces meanwhile, or a master that an operator starts again.
    return replica;
  }

  private target(index: number): RollTarget {
    return this.state.replicas[index]!;
  }

  private name(index: number): string {
    const { stateful_instance_id: id, private_ip: address } = this.target(index);
    const place = `${index + 1}/${this.state.replicas.length}`;
    return `${place} ${id}${address === undefined ? "" : ` (${address})`}`;
  }

  private change(index: number, change: (target: RollTarget) => RollTarget): void {
    this.save({
      ...this.state,
      replicas: this.state.replicas.map((target, place) => (place === index ? change(target) : target)),
    });
  }

  private save(state: RollState): void {
    // First the file: what a step has begun must be known to the process that continues.
    this.props.save(state);
    this.state = state;
  }
}

function persistence(on: boolean): object {
  return { strategy: { persistence: { shouldPersistRootDevice: on } } };
}
