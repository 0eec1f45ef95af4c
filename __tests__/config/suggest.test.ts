import { distance, suggest } from "../../config/suggest";

test.each([
  ["", "abc", 3],
  ["ab", "ba", 1],
  ["kitten", "sitting", 3],
  ["same", "same", 0],
])("the distance from %j to %j is %d changes", (a, b, changes) => {
  expect(distance(a, b)).toBe(changes);
});

test("the nearest candidate is suggested, independent of case", () => {
  expect(suggest("RevertToSpo", ["revertToSpot", "spot"])).toBe("revertToSpot");
});

test("a word without a similar candidate has no suggestion", () => {
  expect(suggest("colour", ["name", "region"])).toBeUndefined();
});
