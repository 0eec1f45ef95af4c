import { type EngineName, ENGINES } from "../constructs/redis/redis-engine";
import { sourceUrl } from "../constructs/redis/server-release";

/** The catalogue of servers, relative to the package. */
export const CHECKSUMS_FILE = "constructs/redis/server-checksums.ts";

/** SHA-256 by version, by engine. */
export type Checksums = Readonly<Record<EngineName, Readonly<Record<string, string>>>>;

/** The first minor release of each engine that is in the catalogue. */
const FIRST: Readonly<Record<EngineName, readonly number[]>> = { redis: [6, 2], valkey: [7, 2] };

/** A line of the public lists of checksums: file, SHA-256, URL; the words around the checksum are theirs. */
const LINE =
  /^(?:hash )?(redis|valkey)-(\d+\.\d+\.\d+)\.tar\.gz (?:sha256 )?([0-9a-f]{64}) (https?:\/\/\S+)$/;

/**
 * The catalogue with the newest patch of each minor release that the lists have. What it has already stays, so that no
 * config becomes invalid. Of two lines for one file, the later one is right. Previews are left out.
 */
export function withNewest(known: Checksums, lists: readonly string[]): Checksums {
  const listed = lists.flatMap((text) => text.split(/\r?\n/)).flatMap(parsed);
  return Object.fromEntries(
    ENGINES.map((engine) => {
      const sums = new Map(
        listed.flatMap((each) => (each.engine === engine ? [[each.version, each.sha256]] : [])),
      );
      const newest = new Map([...sums.keys()].sort(byVersion).map((version) => [minorOf(version), version]));
      const all = new Map(Object.entries(known[engine]));
      for (const version of newest.values()) all.set(version, sums.get(version)!);
      return [engine, Object.fromEntries([...all].sort(([a], [b]) => byVersion(a, b)))];
    }),
  ) as Checksums;
}

/** The catalogue as a module. */
export function checksumsModule(checksums: Checksums): string {
  const engines = ENGINES.map((engine) => {
    const rows = Object.entries(checksums[engine]).map(([version, sum]) => `    "${version}": "${sum}",\n`);
    return `  ${engine}: {\n${rows.join("")}  },\n`;
  });
  return `import { type EngineName } from "./redis-engine";

/** The SHA-256 of each release's source, from the engines' public lists. \`npm run releases\` writes this file. */
export const CHECKSUMS: Readonly<Record<EngineName, Readonly<Record<string, string>>>> = {
${engines.join("")}};
`;
}

interface Listed {
  readonly engine: EngineName;
  readonly version: string;
  readonly sha256: string;
}

/** The release in a line; none of a line of another kind, of a preview, or of a release that is too old. */
function parsed(line: string): Listed[] {
  const [, engine, version, sha256, url] = LINE.exec(line) ?? [];
  if (engine === undefined || version === undefined || sha256 === undefined || url === undefined) return [];
  const name = engine as EngineName;
  if (byVersion(version, FIRST[name].join(".")) < 0) return [];
  const expected = sourceUrl(name, version);
  if (url.replace(/^http:/, "https:") !== expected)
    throw new Error(`${engine} ${version} must be at ${expected}, got: ${url}`);
  return [{ engine: name, version, sha256 }];
}

function minorOf(version: string): string {
  return version.replace(/\.\d+$/, "");
}

function byVersion(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number)) as [number[], number[]];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at < 0 ? 0 : left[at]! - (right[at] ?? 0);
}
