import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cdkTerrainManifest, withCdkTerrain } from "../../packaging/cdk-terrain";
import manifest from "../../package.json";

describe("a compiled file for CDK Terrain", () => {
  test.each([
    ['const cdktf_1 = require("cdktf");', 'const cdktf_1 = require("cdktn");'],
    ['import { App } from "cdktf";', 'import { App } from "cdktn";'],
    [
      ' * import { Peer } from "cdktf-redis-elastigroup";',
      ' * import { Peer } from "cdktn-redis-elastigroup";',
    ],
    ["import * as cdktf from 'cdktf';", "import * as cdktf from 'cdktn';"],
    ['typeof import("cdktf")', 'typeof import("cdktn")'],
    [
      'export { IamRole } from "@cdktf/provider-aws/lib/iam-role";',
      'export { IamRole } from "@cdktn/provider-aws/lib/iam-role";',
    ],
    ['require("@cdktf/provider-spotinst/lib/elastigroup-aws")', 'require("../../spotinst/elastigroup-aws")'],
    ["run `npm install @cdktf/provider-aws@21`", "run `npm install @cdktn/provider-aws@25`"],
    ['fqn: "cdktf-redis-elastigroup.Peer"', 'fqn: "cdktn-redis-elastigroup.Peer"'],
  ])("has, for %s, the module of CDK Terrain", (before, after) => {
    expect(withCdkTerrain(`${before}\n`, "lib/constructs/redis/shard.js")).toBe(`${after}\n`);
  });

  test.each([
    'require("constructs")',
    'import { x } from "../terraform/hcl";',
    'const EDITIONS = { cdktf: "cdktf-redis-elastigroup", cdktn: "cdktn-redis-elastigroup" };',
    'process.env["CDKTF_OUTDIR"] || "cdktf.out"',
  ])("keeps %s", (text) => {
    expect(withCdkTerrain(text, "lib/constructs/redis/shard.js")).toBe(text);
  });

  test.each(["@cdktf/provider-spotinst/lib/mrscaler-aws", "@cdktf/provider-aws", "cdktf/lib/testing"])(
    "cannot import %s, which has no counterpart",
    (module) => {
      expect(() => withCdkTerrain(`require("${module}")`, "lib/a.js")).toThrow(
        `lib/a.js imports ${module}, which has no counterpart`,
      );
    },
  );
});

describe("the package.json for CDK Terrain", () => {
  const edition = cdkTerrainManifest(manifest);

  test("has the same version, command, files and repository, from which instances download the agent", () => {
    const { version, bin, main, types, dependencies, repository, engines } = manifest;
    expect(edition).toMatchObject({ version, bin, main, types, dependencies, repository, engines });
    expect(edition.files).toEqual(manifest.files.filter((path) => path !== ".jsii"));
  });

  test("names nothing of CDKTF as a peer", () => {
    expect(Object.keys(edition.peerDependencies)).toEqual(["@cdktn/provider-aws", "cdktn", "constructs"]);
    expect(Object.keys(edition.peerDependenciesMeta)).toEqual(["@cdktn/provider-aws"]);
  });

  test.each([
    ["CDKTF", manifest.peerDependencies, (text: string) => text],
    ["CDK Terrain", edition.peerDependencies, (text: string) => withCdkTerrain(text, "lib/a.js")],
  ])("the error without the bindings of AWS installs their version for %s", (_, peers, packed) => {
    const text = packed(readFileSync(join(__dirname, "../../constructs/access/aws.ts"), "utf8"));
    const [, name = "", major = ""] = /`npm install (\S+)@(\d+)`/.exec(text) ?? [];
    expect((peers as Record<string, string>)[name]).toMatch(new RegExp(`^>=${major}\\.`));
  });

  test("has the license of the Spot bindings, too", () => {
    expect(edition.license).toBe("Apache-2.0 AND MPL-2.0");
  });

  test("has no scripts and no packages for development", () => {
    expect(edition).not.toHaveProperty("scripts");
    expect(edition).not.toHaveProperty("devDependencies");
  });
});
