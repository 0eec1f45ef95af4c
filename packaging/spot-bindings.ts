import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The bindings of the Spot provider that the constructs use, and apps need. */
export const SPOT_BINDINGS = ["elastigroup-aws", "provider"];

const PACKAGE = "@cdktf/provider-spotinst";

/** What MPL-2.0 asks of a copy: its license, where the original is, and that it was changed. */
const HEADER = `/**
 * Copyright (c) HashiCorp, Inc.
 * SPDX-License-Identifier: MPL-2.0
 */
`;

const readme = (version: string): string => `# Bindings of the Terraform provider spotinst

No package has these for CDK Terrain. The files are from the package ${PACKAGE} ${version}, under the Mozilla Public License
2.0 (LICENSE). The changes: the framework is imported as \`cdktn\`, and source maps without sources are removed.
`;

/** Adds the installed bindings to an unpacked package, for CDK Terrain. */
export function addSpotBindings(folder: string): void {
  const source = dirname(require.resolve(`${PACKAGE}/package.json`));
  const target = join(folder, "lib/spotinst");
  mkdirSync(target);
  for (const name of SPOT_BINDINGS) {
    mkdirSync(join(target, name));
    for (const file of ["index.js", "index.d.ts"]) {
      const text = readFileSync(join(source, "lib", name, file), "utf8");
      writeFileSync(join(target, name, file), forCdkTerrain(text));
    }
  }
  const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as { version: string };
  cpSync(join(source, "LICENSE"), join(target, "LICENSE"));
  writeFileSync(join(target, "README.md"), readme(version));
}

/** A file of the bindings with CDK Terrain in place of CDKTF. The compiler had dropped the header of some. */
export function forCdkTerrain(text: string): string {
  const changed = text
    .replace(/\b(from |require\()(["'])cdktf\2/g, "$1$2cdktn$2")
    .replace(/\/\/# sourceMappingURL=.*\n?/, "");
  return changed.includes("SPDX-License-Identifier: MPL-2.0") ? changed : HEADER + changed;
}
