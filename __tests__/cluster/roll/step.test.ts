import { type Answer, known, unanswered } from "../../../cluster/answer";
import { type GroupFleet, replicasOf } from "../../../cluster/fleet";
import { selectTargets } from "../../../cluster/roll/selection";
import { inPhase, type RollTarget } from "../../../cluster/roll/state";
import { nextStep, type Step } from "../../../cluster/roll/step";
import { type SpotSituation } from "../../../cluster/situation";
import { type StatefulInstance } from "../../../cluster/spot/group";
import { drawn, type DrawnNode } from "../../support/drawn-view";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const RULES = { allowSingleCopy: false, freshRoot: false, grace: 60_000, settle: 0 };

/** Two shards, each with an owner outside the group, and two replicas, of which one is in the group. */
const NODES: readonly DrawnNode[] = [
  { id: "m1", host: "10.0.0.1", slots: [0, 8191] },
  { id: "m2", host: "10.0.0.2", slots: [8192, 16383] },
  { id: "s1", host: "10.0.0.3", master: "m1" },
  { id: "s2", host: "10.0.0.4", master: "m2" },
  { id: "r1", host: "10.0.1.1", master: "m1" },
  { id: "r2", host: "10.0.1.2", master: "m2" },
];
const STATEFUL: readonly StatefulInstance[] = [1, 2].map((number) => ({
  id: `ssi-${number}`,
  state: "ACTIVE",
  instanceId: `i-${number}`,
  privateIp: `10.0.1.${number}`,
  imageId: "ami-old",
  launchedAt: "2025-01-01T00:00:00Z",
}));

function changed<T extends { readonly id: string }>(all: readonly T[], id: string, change: Partial<T>): T[] {
  return all.map((each) => (each.id === id ? { ...each, ...change } : each));
}

function situation(nodes = NODES, stateful = STATEFUL) {
  const view = drawn(nodes);
  const group = {
    id: "sig-1",
    name: "redis",
    capacity: { minimum: 2, maximum: 2, target: 2 },
    compute: { launchSpecification: { imageId: "ami-new" } },
  };
  const fleet: GroupFleet = { group, stateful, deallocated: [], instances: [] };
  const spot: Answer<SpotSituation> = known({ fleets: [fleet], replicas: replicasOf([fleet], view) });
  return { now: NOW, view, spot };
}

function target(change: Partial<RollTarget> = {}): RollTarget {
  const { spot } = situation();
  const [first] = selectTargets(spot.known ? spot.value.replicas : [], {}, NOW);
  return { ...first!, ...change };
}

const requested = (secondsAgo: number, change: Partial<RollTarget> = {}): RollTarget => ({
  ...inPhase(target(), "recycling", NOW),
  requests: 1,
  requested_at: new Date(NOW - secondsAgo * 1000).toISOString(),
  ...change,
});

const kinds = (step: Step) => (step.do === "refuse" ? step.reasons.map(({ kind }) => kind) : step.do);

describe("a replica that is planned", () => {
  test("is recycled where everything is healthy", () => {
    expect(nextStep(target(), situation(), RULES)).toEqual({
      do: "recycle",
      instanceId: "i-1",
      nodeId: "r1",
    });
  });

  test.each<[string, DrawnNode[], string]>([
    ["another replica does not answer", changed(NODES, "r2", { silent: true }), "no_answer"],
    ["another master does not answer", changed(NODES, "m2", { silent: true }), "no_answer"],
    ["another replica's link is down", changed(NODES, "s2", { link: "down" }), "replication_down"],
    ["its own link is down", changed(NODES, "r1", { link: "down" }), "replication_down"],
    ["a slot has no owner", changed(NODES, "m2", { slots: [8192, 16382] }), "cluster_down"],
  ])("is refused while %s", (_, nodes, kind) => {
    expect(kinds(nextStep(target(), situation(nodes), RULES))).toContain(kind);
  });

  test("is refused while another instance of the group is not active", () => {
    const step = nextStep(
      target(),
      situation(NODES, changed(STATEFUL, "ssi-2", { state: "RECYCLING" })),
      RULES,
    );
    expect(kinds(step)).toEqual(["instance_not_active"]);
  });

  test("is refused where its shard would have one copy, unless that is accepted", () => {
    const alone = NODES.filter(({ id }) => id !== "s1");
    expect(kinds(nextStep(target(), situation(alone), RULES))).toEqual(["single_copy"]);
    expect(nextStep(target(), situation(alone), { ...RULES, allowSingleCopy: true }).do).toBe("recycle");
  });

  test("waits while the API does not answer", () => {
    const silent = { ...situation(), spot: unanswered("error", "Spot API: 500") };
    expect(nextStep(target(), silent, RULES)).toEqual({ do: "wait", reason: "Spot API: 500" });
  });

  test("is refused where the API does not list it", () => {
    expect(kinds(nextStep(target(), situation(NODES, STATEFUL.slice(1)), RULES))).toEqual([
      "instance_not_active",
    ]);
  });
});

describe("an owner of slots", () => {
  const owning: DrawnNode[] = [
    { id: "m1", host: "10.0.0.1", master: "r1", offset: 90 },
    { id: "m2", host: "10.0.0.2", slots: [8192, 16383] },
    { id: "s1", host: "10.0.0.3", master: "r1", offset: 95 },
    { id: "s2", host: "10.0.0.4", master: "m2" },
    { id: "r1", host: "10.0.1.1", slots: [0, 8191] },
    { id: "r2", host: "10.0.1.2", master: "r1", offset: 100 },
  ];

  test("hands over to the replica outside the groups that is least behind", () => {
    expect(nextStep(target(), situation(owning), RULES)).toMatchObject({
      do: "hand_over",
      from: "r1",
      to: { id: "s1" },
    });
  });

  test("hands over to one of the groups where no other is in sync", () => {
    const others = owning.filter(({ id }) => !["m1", "s1"].includes(id));
    const step = nextStep(target(), situation(others), { ...RULES, allowSingleCopy: true });
    expect(step).toMatchObject({ do: "hand_over", to: { id: "r2" } });
  });

  test("is refused without a replica in its shard", () => {
    const others = owning.filter(({ id }) => !["m1", "s1"].includes(id));
    const moved = changed(others, "r2", { master: "m2" });
    expect(kinds(nextStep(target(), situation(moved), RULES))).toEqual(["no_successor"]);
  });

  test("is recycled as a replica after it handed over", () => {
    expect(nextStep(target({ phase: "handing_over" }), situation(), RULES).do).toBe("recycle");
  });

  test("is the last one that is selected", () => {
    const view = drawn(owning);
    const { spot } = situation(owning);
    expect(view.owners.map(({ id }) => id)).toContain("r1");
    const targets = selectTargets(spot.known ? spot.value.replicas : [], {}, NOW);
    expect(targets.map(({ node_id }) => node_id)).toEqual(["r2", "r1"]);
  });
});

describe("a replica whose recycle was requested", () => {
  const step = (of: RollTarget, change: Partial<StatefulInstance>, rules = RULES) =>
    nextStep(of, situation(NODES, changed(STATEFUL, "ssi-1", change)), rules);

  test("is waited for while the old instance runs, and requested again after the grace", () => {
    expect(step(requested(10), {})).toEqual({ do: "wait", reason: "i-1 still runs" });
    expect(step(requested(61), {})).toMatchObject({ do: "recycle", instanceId: "i-1" });
    expect(step(requested(61, { requests: 3 }), {})).toMatchObject({ do: "fail" });
    // By a clock that was set back since.
    expect(step(requested(-3600), {})).toMatchObject({ do: "recycle", instanceId: "i-1" });
  });

  test("is in sync for a while before the next one, unless user data has restarted its server", () => {
    const rules = { ...RULES, settle: 60_000 };
    const of = (runId: string) => {
      const { view, spot, now } = situation();
      const replicas = spot.known ? spot.value.replicas : [];
      const info = known({ run_id: runId });
      const asked = replicas.map((each) => ({ ...each, member: { ...each.member!, info } }));
      return { now, view, spot: known({ fleets: [], replicas: asked }) };
    };
    const waiting = inPhase(requested(90), "waiting_for_node", NOW);
    expect(nextStep(waiting, of("one"), rules)).toEqual({ do: "settle", runId: "one" });
    const settling = { ...inPhase(waiting, "settling", NOW - 59_000), run_id: "one" };
    expect(nextStep(settling, of("one"), rules).do).toBe("wait");
    expect(nextStep(settling, of("two"), rules)).toEqual({ do: "finish", nodeId: "r1" });
    const settled = { ...settling, times: { settling: new Date(NOW - 60_000).toISOString() } };
    expect(nextStep(settled, of("one"), rules).do).toBe("finish");
  });

  test("hands over before it is requested again if it was promoted meanwhile", () => {
    const promoted = [
      ...NODES.filter(({ id }) => !["m1", "s1", "r1"].includes(id)),
      { id: "m1", host: "10.0.0.1", master: "r1" },
      { id: "s1", host: "10.0.0.3", master: "r1" },
      { id: "r1", host: "10.0.1.1", slots: [0, 8191] as const },
    ];
    expect(nextStep(requested(61), situation(promoted), RULES)).toMatchObject({
      do: "hand_over",
      from: "r1",
    });
  });

  test("is not requested again while another replica is not in sync", () => {
    const down = changed(NODES, "s1", { link: "down" });
    expect(kinds(nextStep(requested(61), situation(down), RULES))).toContain("replication_down");
  });

  test.each(["RECYCLING", "PAUSED", "ODD"])("is waited for in the state %s, however long ago", (state) => {
    expect(step(requested(3600), { state, instanceId: undefined })).toEqual({
      do: "wait",
      reason: `its state is ${state}`,
    });
  });

  test("has been recycled when another instance runs", () => {
    expect(step(requested(1), { instanceId: "i-9" })).toEqual({ do: "await_node", instanceId: "i-9" });
  });

  test("is not recycled again where a killed process has not recorded that it was carried out", () => {
    expect(step(requested(3600), { instanceId: "i-9" }).do).toBe("await_node");
  });

  test("is over in the state ERROR", () => {
    expect(step(requested(1), { state: "ERROR" }).do).toBe("fail");
  });

  test("begins again if it was to get a new root volume and may have kept the old one", () => {
    const uncertain = requested(1, { root_uncertain: true });
    const fresh = { ...RULES, freshRoot: true };
    expect(step(uncertain, { instanceId: "i-9", imageId: "ami-made-of-it" }, fresh).do).toBe("begin_again");
    expect(step(uncertain, { instanceId: "i-9", imageId: "ami-new" }, fresh).do).toBe("await_node");
  });
});

describe("a replica whose new instance runs", () => {
  const waiting = inPhase(target(), "waiting_for_node", NOW);

  test("is waited for until it is in sync, with the reason", () => {
    expect(nextStep(waiting, situation(), RULES)).toEqual({ do: "finish", nodeId: "r1" });
    const down = nextStep(waiting, situation(changed(NODES, "r1", { link: "down" })), RULES);
    expect(down).toEqual({ do: "wait", reason: "its link to 10.0.0.1:6379 is down" });
    const silent = nextStep(waiting, situation(changed(NODES, "r1", { silent: true })), RULES);
    expect(silent).toMatchObject({ do: "wait", reason: expect.stringContaining("no answer") });
    const without = nextStep(waiting, situation(NODES.filter(({ id }) => id !== "r1")), RULES);
    expect(without).toEqual({ do: "wait", reason: "no node of the cluster is at its address" });
  });
});
