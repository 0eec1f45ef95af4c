import { differences } from "../../../cli/plan/difference";
import { type ResourceChange } from "../../../cli/plan/terraform-plan";

function differ(before: object, after: object, marks: Partial<ResourceChange["change"]> = {}) {
  const change = { actions: ["update"], before, after, ...marks } as ResourceChange["change"];
  return differences({ address: "a.b", type: "a", change });
}

test.each([
  [{ a: null }, { a: [] }],
  [{ a: "" }, {}],
  [{ a: 0 }, { a: null }],
  [{ a: [{ b: null, c: 1 }] }, { a: [{ c: 1 }] }],
  [{ a: [{ b: 1, c: 2 }] }, { a: [{ c: 2, b: 1 }] }],
])("%j and %j are equal for the provider", (before, after) => {
  expect(differ(before, after)).toEqual([]);
});

test.each([
  [{ a: 1 }, { a: 2 }],
  [{ a: true }, { a: false }],
  [{ a: ["x", "y"] }, { a: ["y", "x"] }],
  [{ a: [] }, { a: ["x"] }],
])("%j and %j are different", (before, after) => {
  expect(differ(before, after)).toMatchObject([{ attribute: "a", unknown: false }]);
});

test("a value known after apply is a difference, also a nested one", () => {
  const unknown = differ(
    { a: "x", b: [{ c: 1 }], d: 1 },
    { b: [{}], d: 1 },
    { after_unknown: { a: true, b: [{ c: true }], d: false } },
  );
  expect(unknown).toMatchObject([
    { attribute: "a", unknown: true, after: undefined },
    { attribute: "b", unknown: true },
  ]);
});

test("a sensitive value is marked, as a whole or in part, before or after", () => {
  const marks = [{ before_sensitive: true }, { after_sensitive: { a: [{ b: true }] } }];
  for (const mark of marks) expect(differ({ a: 1 }, { a: 2 }, mark)).toMatchObject([{ sensitive: true }]);
  expect(differ({ a: 1 }, { a: 2 }, { before_sensitive: {}, after_sensitive: false })).toMatchObject([
    { sensitive: false },
  ]);
});
