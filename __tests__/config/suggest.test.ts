import { distance, suggest } from "../../config/suggest";

test.each([
  ["", "abc", 3],
  ["ab", "ba", 1],
  ["kitten", "sitting", 3],
  ["same", "same", 0],
])("from %j to %j it takes %d changes", (a, b, changes) => {
  expect(distance(a, b)).toBe(changes);
});

test("the nearest candidate wins, whatever its case", () => {
  expect(suggest("RevertToSpo", ["revertToSpot", "spot"])).toBe("revertToSpot");
});

test("what is far from everything suggests nothing", () => {
  expect(suggest("colour", ["name", "region"])).toBeUndefined();
});
