import { at, merge, stringsAt } from "../../../rehearsal/spot-api/json";

test("objects are merged recursively, arrays and plain values are replaced", () => {
  expect(merge({ a: { b: 1, c: [1, 2] }, d: "x" }, { a: { c: [3] }, d: 2 })).toEqual({
    a: { b: 1, c: [3] },
    d: 2,
  });
});

test("null deletes a value, also inside new objects", () => {
  expect(merge({ a: 1 }, { a: null, b: { c: null } })).toEqual({ b: {} });
});

test("neither argument of a merge is changed or shared", () => {
  const base = { a: { list: [{ x: 1 }] } };
  const merged = merge(base, { b: [1] });
  (merged.a as { list: { x: number }[] }).list[0]!.x = 2;
  expect(base.a.list[0]!.x).toBe(1);
});

test("a path without a value is undefined", () => {
  expect(at({ a: { b: null } }, "a.b.c")).toBeUndefined();
  expect(stringsAt({ a: ["x", 1] }, "a")).toEqual(["x"]);
});
