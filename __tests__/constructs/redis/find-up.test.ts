import { join } from "node:path";
import { findUp } from "../../../constructs/redis/find-up";
import { ROOT } from "../../config/example";

test("the nearest folder or file above is found, however deep the code is", () => {
  expect(findUp("templates")).toBe(join(ROOT, "templates"));
  expect(findUp("package.json")).toBe(join(ROOT, "package.json"));
});

test("a name that is nowhere above is an error that names it", () => {
  expect(() => findUp("no-such-folder")).toThrow(/^no-such-folder must be above /);
});
