import { ApiError } from "../../../rehearsal/spot-api/api-error";
import { filled, off } from "../../../rehearsal/spot-api/defaults";
import { Groups } from "../../../rehearsal/spot-api/groups";
import { Ids } from "../../../rehearsal/spot-api/ids";
import { at, type JsonObject, merge } from "../../../rehearsal/spot-api/json";
import { groupBody } from "./fixtures";

let now = 0;
const store = (defaults = off) =>
  new Groups({ ids: new Ids(), clock: () => new Date(Date.UTC(2025, 0, 1, 0, 0, now++)), defaults });

beforeEach(() => (now = 0));

test("a group is returned as it was sent, with an ID and times, without nulls", () => {
  const sent = groupBody().group as JsonObject;
  expect(sent).toHaveProperty("strategy.revertToSpot.timeWindows", null);
  expect(store().create({ group: sent })).toEqual({
    ...merge({}, sent),
    id: "sig-00000001",
    createdAt: "2025-01-01T00:00:00.000Z",
    updatedAt: "2025-01-01T00:00:00.000Z",
  });
});

test("user data is returned unchanged", () => {
  const userData = Buffer.from([0x1f, 0x8b, 0, 255, 254, 10, 13]).toString("base64");
  const groups = store();
  groups.create(groupBody({ compute: { launchSpecification: { userData } } }));
  expect(at(groups.read("sig-00000001"), "compute.launchSpecification.userData")).toBe(userData);
});

test("a partial update changes only its attributes and updatedAt", () => {
  const groups = store();
  groups.create(groupBody());
  const after = groups.update("sig-00000001", { group: { strategy: { drainingTimeout: null, risk: 50 } } });
  expect(at(after, "strategy.risk")).toBe(50);
  expect(at(after, "strategy.drainingTimeout")).toBeUndefined();
  expect(at(after, "compute.product")).toBe("Linux/UNIX");
  expect([after.createdAt, after.updatedAt]).toEqual([
    "2025-01-01T00:00:00.000Z",
    "2025-01-01T00:00:01.000Z",
  ]);
});

test("an invalid update changes nothing", () => {
  const groups = store();
  const before = groups.create(groupBody());
  expect(() => groups.update("sig-00000001", { group: { capacity: { target: 9 } } })).toThrow(ApiError);
  expect(groups.read("sig-00000001")).toEqual(before);
});

test("product and unit cannot be changed", () => {
  const groups = store();
  groups.create(groupBody());
  const product = "Linux/UNIX (Amazon VPC)";
  expect(() => groups.update("sig-00000001", { group: { compute: { product } } })).toThrow("compute.product");
});

test("defaults are added again at every update", () => {
  const groups = store(filled);
  groups.create(groupBody());
  const after = groups.update("sig-00000001", { group: { strategy: { lifetimePeriod: null } } });
  expect(at(after, "strategy.lifetimePeriod")).toBe("days");
});

test("defaults that are switched on apply to a stored group at its next update, the other differences immediately", () => {
  const groups = store();
  groups.create(groupBody());
  groups.setDefaults({ fill: true, subnetIds: true });
  expect(at(groups.read("sig-00000001"), "strategy.lifetimePeriod")).toBeUndefined();
  expect(at(groups.read("sig-00000001"), "compute.subnetIds")).toHaveLength(2);
  expect(at(groups.update("sig-00000001", { group: {} }), "strategy.lifetimePeriod")).toBe("days");
});

test("a deleted or unknown group does not exist", () => {
  const groups = store();
  groups.create(groupBody());
  groups.delete("sig-00000001");
  expect(groups.list()).toEqual([]);
  for (const use of [() => groups.read("sig-00000001"), () => groups.delete("sig-00000001")]) {
    expect(use).toThrow("GROUP_DOESNT_EXIST");
  }
});

test("a group of another API is stored with its existing ID, and launched", () => {
  const group = { ...merge({}, groupBody().group as JsonObject), id: "sig-0000beef" };
  const groups = store();
  const created = jest.fn();
  groups.listen({ created, updated: jest.fn(), deleted: jest.fn() });
  groups.restore(group);
  expect(groups.read("sig-0000beef")).toEqual(group);
  expect(created).toHaveBeenCalledWith(group);
  expect(() => groups.restore({ id: "sig-0000dead" })).toThrow(ApiError);
});
