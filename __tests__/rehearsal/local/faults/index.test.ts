import { faults } from "../../../../rehearsal/local/faults";

test("every fault has a name of its own that needs no quotes in a shell", () => {
  const names = faults.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z-]+$/.test(name))).toEqual([]);
});
