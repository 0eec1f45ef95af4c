import { pausedBelowTarget, fit, freeAddresses, withdrawn } from "../../../rehearsal/spot-api/capacity";
import { type StatefulInstance } from "../../../rehearsal/spot-api/stateful-instance";

let count = 0;
const one = (given: Partial<StatefulInstance> = {}): StatefulInstance => ({
  ...{ id: `ssi-${++count}`, groupId: "sig-1", availabilityZone: "us-west-2a", subnetId: "subnet-1" },
  ...{ createdAt: "", pooled: false, state: "ACTIVE", parked: false, devices: [], ...given },
});
const group = (target: number, privateIps: string[] = []) => ({
  capacity: { target },
  compute: { privateIps },
});

test("parked instances are resumed before new ones are added", () => {
  const parked = one({ parked: true, state: "PAUSED" });
  expect(fit(group(3), [one(), parked])).toEqual({ wake: [parked], add: 1, park: [] });
});

test("surplus instances are parked, newest first", () => {
  const [first, second, third] = [one(), one(), one()];
  expect(fit(group(1), [first, second, third])).toEqual({ wake: [], add: 0, park: [third, second] });
});

test("an instance that a user paused is not replaced", () => {
  expect(fit(group(1), [one({ state: "PAUSED" })])).toEqual({ wake: [], add: 0, park: [] });
});

test("as many paused instances are resumed as the target allows", () => {
  const paused = [one({ state: "PAUSED" }), one({ state: "PAUSED" })];
  expect(pausedBelowTarget(group(2), [one(), ...paused])).toEqual(paused.slice(0, 1));
});

test("an address of the pool is free until an instance has it", () => {
  const has = one({ privateIp: "10.0.0.1" });
  expect(freeAddresses(group(1, ["10.0.0.1", "10.0.0.2"]), [has])).toEqual(["10.0.0.2"]);
});

test("only an instance that never ran is removed with its address", () => {
  const idle = one({ pooled: true, parked: true, privateIp: "10.0.0.1" });
  const used = one({ pooled: true, parked: true, privateIp: "10.0.0.2", launchedAt: "2025" });
  expect(withdrawn(group(1), [idle, used])).toEqual([idle]);
});
