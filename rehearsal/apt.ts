import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "./run";

export interface AptRequest {
  /** For example `trixie`. */
  readonly suite: string;
  /** `deb`: binary packages of the suite and its updates. `deb-src`: source packages of the suite only. */
  readonly types: "deb" | "deb-src";
  /** @default /etc */
  readonly etc?: string;
}

/** The package sources of one suite, and this machine's settings for reaching them, such as a proxy. */
export interface AptSources {
  /** In the one-line format or the deb822 format. One file never has both. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** `Acquire::…` settings, one per line. */
  readonly settings: readonly string[];
}

/** The Debian release of this machine, such as `bookworm`. */
export function hostRelease(etc = "/etc"): string {
  return /^VERSION_CODENAME=(.*)$/m.exec(readFileSync(join(etc, "os-release"), "utf8"))?.[1] ?? "";
}

/**
 * The sources of one suite only, from the sources of this machine: those that name the suite, or otherwise those that
 * name the release of this machine, with the release replaced by the suite.
 */
export async function aptSources({ suite, types, etc = "/etc" }: AptRequest): Promise<AptSources> {
  const release = hostRelease(etc);
  const parts = join(etc, "apt/sources.list.d");
  const names = existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : [];
  const read = [join(etc, "apt/sources.list"), ...names]
    .filter((name) => /\.(list|sources)$/.test(name) && existsSync(name))
    .map((name) => ({ name, entries: entriesOf(name, readFileSync(name, "utf8")) }));
  const files = [suite, release]
    .map((named) => read.map(({ name, entries }) => ({ name, text: textOf(entries, named, suite, types) })))
    .map((each) => each.filter(({ text }) => text !== ""))
    .find(({ length }) => length > 0);
  if (!files)
    throw new Error(`no package source of ${suite} or ${release || "this machine's release"} found`);
  const dump = await must(["apt-config", "dump"]);
  const settings = dump.split("\n").filter((line) => /^Acquire::.*"(?!")/.test(line) && !/::$/.test(line));
  return { files, settings: settings.filter((line) => /::(Check-|http|Retries|ForceIP)/i.test(line)) };
}

/** One enabled line or stanza. */
interface Entry {
  readonly types: readonly string[];
  readonly suites: readonly string[];
  /** The same entry for other types and suites. */
  readonly write: (types: string, suites: readonly string[]) => string;
}

function entriesOf(name: string, text: string): Entry[] {
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  return name.endsWith(".sources")
    ? lines
        .join("\n")
        .split(/\n\s*\n/)
        .flatMap(stanza)
    : lines.flatMap(line);
}

function line(text: string): Entry[] {
  const [, type = "", options = "", uri = "", suite = "", components = ""] =
    /^\s*(deb|deb-src)\s+(\[[^\]]*\]\s+)?(\S+)\s+(\S+)([^#]*)/.exec(text) ?? [];
  if (type === "") return [];
  const write = (types: string, suites: readonly string[]): string =>
    suites.map((each) => `${types} ${options}${uri} ${each}${components.trimEnd()}`).join("\n");
  return [{ types: [type], suites: [suite], write }];
}

function stanza(text: string): Entry[] {
  // A line that begins with a space continues the previous field.
  const fields = text.trim().split(/\n(?!\s)/);
  const words = (field: string): string[] => {
    const found = fields.find((each) => each.toLowerCase().startsWith(`${field}:`)) ?? "";
    return found
      .slice(field.length + 1)
      .trim()
      .split(/\s+/);
  };
  if (/^(no|false|without|off|disable|0)$/i.test(words("enabled")[0] ?? "")) return [];
  const write = (types: string, suites: readonly string[]): string => {
    const kept = fields.filter((field) => !/^(types|suites):/i.test(field));
    return [`Types: ${types}`, `Suites: ${suites.join(" ")}`, ...kept].join("\n");
  };
  return [{ types: words("types"), suites: words("suites"), write }];
}

/** The entries that name a release, with the release replaced by a suite. */
function textOf(entries: readonly Entry[], named: string, suite: string, types: AptRequest["types"]): string {
  const pockets = types === "deb" ? ["", "-updates", "-security", "/updates"] : [""];
  const separator = "\n\n";
  return entries
    .filter((entry) => entry.types.includes("deb"))
    .map((entry) => {
      const found = pockets.filter((pocket) => entry.suites.includes(`${named}${pocket}`));
      return found.length === 0
        ? ""
        : entry.write(
            types,
            found.map((pocket) => `${suite}${pocket}`),
          );
    })
    .filter((text) => text !== "")
    .join(separator);
}
