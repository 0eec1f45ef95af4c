import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { toCdkTerrain } from "./cdk-terrain";
import { sbom } from "./sbom";

// `npm run packages -- OUT`: writes the tarballs of both editions into the folder OUT, and the SBOM of each.

const CHECKOUT = join(__dirname, "..");

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly entryCount: number;
}

function pack(folder: string, out: string): Packed {
  const argv = ["pack", "--json", "--ignore-scripts", "--pack-destination", out];
  const [packed] = JSON.parse(execFileSync("npm", argv, { cwd: folder, encoding: "utf8" })) as [Packed];
  return packed;
}

function describe({ filename, size, unpackedSize, entryCount }: Packed): string {
  const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;
  return `${filename}: ${kilobytes(size)}, unpacked ${kilobytes(unpackedSize)} in ${entryCount} files`;
}

function packages(out: string): void {
  const work = mkdtempSync(join(tmpdir(), "packages-"));
  const folder = join(work, "package");
  const list = (packed: Packed): void => {
    writeFileSync(join(out, packed.filename.replace(/tgz$/, "cdx.json")), sbom(folder, CHECKOUT));
    console.log(describe(packed));
  };
  try {
    mkdirSync(out, { recursive: true });
    // What it prints goes to stderr.
    execFileSync("npm", ["run", "jsii"], { cwd: CHECKOUT, stdio: ["ignore", 2, 2] });
    const cdktf = pack(CHECKOUT, out);
    execFileSync("tar", ["-xzf", join(out, cdktf.filename), "-C", work]);
    list(cdktf);
    toCdkTerrain(folder);
    list(pack(folder, out));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const [out] = process.argv.slice(2);
if (out === undefined) {
  console.error("name the folder for the packages: npm run packages -- OUT");
  process.exitCode = 1;
} else packages(resolve(out));
