import { type Replica } from "../../../cluster/fleet";
import { ghostsOf, unplaced } from "../../../cluster/retire/ghosts";
import { drawn, type DrawnNode } from "../../support/drawn-view";

const NODES: readonly DrawnNode[] = [
  { id: "m1", host: "10.0.0.1", slots: [0, 8191] },
  { id: "m2", host: "10.0.0.2", slots: [8192, 16383] },
  { id: "r1", host: "10.0.1.1", master: "m1" },
];
const gone = (change: Partial<DrawnNode> = {}): DrawnNode => ({
  ...{ id: "g1", host: "10.0.1.9", master: "m1", silent: true, flags: ["fail"] },
  ...change,
});
const at = (privateIp: string): Replica => ({
  group: { id: "sig-1", name: "redis", capacity: { minimum: 1, maximum: 1, target: 1 } },
  stateful: { id: "ssi-1", state: "RECYCLING", privateIp },
  instance: undefined,
  node: undefined,
  member: undefined,
});
const ids = (node: DrawnNode, replicas: readonly Replica[] = [], kept: readonly string[] = []) =>
  ghostsOf(drawn([...NODES, node]), replicas, kept).map(({ id }) => id);

test("a failed node at an address that no instance has is gone", () => {
  expect(ids(gone())).toEqual(["g1"]);
});

test.each<[string, DrawnNode]>([
  ["answers", gone({ silent: false })],
  ["owns slots", gone({ master: undefined, slots: [5, 5] })],
  ["is not confirmed as failed", gone({ flags: ["fail?"] })],
  ["is only silent", gone({ flags: [] })],
])("a node that %s is not gone", (_, node) => {
  expect(ids(node)).toEqual([]);
});

test("a node at the address of an instance that comes back is not gone", () => {
  expect(ids(gone(), [at("10.0.1.9")])).toEqual([]);
});

test("a node at an address where another node answers is gone", () => {
  const view = drawn([...NODES, gone({ host: "10.0.1.1" })]);
  expect(ghostsOf(view, [at("10.0.1.1")], []).map(({ id }) => id)).toEqual(["g1"]);
});

test("a master of the config is never gone", () => {
  expect(ids(gone(), [], ["10.0.1.9"])).toEqual([]);
});

test("nothing is gone for certain while the node of an instance is not known", () => {
  const replica = at("10.0.1.9");
  const { group, stateful } = replica;
  const fleet = { group, stateful: [stateful], deallocated: [], instances: [] };
  const keeps = { ...group, strategy: { persistence: { shouldPersistPrivateIp: true } } };
  const ofOne = (change: Partial<Replica>) =>
    unplaced({ fleets: [fleet], replicas: [{ ...replica, ...change }] });
  expect(ofOne({ group: keeps })).toEqual([]);
  const unknown = ["ssi-1 is RECYCLING, and the address of its node is not known"];
  expect(ofOne({})).toEqual(unknown);
  expect(ofOne({ group: keeps, stateful: { id: "ssi-1", state: "RECYCLING" } })).toEqual(unknown);
  expect(unplaced({ fleets: [{ ...fleet, stateful: [] }], replicas: [] })).toEqual([
    "Spot lists 0 stateful instances of sig-1, and its target is 1",
  ]);
});
