import { faults } from "../../../rehearsal/booted/faults";
import { rehearsedConfig } from "../../../rehearsal/booted/rehearsed-config";
import { faults as local } from "../../../rehearsal/local/faults";

const names = faults.map(({ name }) => name);

/** The faults that a config leaves out. */
const leftOut = (config: object): string[] =>
  faults
    .filter(({ impossible }) => impossible?.(rehearsedConfig({ replicas: 3, masters: [], ...config })))
    .map(({ name }) => name);

test("every fault has a name of its own that needs no quotes in a shell", () => {
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z-]+$/.test(name))).toEqual([]);
});

test("a name that the local rehearsal has too is in the same place of its order", () => {
  const shared = names.filter((name) => local.some((fault) => fault.name === name));
  expect(shared).toEqual(["interruption", "kill", "promotion", "older-image"]);
  expect(local.map(({ name }) => name).filter((name) => shared.includes(name))).toEqual(shared);
});

test.each([
  ["three replicas", {}, []],
  ["one replica", { replicas: 1 }, ["pair"]],
  ["no failover", { failover: "never" }, ["promotion", "owner", "older-image"]],
  ["a data volume", { dataVolume: {} }, ["kill", "older-image"]],
  ["no kept volume", { persistence: { rootVolume: false } }, ["kill", "older-image"]],
])("a config with %s leaves out what cannot happen to it", (_, config, expected) => {
  expect(leftOut(config)).toEqual(expected);
});
