import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { addSpotBindings, SPOT_BINDINGS } from "../../packaging/spot-bindings";
import { temporaryFolder } from "../support/folder";

const folder = temporaryFolder();
const read = (path: string): string => readFileSync(join(folder, "lib/spotinst", path), "utf8");

beforeAll(() => {
  mkdirSync(join(folder, "lib"));
  addSpotBindings(folder);
});

describe.each(SPOT_BINDINGS.flatMap((name) => [`${name}/index.js`, `${name}/index.d.ts`]))("%s", (path) => {
  test("imports CDK Terrain", () => {
    const modules = [...read(path).matchAll(/(?:\bfrom |\brequire\()["']([^"']+)["']/g)];
    const expected = path.endsWith(".d.ts") ? ["constructs", "cdktn"] : ["cdktn"];
    expect(modules.map(({ 1: module }) => module)).toEqual(expected);
  });

  test("begins with its license, and has no source map", () => {
    expect(read(path)).toMatch(/^\/\*\*\n \* Copyright .*\n \* SPDX-License-Identifier: MPL-2\.0\n \*\/\n/);
    expect(read(path)).not.toContain("sourceMappingURL");
  });
});

test("beside them are only their license, and where they are from", () => {
  const names = readdirSync(join(folder, "lib/spotinst"));
  expect(names.sort()).toEqual(["LICENSE", "README.md", ...SPOT_BINDINGS].sort());
  expect(read("LICENSE")).toContain("Mozilla Public License, version 2.0");
  expect(read("README.md")).toMatch(/@cdktf\/provider-spotinst \d+\.\d+\.\d+/);
});
