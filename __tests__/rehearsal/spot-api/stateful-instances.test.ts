import { setTimeout as sleep } from "node:timers/promises";
import { type LaunchRequest, type RunningInstance } from "../../../rehearsal/spot-api/fleet";
import { PaperFleet } from "../../../rehearsal/spot-api/paper-fleet";
import { account, groupBody, running } from "./fixtures";

/** A fleet that records how instances ended, and can be made slow or fail. */
class NotedFleet extends PaperFleet {
  readonly notes: string[] = [];
  launchMs = 0;
  broken = false;
  stuck = false;

  override async launch(request: LaunchRequest): Promise<RunningInstance> {
    if (this.broken) throw new Error("no machine left");
    await sleep(this.launchMs);
    return super.launch(request);
  }

  override stop(instanceId: string, how: "clean" | "gone" = "clean"): Promise<void> {
    if (this.stuck) return Promise.reject(new Error("it does not stop"));
    this.notes.push(`${how} ${instanceId}`);
    return super.stop(instanceId);
  }

  override release(statefulInstanceId: string): Promise<void> {
    this.notes.push(`release ${statefulInstanceId}`);
    return super.release(statefulInstanceId);
  }
}

const capacity = (target: number) => ({ group: { capacity: { minimum: target, maximum: target, target } } });
const states = (list: { state: string }[]) => list.map(({ state }) => state);

async function noted(change = {}) {
  const fleet = new NotedFleet();
  const parts = account(fleet);
  const { id } = parts.groups.create(groupBody(change)) as { id: string };
  await parts.background.settle(1000);
  return {
    ...parts,
    id,
    fleet,
    of: () => parts.instances.of(id),
    settle: () => parts.background.settle(1000),
  };
}

test("a new group has one active instance per unit of capacity, spread over its zones", async () => {
  const { of, fleet } = await running();
  expect(states(of())).toEqual(["ACTIVE", "ACTIVE", "ACTIVE"]);
  expect(of().map(({ availabilityZone }) => availabilityZone)).toEqual([
    "us-west-2a",
    "us-west-2b",
    "us-west-2a",
  ]);
  expect(fleet.running).toHaveLength(3);
});

test("the creation of a group returns before the instances run", async () => {
  const fleet = new NotedFleet();
  fleet.launchMs = 20;
  const { groups, instances, background } = account(fleet);
  groups.create(groupBody());
  expect(states(instances.of("sig-00000001"))).toEqual(["RESUMING", "RESUMING", "RESUMING"]);
  expect(fleet.running).toEqual([]);
  await background.settle(1000);
  expect(fleet.running).toHaveLength(3);
});

test("an interruption stops cleanly and starts a new instance for the same volume and address", async () => {
  const { of, fleet, instances, settle } = await noted();
  const before = structuredClone(of()[1]!);
  instances.interrupt([before.instance!.id]);
  await settle();
  const after = of()[1]!;
  expect(fleet.notes).toEqual([`clean ${before.instance!.id}`]);
  expect(after).toMatchObject({ id: before.id, privateIp: before.privateIp, state: "ACTIVE" });
  expect(after.instance!.id).not.toBe(before.instance!.id);
  expect(fleet.launches.at(-1)).toMatchObject({
    statefulInstanceId: before.id,
    privateIp: before.privateIp,
    availabilityZone: before.availabilityZone,
  });
});

test("a lost host is not stopped cleanly", async () => {
  const { of, fleet, instances, settle } = await noted();
  const lost = of()[0]!.instance!.id;
  instances.interrupt([lost], "gone");
  await settle();
  expect(fleet.notes).toEqual([`gone ${lost}`]);
});

test("an instance that is still starting can be interrupted", async () => {
  const fleet = new NotedFleet();
  fleet.launchMs = 20;
  const { groups, instances, background } = account(fleet);
  groups.create(groupBody({ capacity: { minimum: 1, maximum: 1, target: 1 } }));
  await sleep(5);
  const [starting] = instances.of("sig-00000001");
  instances.interrupt([starting!.instance!.id]);
  await background.settle(1000);
  expect(fleet.launches).toHaveLength(2);
  expect(fleet.running).toHaveLength(1);
});

test("an unknown instance cannot be interrupted, and then none is", async () => {
  const { of, fleet, instances, settle } = await noted();
  const ids = [of()[0]!.instance!.id, "i-unknown"];
  expect(() => instances.interrupt(ids)).toThrow("i-unknown is not a running instance");
  await settle();
  expect(fleet.notes).toEqual([]);
});

test("without spot capacity the replacement is on-demand, and the next one is spot again", async () => {
  const { of, instances, market, settle } = await noted();
  market.spotCapacity = false;
  instances.interrupt([of()[0]!.instance!.id]);
  await settle();
  expect(of()[0]!.instance).toMatchObject({ lifecycle: "OD", type: "r6i.large" });
  expect(of()[0]!.instance).not.toHaveProperty("spotRequestId");
  market.spotCapacity = true;
  instances.perform("recycle", of()[0]!.groupId, of()[0]!.id);
  await settle();
  expect(of()[0]!.instance).toMatchObject({ lifecycle: "SPOT", type: "r6a.large" });
});

test("a pause keeps volume and address, a resume starts a new instance", async () => {
  const { id, of, fleet, instances, settle } = await noted();
  const before = structuredClone(of()[0]!);
  instances.perform("pause", id, before.id);
  await settle();
  expect(of()[0]).toMatchObject({ state: "PAUSED", privateIp: before.privateIp, instance: undefined });
  expect(fleet.running).toHaveLength(2);
  instances.perform("resume", id, before.id);
  await settle();
  expect(of()[0]).toMatchObject({ state: "ACTIVE", privateIp: before.privateIp });
  expect(of()[0]!.instance!.id).not.toBe(before.instance!.id);
});

test("a recycle has a state, and a second one at the same time is refused", async () => {
  const { id, of, fleet, instances, settle } = await noted();
  fleet.launchMs = 20;
  instances.perform("recycle", id, of()[0]!.id);
  await sleep(5);
  expect(of()[0]!.state).toBe("RECYCLING");
  expect(() => instances.perform("recycle", id, of()[0]!.id)).toThrow("is RECYCLING: cannot recycle it");
  await settle();
  expect(of()[0]!.state).toBe("ACTIVE");
});

test("a deallocated stateful instance is ended and released, is not replaced, and cannot be resumed", async () => {
  const { id, of, fleet, instances, settle } = await noted();
  const { id: ssi, instance } = of()[0]!;
  instances.perform("deallocate", id, ssi);
  await settle();
  expect(fleet.notes).toEqual([`clean ${instance!.id}`, `release ${ssi}`]);
  expect(states(of())).toEqual(["DEALLOCATED", "ACTIVE", "ACTIVE"]);
  expect(() => instances.perform("resume", id, ssi)).toThrow("is DEALLOCATED");
});

test("deallocating one and then lowering the capacity does not change the others", async () => {
  const { id, of, fleet, instances, groups, settle } = await noted();
  instances.perform("deallocate", id, of()[0]!.id);
  groups.update(id, capacity(2));
  await settle();
  expect(states(of())).toEqual(["DEALLOCATED", "ACTIVE", "ACTIVE"]);
  expect(fleet.launches).toHaveLength(3);
});

test("more capacity launches instances, less capacity pauses the newest, and growth resumes those first", async () => {
  const { id, of, fleet, groups, settle } = await noted();
  groups.update(id, capacity(4));
  await settle();
  expect(fleet.running).toHaveLength(4);
  groups.update(id, capacity(2));
  await settle();
  expect(states(of())).toEqual(["ACTIVE", "ACTIVE", "PAUSED", "PAUSED"]);
  expect(fleet.notes.filter((note) => note.startsWith("release"))).toEqual([]);
  groups.update(id, capacity(3));
  await settle();
  expect(states(of())).toEqual(["ACTIVE", "ACTIVE", "ACTIVE", "PAUSED"]);
});

test("an update with the same capacity changes no instance", async () => {
  const { id, of, fleet, groups, settle } = await noted();
  groups.update(id, { group: { compute: { launchSpecification: { userData: "YWJj" } } } });
  await settle();
  expect(fleet.launches).toHaveLength(3);
  expect(states(of())).toEqual(["ACTIVE", "ACTIVE", "ACTIVE"]);
});

test("shouldResumeStateful resumes an instance that a user paused, other updates do not", async () => {
  const { id, of, instances, groups, settle } = await noted();
  instances.perform("pause", id, of()[0]!.id);
  await settle();
  groups.update(id, { group: {} });
  await settle();
  expect(of()[0]!.state).toBe("PAUSED");
  groups.update(id, { group: {} }, { shouldResumeStateful: true });
  await settle();
  expect(of()[0]!.state).toBe("ACTIVE");
});

describe("a pool of addresses", () => {
  const pool = (count: number) => Array.from({ length: count }, (_, index) => `10.0.0.${index + 11}`);
  const addresses = (list: { privateIp?: string }[]) => list.map(({ privateIp }) => privateIp);

  test("is used first, and its other addresses have paused stateful instances", async () => {
    const { of } = await noted({ compute: { privateIps: pool(4) } });
    expect(addresses(of())).toEqual(pool(4));
    expect(states(of())).toEqual(["ACTIVE", "ACTIVE", "ACTIVE", "PAUSED"]);
  });

  test("that is smaller than the capacity leaves the other addresses to the fleet", async () => {
    const { of } = await noted({ compute: { privateIps: pool(2) } });
    expect(addresses(of()).slice(0, 2)).toEqual(pool(2));
    expect(of()[2]!.privateIp).toBeDefined();
  });

  test("that shrinks loses only stateful instances that never ran; one that grows gets paused ones", async () => {
    const { id, of, groups, settle } = await noted({ compute: { privateIps: pool(4) } });
    groups.update(id, { group: { compute: { privateIps: [...pool(2), "10.0.0.99"] } } });
    await settle();
    expect(states(of())).toEqual(["ACTIVE", "ACTIVE", "ACTIVE", "DEALLOCATED", "PAUSED"]);
    expect(of()[4]!.privateIp).toBe("10.0.0.99");
  });

  test("gives the address of a deallocated stateful instance to a new paused one", async () => {
    const { id, of, instances, settle } = await noted({ compute: { privateIps: pool(3) } });
    instances.perform("deallocate", id, of()[0]!.id);
    await settle();
    expect(of()[3]).toMatchObject({ state: "PAUSED", privateIp: "10.0.0.11" });
  });
});

test("a failed launch has the state ERROR, is thrown by `settle`, and can be tried again", async () => {
  const { id, of, fleet, instances, settle } = await noted();
  fleet.broken = true;
  instances.interrupt([of()[0]!.instance!.id]);
  await expect(settle()).rejects.toThrow("replace ssi-00000001: no machine left");
  expect(of()[0]!.state).toBe("ERROR");
  fleet.broken = false;
  instances.perform("resume", id, of()[0]!.id);
  await settle();
  expect(of()[0]!.state).toBe("ACTIVE");
});

test("an instance that does not stop is never replaced by a second one, until it can be recycled", async () => {
  const { id, of, fleet, instances, settle } = await noted();
  fleet.stuck = true;
  instances.perform("pause", id, of()[0]!.id);
  await expect(settle()).rejects.toThrow("pause ssi-00000001: it does not stop");
  instances.perform("resume", id, of()[0]!.id);
  await settle();
  expect(of()[0]!.state).toBe("ERROR");
  expect(fleet.running).toHaveLength(3);
  fleet.stuck = false;
  instances.perform("recycle", id, of()[0]!.id);
  await settle();
  expect(of()[0]!.state).toBe("ACTIVE");
  expect(fleet.running).toHaveLength(3);
});

test("deleting a group ends its instances; its volumes are kept by default", async () => {
  const kept = await noted();
  kept.groups.delete(kept.id);
  await kept.settle();
  expect(kept.fleet.running).toEqual([]);
  expect(kept.instances.orphaned).toHaveLength(3);

  const released = await noted();
  released.groups.delete(released.id, { statefulDeallocation: { shouldDeleteVolumes: true } });
  await released.settle();
  expect(released.instances.orphaned).toEqual([]);
  expect(released.fleet.notes.filter((note) => note.startsWith("release"))).toHaveLength(3);
});

test("a group that is deleted during a launch has no running instances", async () => {
  const fleet = new NotedFleet();
  fleet.launchMs = 20;
  const { groups, background } = account(fleet);
  groups.create(groupBody());
  await sleep(5);
  groups.delete("sig-00000001");
  await background.settle(1000);
  expect(fleet.running).toEqual([]);
});

test("a volume can only be deleted from a paused stateful instance", async () => {
  const { id, of, instances, settle } = await noted();
  const { id: ssi, devices } = of()[0]!;
  expect(() => instances.deleteVolume(id, ssi, devices[0]!.volumeId)).toThrow("not PAUSED");
  instances.perform("pause", id, ssi);
  await settle();
  instances.deleteVolume(id, ssi, devices[0]!.volumeId);
  expect(of()[0]!.devices).toEqual([]);
});
