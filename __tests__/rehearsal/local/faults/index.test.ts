import { faults, faultsOf } from "../../../../rehearsal/local/faults";

test("every fault has a name of its own that needs no quotes in a shell", () => {
  const names = faults.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z-]+$/.test(name))).toEqual([]);
});

test("chosen faults are played in the order of all", () => {
  expect(faultsOf("older-image, kill").map(({ name }) => name)).toEqual(["kill", "older-image"]);
});

test("an unknown name is refused, with those that exist", () => {
  expect(() => faultsOf("kill,bang")).toThrow(/^--faults must be some of kill, .*, got: bang$/);
});
