import { join } from "node:path";
import { findUp } from "../../../constructs/redis/find-up";
import { ROOT } from "../../support/folder";

test("the nearest folder or file above is found at any depth", () => {
  expect(findUp("templates")).toBe(join(ROOT, "templates"));
  expect(findUp("package.json")).toBe(join(ROOT, "package.json"));
});

test("a name that is not found is an error with the name", () => {
  expect(() => findUp("no-such-folder")).toThrow(/^no-such-folder must be above /);
});
