import { readdirSync } from "node:fs";
import { join } from "node:path";
import { loadConfigs } from "../../config/load";
import { ROOT } from "../support/folder";

const examples = readdirSync(join(ROOT, "examples")).filter((name) => name.endsWith(".yaml"));

test.each(examples)("the example %s is valid", (name) => {
  expect(loadConfigs([join(ROOT, "examples", name)])).toHaveLength(1);
});

test("there are examples", () => {
  expect(examples.length).toBeGreaterThan(1);
});
