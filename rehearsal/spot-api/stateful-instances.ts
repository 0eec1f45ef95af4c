import { ApiError } from "./api-error";
import { type Background } from "./background";
import { pausedBelowTarget, fit, freeAddresses, targetOf, withdrawn } from "./capacity";
import { type Clock, type GroupListener, type UpdateOptions } from "./groups";
import { type Ids } from "./ids";
import { type JsonObject, stringAt } from "./json";
import { type Launcher } from "./launcher";
import { type Market, onDemandWanted, placeIn, purchase } from "./instance-choice";
import { revertsNow } from "./revert";
import { actions, isLeaving, type StatefulAction, type StatefulInstance } from "./stateful-instance";
import { isStateful } from "./validation";

/** Properties of `StatefulInstances`. */
export interface StatefulInstancesProps {
  readonly launcher: Launcher;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly background: Background;
  /** Called at every launch. */
  readonly market: () => Market;
  /** Whether a deallocated instance is replaced where the group is then below its target. The real API does not say. */
  readonly refills: () => boolean;
}

/** Keeps one stateful instance for each unit of capacity, and one EC2 instance for each of those that are not paused. */
export class StatefulInstances implements GroupListener {
  private readonly groups = new Map<string, JsonObject>();
  private readonly all = new Map<string, StatefulInstance>();

  constructor(private readonly props: StatefulInstancesProps) {}

  /** The stateful instances of a group, in the order of their creation, including deallocated ones. */
  of(groupId: string): StatefulInstance[] {
    return [...this.all.values()].filter((stateful) => stateful.groupId === groupId);
  }

  /** The stateful instances of deleted groups whose volumes were not deleted: on AWS these volumes still cost money. */
  get orphaned(): StatefulInstance[] {
    return [...this.all.values()].filter(
      ({ groupId, state }) => !this.groups.has(groupId) && state !== "DEALLOCATED",
    );
  }

  /** All stateful instances, also deallocated ones. */
  get state(): readonly StatefulInstance[] {
    return [...this.all.values()];
  }

  /** Continues with the stateful instances of an earlier run, and with the work that its end has interrupted. */
  load(groups: readonly JsonObject[], instances: readonly StatefulInstance[]): void {
    for (const group of groups) this.groups.set(idOf(group), group);
    for (const stateful of instances) this.all.set(stateful.id, structuredClone(stateful));
    for (const stateful of this.all.values()) {
      if (stateful.state === "DEALLOCATING") this.deallocate(stateful);
      else if (stateful.state === "PAUSING") this.pause(stateful);
      else if (["RESUMING", "RECYCLING"].includes(stateful.state)) this.replace(stateful, "gone");
    }
  }

  /** Replaces the on-demand instances that were launched without spot capacity, in groups that revert at this time. */
  revertToSpot(): void {
    if (!this.props.market().spotCapacity) return;
    for (const group of this.groups.values()) {
      if (!revertsNow(group, this.props.clock())) continue;
      const onDemand = this.present(group).filter(({ instance }) => instance?.lifecycle === "OD");
      for (const stateful of onDemand.slice(onDemandWanted(group)))
        this.replace(stateful, "clean", stateful.instance?.id);
    }
  }

  created(group: JsonObject): void {
    this.groups.set(idOf(group), group);
    this.fillPool(group);
    this.fit(group);
  }

  updated(before: JsonObject, after: JsonObject, options: UpdateOptions): void {
    this.groups.set(idOf(after), after);
    this.fillPool(after);
    for (const stateful of withdrawn(after, this.present(after))) this.deallocate(stateful);
    if (targetOf(before) !== targetOf(after)) this.fit(after);
    if (options.shouldResumeStateful !== true) return;
    for (const stateful of pausedBelowTarget(after, this.present(after))) this.resume(stateful);
  }

  deleted(group: JsonObject, deallocation: JsonObject): void {
    this.groups.delete(idOf(group));
    const release = deallocation.shouldDeleteVolumes === true || !isStateful(group);
    for (const stateful of this.of(idOf(group))) {
      if (isLeaving(stateful)) continue;
      this.later(stateful, "delete", async () => {
        await this.props.launcher.end(stateful, "clean");
        if (release || stateful.launchedAt === undefined) await this.props.launcher.release(stateful);
        else stateful.state = "PAUSED";
      });
    }
  }

  /** Runs one of the four actions of the API in the background. */
  perform(action: StatefulAction, groupId: string, id: string): void {
    const stateful = this.find(groupId, id);
    const allowed: readonly string[] = actions[action];
    if (!allowed.includes(stateful.state)) {
      throw ApiError.of(
        400,
        "CANT_UPDATE_STATEFUL_INSTANCE",
        `${id} is ${stateful.state}: cannot ${action} it`,
      );
    }
    stateful.parked = false;
    if (action === "pause") this.pause(stateful);
    else if (action === "resume") this.resume(stateful);
    else if (action === "recycle") this.replace(stateful, "clean");
    else this.deallocate(stateful);
  }

  /** Ends and replaces instances. `clean`: after an interruption notice. `gone`: like the loss of a host. */
  interrupt(instanceIds: readonly string[], how: "clean" | "gone" = "clean"): void {
    const hit = instanceIds.map((instanceId) => {
      const stateful = [...this.all.values()].find(({ instance }) => instance?.id === instanceId);
      if (stateful !== undefined) return stateful;
      throw ApiError.of(400, "INSTANCE_DOESNT_EXIST", `${instanceId} is not a running instance of a group`);
    });
    for (const stateful of hit) this.replace(stateful, how, stateful.instance?.id);
  }

  /** Deletes a volume of a paused stateful instance. */
  deleteVolume(groupId: string, id: string, volumeId: string): void {
    const stateful = this.find(groupId, id);
    if (stateful.state !== "PAUSED") {
      throw ApiError.of(400, "CANT_DELETE_VOLUME", `${id} is ${stateful.state}, not PAUSED`);
    }
    stateful.devices = stateful.devices.filter((device) => device.volumeId !== volumeId);
  }

  private find(groupId: string, id: string): StatefulInstance {
    const stateful = this.all.get(id);
    if (stateful?.groupId === groupId) return stateful;
    throw ApiError.of(400, "STATEFUL_INSTANCE_DOESNT_EXIST", `${id} is not in group ${groupId}`);
  }

  private present(group: JsonObject): StatefulInstance[] {
    return this.of(idOf(group)).filter((stateful) => !isLeaving(stateful));
  }

  private add(group: JsonObject, poolAddress?: string): StatefulInstance {
    const groupId = idOf(group);
    const stateful: StatefulInstance = {
      ...placeIn(group, this.present(group)),
      id: this.props.ids.next("ssi"),
      groupId,
      createdAt: this.props.clock().toISOString(),
      pooled: poolAddress !== undefined,
      state: "PAUSED",
      parked: true,
      privateIp: poolAddress,
      devices: [],
    };
    this.all.set(stateful.id, stateful);
    return stateful;
  }

  /** Creates a parked stateful instance for each free address of the pool. */
  private fillPool(group: JsonObject): void {
    for (const address of freeAddresses(group, this.present(group))) this.add(group, address);
  }

  private fit(group: JsonObject): void {
    const { wake, add, park } = fit(group, this.present(group));
    for (const stateful of wake) this.resume(stateful);
    for (let count = 0; count < add; count++) this.resume(this.add(group));
    for (const stateful of park) {
      stateful.parked = true;
      if (isStateful(group)) this.pause(stateful);
      else this.deallocate(stateful);
    }
  }

  private pause(stateful: StatefulInstance): void {
    this.later(stateful, "pause", async () => {
      if (isLeaving(stateful)) return;
      stateful.state = "PAUSING";
      await this.props.launcher.end(stateful, "clean");
      stateful.state = "PAUSED";
    });
  }

  private resume(stateful: StatefulInstance): void {
    stateful.parked = false;
    // Synchronously, so that it already counts as running. If it is still being paused, that state comes first.
    const paused = stateful.state === "PAUSED" || stateful.state === "ERROR";
    if (paused && stateful.instance === undefined) stateful.state = "RESUMING";
    this.later(stateful, "launch", async () => {
      if (isLeaving(stateful) || stateful.instance !== undefined) return;
      stateful.state = "RESUMING";
      await this.launch(stateful);
    });
  }

  /** Ends the instance and launches a new one in its place, if it is still the current instance. */
  private replace(stateful: StatefulInstance, how: "clean" | "gone", instanceId?: string): void {
    this.later(stateful, "replace", async () => {
      if (isLeaving(stateful) || !this.groups.has(stateful.groupId)) return;
      if (instanceId !== undefined && stateful.instance?.id !== instanceId) return;
      stateful.state = "RECYCLING";
      await this.props.launcher.end(stateful, how);
      await this.launch(stateful);
    });
  }

  private deallocate(stateful: StatefulInstance): void {
    // Synchronously, so that it no longer counts, and again later, since a launch may complete in between.
    stateful.state = "DEALLOCATING";
    this.later(stateful, "deallocate", async () => {
      stateful.state = "DEALLOCATING";
      await this.props.launcher.end(stateful, "clean");
      await this.props.launcher.release(stateful);
      const group = this.groups.get(stateful.groupId);
      if (group === undefined) return;
      this.fillPool(group);
      if (this.props.refills()) this.fit(group);
    });
  }

  private async launch(stateful: StatefulInstance): Promise<void> {
    const group = this.groups.get(stateful.groupId);
    if (group === undefined) return;
    const running = this.of(stateful.groupId).map(({ instance }) => instance?.lifecycle);
    const onDemand = running.filter((lifecycle) => lifecycle === "OD").length;
    await this.props.launcher.launch(stateful, group, purchase(group, onDemand, this.props.market()));
  }

  private later(stateful: StatefulInstance, what: string, work: () => Promise<void>): void {
    this.props.background.run(stateful.id, `${what} ${stateful.id}`, async () => {
      try {
        await work();
      } catch (error) {
        stateful.state = "ERROR";
        throw error;
      }
    });
  }
}

function idOf(group: JsonObject): string {
  return stringAt(group, "id") ?? "";
}
