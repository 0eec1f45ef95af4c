import {
  health,
  isLeaving,
  listed,
  type StatefulInstance,
  status,
} from "../../../rehearsal/spot-api/stateful-instance";

const awake: StatefulInstance = {
  id: "ssi-00000001",
  groupId: "sig-00000001",
  availabilityZone: "us-west-2a",
  subnetId: "subnet-1",
  createdAt: "2025-01-01T00:00:00.000Z",
  pooled: false,
  parked: false,
  state: "ACTIVE",
  privateIp: "10.0.0.1",
  devices: [{ deviceName: "/dev/xvdf", volumeId: "vol-1" }],
  instance: { id: "i-1", type: "r5.large", lifecycle: "OD", launchedAt: "2025-01-01T00:00:00.000Z" },
};
const asleep: StatefulInstance = { ...awake, state: "PAUSED", instance: undefined };

test("the list has only attributes that the API documents", () => {
  expect(listed(awake)).toEqual({
    id: "ssi-00000001",
    instanceId: "i-1",
    privateIp: "10.0.0.1",
    state: "ACTIVE",
    devices: [{ deviceName: "/dev/xvdf", volumeId: "vol-1" }],
    createdAt: "2025-01-01T00:00:00.000Z",
  });
});

test("only an active stateful instance is healthy, and its health has its lifecycle", () => {
  expect(health(awake)).toMatchObject([{ healthStatus: "HEALTHY", lifeCycle: "OD", instanceId: "i-1" }]);
  expect(health({ ...awake, state: "RESUMING" })).toMatchObject([{ healthStatus: "INSUFFICIENT_DATA" }]);
});

test("a paused stateful instance is listed without an instance, and has neither health nor status", () => {
  expect(listed(asleep)).not.toHaveProperty("instanceId");
  expect([...health(asleep), ...status(asleep, "Linux/UNIX")]).toEqual([]);
});

test("the status has type, zone and address", () => {
  expect(status(awake, "Linux/UNIX")).toMatchObject([
    { instanceType: "r5.large", availabilityZone: "us-west-2a", privateIp: "10.0.0.1", status: "fulfilled" },
  ]);
});

test("a deallocated stateful instance counts as deleted, a paused one does not", () => {
  expect([isLeaving({ ...awake, state: "DEALLOCATED" }), isLeaving(asleep)]).toEqual([true, false]);
});
