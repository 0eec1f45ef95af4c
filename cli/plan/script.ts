import { gunzipSync } from "node:zlib";

/** What changed between two user data scripts. */
export interface ScriptChange {
  /** Both decode to the same text; only the compressed bytes differ. */
  readonly sameText: boolean;
  readonly settings: readonly SettingChange[];
  /** Files that the script writes, and `script` for its own lines. */
  readonly files: readonly FileChange[];
}

/** One setting, as the shell reads it; undefined where it is missing. */
export interface SettingChange {
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** The number of added and removed lines of a file. */
export interface FileChange {
  readonly path: string;
  readonly added: number;
  readonly removed: number;
}

/** The settings file, in a script of this package. */
const SETTINGS = "/etc/redis-replica/settings";

/** The name for lines outside the files that the script writes. */
const ITSELF = "script";

/** The name for the agent's files, if a script has them in an archive or downloads it. */
export const AGENT = "agent";

/** The line that has the URL and the checksum of an agent to download. */
const DOWNLOADED = /^lib=\/usr\/local\/lib\/redis-replica url=\S+ sha256=\S+ /;

/** The text behind a base64 value, gzipped or not. */
export function decode(encoded: string): string {
  const bytes = Buffer.from(encoded, "base64");
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString("utf8");
  try {
    return gunzipSync(bytes).toString("utf8");
  } catch {
    // Truncated or damaged.
    return encoded;
  }
}

/** Whether a `user_data` value is a script of this package, of any version. */
export function isOurs(encoded: unknown): boolean {
  return typeof encoded === "string" && partsOf(decode(encoded)).has(SETTINGS);
}

/** Whether Redis keeps its data on a data volume with this `user_data`; false for a script of others. */
export function hasDataVolume(encoded: unknown): boolean {
  if (typeof encoded !== "string") return false;
  return settingsOf(partsOf(decode(encoded)).get(SETTINGS) ?? []).has("DATA_VOLUME");
}

/** Compares two `user_data` values in linear time. */
export function compareScripts(before: string, after: string): ScriptChange {
  const [old, current] = [decode(before), decode(after)];
  if (old === current) return { sameText: true, settings: [], files: [] };
  const [oldFiles, files] = alike(partsOf(old), partsOf(current));
  const paths = [...new Set([...oldFiles.keys(), ...files.keys()])].filter((path) => path !== SETTINGS);
  const changed = paths.map((path) => countLines(path, oldFiles.get(path), files.get(path)));
  return {
    sameText: false,
    settings: compareSettings(oldFiles.get(SETTINGS), files.get(SETTINGS)),
    files: changed.filter(({ added, removed }) => added + removed > 0),
  };
}

type Parts = Map<string, string[]>;

/** If one script has the agent as files and the other as an archive, the files count as one part too. */
function alike(before: Parts, after: Parts): [Parts, Parts] {
  return before.has(AGENT) || after.has(AGENT) ? [together(before), together(after)] : [before, after];
}

function together(parts: Parts): Parts {
  const isAgent = (path: string): boolean =>
    path === AGENT || (/^\/(etc|usr)\//.test(path) && path !== SETTINGS);
  const [agent, others] = [
    [...parts].filter(([path]) => isAgent(path)),
    [...parts].filter(([path]) => !isAgent(path)),
  ];
  return new Map([...others, [AGENT, agent.flatMap(([, lines]) => lines)]]);
}

/**
 * The lines of each file that a script carries in a here-document, its own under `script`, and under `agent` where it
 * downloads one.
 */
function partsOf(script: string): Parts {
  const own: string[] = [];
  const parts = new Map([[ITSELF, own]]);
  let current = own;
  let end = "";
  for (const line of script.split("\n")) {
    const opened = end === "" ? /^file (\/\S+) (\S+) <<'(\w+)'$/.exec(line) : null;
    if (end === "" && DOWNLOADED.test(line)) {
      parts.set(AGENT, [line]);
    } else if (opened) {
      end = opened[3]!;
      current = [`mode ${opened[2]!}`];
      parts.set(opened[1]!, current);
    } else if (end !== "" && line === end) {
      end = "";
      current = own;
    } else current.push(line);
  }
  return parts;
}

/** By content, not by place: a line that only moved is not counted. */
function countLines(path: string, before: readonly string[] = [], after: readonly string[] = []): FileChange {
  const balance = new Map<string, number>();
  for (const line of before) balance.set(line, (balance.get(line) ?? 0) - 1);
  for (const line of after) balance.set(line, (balance.get(line) ?? 0) + 1);
  const counts = [...balance.values()];
  const sum = (some: number[]): number => some.reduce((total, each) => total + Math.abs(each), 0);
  const [added, removed] = [sum(counts.filter((each) => each > 0)), sum(counts.filter((each) => each < 0))];
  const moved = added + removed === 0 && before.join("\n") !== after.join("\n");
  return { path, added: moved ? 1 : added, removed: moved ? 1 : removed };
}

function compareSettings(before: readonly string[] = [], after: readonly string[] = []): SettingChange[] {
  const [old, current] = [settingsOf(before), settingsOf(after)];
  return [...new Set([...old.keys(), ...current.keys()])]
    .filter((name) => old.get(name) !== current.get(name))
    .map((name) => ({ name, before: old.get(name), after: current.get(name) }));
}

/** Each is `NAME=` and one quoted word, which may go over lines. */
function settingsOf(lines: readonly string[]): Map<string, string> {
  const found = lines
    .slice(1)
    .join("\n")
    .matchAll(/^([A-Z][A-Z0-9_]*)=((?:'[^']*'|\\')*)$/gm);
  return new Map([...found].map(({ 1: name = "", 2: word = "" }) => [name, unquoted(word)]));
}

function unquoted(word: string): string {
  return word.replace(/'([^']*)'|\\'/g, (part, inside?: string) => (part === "\\'" ? "'" : (inside ?? "")));
}
