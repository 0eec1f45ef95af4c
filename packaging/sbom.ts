import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Manifest } from "./cdk-terrain";

/** `bom-ref` is its name and version. */
interface Component {
  readonly "bom-ref": string;
  readonly [field: string]: unknown;
}

interface Sbom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly components: readonly Component[];
}

/**
 * What an unpacked package contains, as CycloneDX. npm has the version, license and checksum of each package of the
 * checkout. Its serial number and time are left out: the same tarball has the same SBOM.
 */
export function sbom(folder: string, checkout: string): string {
  const argv = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"];
  const all = JSON.parse(
    execFileSync("npm", argv, { cwd: checkout, encoding: "utf8", maxBuffer: 2 ** 26 }),
  ) as Sbom;
  const components = [...containedPackages(folder)].sort().map((each) => {
    const reference = referenceTo(join(checkout, "node_modules", each));
    const found = all.components.find((component) => component["bom-ref"] === reference);
    if (found === undefined) throw new Error(`the lock file does not have ${reference}`);
    // That it is for development is true of the checkout only.
    return { ...found, properties: undefined };
  });
  const reference = referenceTo(folder);
  const { name, version } = manifestOf(folder);
  const component = { type: "library", "bom-ref": reference, name, version, purl: `pkg:npm/${reference}` };
  const { bomFormat, specVersion } = all;
  return `${JSON.stringify({ bomFormat, specVersion, version: 1, metadata: { component }, components }, undefined, 2)}\n`;
}

/** The packages of others: bundled ones, those compiled into the command, and the Spot bindings. */
function containedPackages(folder: string): Set<string> {
  const bundled = readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."));
  const command = readFileSync(join(folder, "lib/cli/index.js"), "utf8");
  const compiled = [...command.matchAll(/^\s*\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)];
  const bindings = existsSync(join(folder, "lib/spotinst")) ? ["@cdktf/provider-spotinst"] : [];
  return new Set([...bundled, ...compiled.map(({ 1: name = "" }) => name), ...bindings]);
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

function referenceTo(folder: string): string {
  const { name, version } = manifestOf(folder);
  return `${name}@${version}`;
}
