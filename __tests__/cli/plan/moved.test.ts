import { missingMoves, movedBlock } from "../../../cli/plan/moved";
import { type ResourceChange } from "../../../cli/plan/terraform-plan";

function group(address: string, action: string, name?: string, more: object = {}): ResourceChange {
  const [before, after] = action === "delete" ? [{ name }, null] : [null, { name }];
  return { address, type: "g", change: { actions: [action], before, after }, ...more };
}

test("groups are paired by name in any order", () => {
  const groups = [
    group("g.new_b", "create", "b"),
    group("g.a", "delete", "a"),
    group("g.b", "delete", "b"),
    group("g.new_a", "create", "a"),
  ];
  expect(missingMoves(groups)).toEqual([
    { from: "g.a", to: "g.new_a" },
    { from: "g.b", to: "g.new_b" },
  ]);
});

test("groups with the same name are paired once each", () => {
  const groups = [group("g.a", "delete", "x"), group("g.b", "delete", "x"), group("g.c", "create", "x")];
  expect(missingMoves(groups)).toEqual([{ from: "g.a", to: "g.c" }]);
});

test("one destroyed and one created group count as the same, even with another or an unknown name", () => {
  expect(missingMoves([group("g.a", "delete", "x"), group("g.b", "create")])).toEqual([
    { from: "g.a", to: "g.b" },
  ]);
});

test.each([
  [[group("g.a", "delete", "x")]],
  [[group("g.a", "delete", "x"), group("g.b", "delete", "y"), group("g.c", "create", "z")]],
  [[group("g.a", "delete", "x", { deposed: "1" }), group("g.b", "create", "x")]],
  [[group("g.a", "update", "x"), group("g.b", "create", "x")]],
])("other groups are not paired", (groups) => {
  expect(missingMoves(groups)).toEqual([]);
});

test("the block has addresses with keys unchanged", () => {
  expect(movedBlock({ from: 'module.a["x"].g.h', to: "g.h" })).toBe(
    'moved {\n  from = module.a["x"].g.h\n  to   = g.h\n}\n',
  );
});
