import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { addSpotBindings, SPOT_BINDINGS } from "./spot-bindings";

/** The parts of a package.json that differ between the editions. */
export interface Manifest {
  name: string;
  version: string;
  description: string;
  license: string;
  keywords: string[];
  files: string[];
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
  [field: string]: unknown;
}

/** The major version of the AWS bindings. */
const AWS_MAJOR = 25;

/**
 * CDK Terrain pins `constructs` below 10.8, and its providers pin its minor version. The edition has no peer for Spot: no
 * package has these bindings.
 */
const PEERS = {
  "@cdktn/provider-aws": `>=${AWS_MAJOR}.7.0 <${AWS_MAJOR + 1}`,
  cdktn: ">=0.24.0 <1",
  constructs: ">=10.6.0 <10.8.0",
};

/** Only for building and testing the package, or for jsii, which cannot take the bindings inside. */
const NOT_PUBLISHED = ["scripts", "devDependencies", "overrides", "jsii"];

/** Makes the unpacked `cdktf-redis-elastigroup` the edition for CDK Terrain, which is the same code with other imports. */
export function toCdkTerrain(folder: string): void {
  rmSync(join(folder, ".jsii"));
  for (const path of compiled(join(folder, "lib"))) {
    const inPackage = relative(folder, path);
    rewrite(path, (text) => withCdkTerrain(text, inPackage));
  }
  addSpotBindings(folder);
  rewrite(join(folder, "package.json"), (text) => {
    const manifest = cdkTerrainManifest(JSON.parse(text) as Manifest);
    return `${JSON.stringify(manifest, undefined, 2)}\n`;
  });
  cpSync(join(folder, "docs/cdk-terrain.md"), join(folder, "README.md"));
  rewrite(join(folder, "README.md"), (text) => text.replace(/\]\((?!https:|#)/g, "](docs/"));
}

/** A compiled file or its types with the modules of CDK Terrain. All lines stay where they are. */
export function withCdkTerrain(text: string, file: string): string {
  return text
    .replace(
      /((?:\bfrom|\brequire\(|\bimport\()\s*)(["'])((?:@cdktf\/|cdktf\b)[^"']*)\2/g,
      (_, before: string, quote: string, module: string) =>
        `${before}${quote}${counterpart(module, file)}${quote}`,
    )
    .replaceAll("@cdktf/provider-aws", "@cdktn/provider-aws")
    .replace(/(?<=@cdktn\/provider-aws@)\d+/g, String(AWS_MAJOR))
    .replaceAll('fqn: "cdktf-redis-elastigroup.', 'fqn: "cdktn-redis-elastigroup.');
}

/** The module that stands for one of CDKTF in a file of the package. */
function counterpart(module: string, file: string): string {
  if (module === "cdktf" || module === "cdktf-redis-elastigroup") return module.replace("cdktf", "cdktn");
  if (module.startsWith("@cdktf/provider-aws/lib/")) return module.replace("@cdktf/", "@cdktn/");
  const spot = SPOT_BINDINGS.find((name) => module === `@cdktf/provider-spotinst/lib/${name}`);
  if (spot === undefined) throw new Error(`${file} imports ${module}, which has no counterpart`);
  return relative(dirname(file), join("lib/spotinst", spot));
}

/** The package.json of the edition. */
export function cdkTerrainManifest(manifest: Manifest): Manifest {
  const kept = Object.entries(manifest).filter(([field]) => !NOT_PUBLISHED.includes(field));
  return {
    ...(Object.fromEntries(kept) as Manifest),
    name: "cdktn-redis-elastigroup",
    description: manifest.description.replace("CDKTF", "CDK Terrain"),
    license: `${manifest.license} AND MPL-2.0`,
    keywords: manifest.keywords.map((word) => (word === "cdktf" ? "cdktn" : word)),
    files: manifest.files.filter((path) => path !== ".jsii"),
    peerDependencies: PEERS,
    peerDependenciesMeta: { "@cdktn/provider-aws": { optional: true } },
  };
}

function compiled(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(js|d\.ts)$/.test(path))
    .map((path) => join(folder, path));
}

function rewrite(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, "utf8")));
}
