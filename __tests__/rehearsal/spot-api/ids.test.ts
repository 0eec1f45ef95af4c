import { Ids } from "../../../rehearsal/spot-api/ids";

test("IDs are counted for each kind and have the length of the real ones", () => {
  const ids = new Ids();
  expect([ids.next("sig"), ids.next("sig"), ids.next("ssi")]).toEqual([
    "sig-00000001",
    "sig-00000002",
    "ssi-00000001",
  ]);
  expect(ids.next("i")).toMatch(/^i-[0-9a-f]{17}$/);
  expect(ids.nextRequest()).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test("another seed gives other IDs", () => {
  expect(new Ids(1).next("i")).not.toBe(new Ids(2).next("i"));
});
