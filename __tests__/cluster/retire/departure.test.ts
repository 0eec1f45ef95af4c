import { departureOf, nextDeparture } from "../../../cluster/retire/departure";
import { type GroupFleet } from "../../../cluster/fleet";

/** The undocumented behaviors of the API that are tested. */
interface Behaviour {
  /** A deallocation launches a replacement where the group is below its target. */
  readonly refills?: boolean;
  /** A deallocation lowers the target. */
  readonly lowers?: boolean;
  /** A deallocation is refused where fewer than the minimum would be left. */
  readonly keepsMinimum?: boolean;
  /** A lower target pauses the first instance, or the last one. */
  readonly pauses?: "first" | "last";
}

/** A group of three in an API of this behaviour, and the requests until the second instance is gone. */
function retire({ refills, lowers, keepsMinimum, pauses = "last" }: Behaviour) {
  const capacity = { minimum: 3, maximum: 3, target: 3 };
  let next = 4;
  let stateful = [1, 2, 3].map((number) => ({
    id: `ssi-${number}`,
    state: "ACTIVE",
    launchedAt: "x",
    instanceId: `i-${number}`,
  }));
  const fleet = (): GroupFleet => ({
    group: { id: "sig-1", name: "redis", capacity: { ...capacity } },
    stateful: stateful.map((each) => ({ ...each })),
    deallocated: [],
    instances: [],
  });
  const up = () => stateful.filter(({ state }) => state === "ACTIVE");
  const departure = departureOf(fleet(), "ssi-2");
  const requests: string[] = [];
  for (let count = 0; count < 20; count++) {
    const step = nextDeparture(fleet(), departure);
    if (step.do === "gone")
      return { requests, capacity, stateful: stateful.map(({ id, state }) => `${id} ${state}`) };
    requests.push(step.do);
    if (step.do === "resize") {
      Object.assign(capacity, step.capacity);
      while (up().length > capacity.target) (pauses === "first" ? up()[0]! : up().at(-1)!).state = "PAUSED";
    } else if (step.do === "deallocate") {
      if (keepsMinimum === true && stateful.length - 1 < capacity.minimum)
        throw new Error("below the minimum");
      stateful = stateful.filter(({ id }) => id !== step.statefulInstanceId);
      if (lowers === true) capacity.target--;
      if (refills === true && stateful.length < capacity.target) {
        stateful.push({ id: `ssi-${next}`, state: "ACTIVE", launchedAt: "x", instanceId: `i-${next}` });
        next++;
      }
    } else if (step.do === "resume")
      stateful.find(({ id }) => id === step.statefulInstanceId)!.state = "ACTIVE";
    else throw new Error(step.do);
  }
  throw new Error(`not gone: ${requests.join(", ")}`);
}

test.each<[string, Behaviour]>([
  ["does nothing beside a deallocation", {}],
  ["launches a replacement", { refills: true }],
  ["launches a replacement, and pauses one that stays", { refills: true, pauses: "first" }],
  ["lowers the target by itself", { lowers: true }],
  ["keeps the minimum", { keepsMinimum: true }],
])("the others stay and the capacity is lower, where the API %s", (_, behaviour) => {
  const { capacity, stateful } = retire(behaviour);
  expect(capacity).toEqual({ minimum: 2, maximum: 2, target: 2 });
  expect(stateful).toEqual(["ssi-1 ACTIVE", "ssi-3 ACTIVE"]);
});

test("the minimum is lowered before the deallocation, and the target after it", () => {
  expect(retire({}).requests).toEqual(["resize", "deallocate", "resize"]);
});

test("an instance that is being deallocated is waited for", () => {
  const group = { id: "sig-1", name: "redis", capacity: { minimum: 0, maximum: 0, target: 0 } };
  const stateful = [{ id: "ssi-2", state: "DEALLOCATING" }];
  const departure = { statefulInstanceId: "ssi-2", capacity: group.capacity, staying: [] };
  expect(nextDeparture({ group, stateful, deallocated: [], instances: [] }, departure)).toEqual({
    do: "wait",
    reason: "ssi-2 is DEALLOCATING",
  });
});

test.each([2, 4, 5])("is not continued where the target was set to %s meanwhile", (target) => {
  const group = { id: "sig-1", name: "redis", capacity: { minimum: 0, maximum: 9, target } };
  const departure = {
    statefulInstanceId: "ssi-2",
    capacity: { minimum: 2, maximum: 2, target: 2 },
    staying: [],
  };
  const step = nextDeparture({ group, stateful: [], deallocated: [], instances: [] }, departure);
  expect(step.do === "fail" ? step.reason : "").toBe(
    target === 2
      ? ""
      : `the target of sig-1 is ${target}, and was 3 when this began: another change of the group would be undone; set the target back, or remove the state file to begin again`,
  );
});
