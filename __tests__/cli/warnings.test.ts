import { WARNINGS } from "../../cli/warnings";
import { exampleConfig } from "../config/example";

/** An example that nothing is said against. */
const quiet = { protect: true, masters: ["10.0.1.10", "10.0.1.11"] };

function warnings(changes: Record<string, unknown>): string[] {
  const config = exampleConfig({ ...quiet, ...changes });
  return WARNINGS.flatMap((rule) => rule(config));
}

test("a config that keeps every rule is not warned about", () => {
  expect(warnings({})).toEqual([]);
});

test.each([
  ["one zone", { availabilityZones: { "us-west-2a": ["subnet-1"] } }, "all replicas are in us-west-2a"],
  ["one master", { masters: ["10.0.1.10"] }, "name more `masters`"],
  ["no protection", { protect: false }, "set `protect: true`"],
  [
    "few spot types",
    { instanceTypes: { onDemand: "r5.large", spot: ["r5.large", "r6i.large"] } },
    "with 2 spot types",
  ],
  [
    "one spot type",
    { instanceTypes: { onDemand: "r5.large", spot: ["r5.large"] } },
    "with 1 spot type capacity",
  ],
  [
    "an on-demand type apart",
    { instanceTypes: { onDemand: "t3.micro", spot: ["r5.large", "r6i.large", "r6a.large"] } },
    "t3.micro runs replicas only as the on-demand fallback",
  ],
])("%s is warned about, and nothing else", (_, changes, words) => {
  expect(warnings(changes)).toEqual([expect.stringContaining(words)]);
});

test.each([
  [{ availabilityZones: { variable: "zones" } }],
  [{ masters: { variable: "masters" } }],
  [{ instanceTypes: { onDemand: { variable: "a" }, spot: { variable: "b" } } }],
])("what only Terraform knows (%j) is not judged", (changes) => {
  expect(warnings(changes)).toEqual([]);
});
