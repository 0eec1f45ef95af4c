import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { sbom } from "../../packaging/sbom";
import { file, ROOT, temporaryFolder } from "../support/folder";

interface Sbom {
  metadata: { component: { purl: string } };
  components: { name: string; version: string; hashes: object[]; licenses: object[] }[];
}

const folder = temporaryFolder();
let written: string;

beforeAll(() => {
  file(folder, "package.json", JSON.stringify({ name: "cdktn-redis-elastigroup", version: "1.2.3" }));
  for (const path of ["node_modules/handlebars", "lib/cli", "lib/spotinst"])
    mkdirSync(join(folder, path), { recursive: true });
  const command = ["// node_modules/yaml/dist/index.js", "    // node_modules/zod/v4/core/api.cjs"];
  file(join(folder, "lib/cli"), "index.js", command.join("\n"));
  written = sbom(folder, ROOT);
});

test("the SBOM has what is bundled, compiled into the command, and copied, each with version, checksum and license", () => {
  const { metadata, components } = JSON.parse(written) as Sbom;
  expect(metadata.component.purl).toBe("pkg:npm/cdktn-redis-elastigroup@1.2.3");
  expect(components.map(({ name }) => name)).toEqual([
    "@cdktf/provider-spotinst",
    "handlebars",
    "yaml",
    "zod",
  ]);
  for (const component of components) {
    expect(component).toMatchObject({ version: expect.stringMatching(/^\d/) });
    expect(component.hashes).toHaveLength(1);
    expect(component.licenses).toHaveLength(1);
  }
});

test("the SBOM of the same package has the same bytes", () => {
  expect(sbom(folder, ROOT)).toBe(written);
});
