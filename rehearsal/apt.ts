import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "./run";

/**
 * The machine's own package sources, as far as they are for its own release, and its own settings for
 * reaching them: whoever mirrors Debian somewhere else, or uses a proxy, has said so there.
 */
export interface AptSources {
  readonly release: string;
  /** In the one-line or the stanza format, and never both in one file. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** `Acquire::…` settings, one a line. */
  readonly settings: readonly string[];
}

export async function aptSources(etc = "/etc"): Promise<AptSources> {
  const release = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync(join(etc, "os-release"), "utf8"))?.[1] ?? "";
  const parts = join(etc, "apt/sources.list.d");
  const names = existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : [];
  const files = [join(etc, "apt/sources.list"), ...names]
    .filter((name) => /\.(list|sources)$/.test(name) && existsSync(name))
    .map((name) => ({ name, text: ofRelease(name, readFileSync(name, "utf8"), release) }))
    .filter(({ text }) => text !== "");
  if (files.length === 0)
    throw new Error(`no package source of ${release || "this machine's release"} found`);
  const dump = await must(["apt-config", "dump"]);
  const settings = dump.split("\n").filter((line) => /^Acquire::.*"(?!")/.test(line) && !/::$/.test(line));
  return {
    release,
    files,
    settings: settings.filter((line) => /::(Check-|http|Retries|ForceIP)/i.test(line)),
  };
}

/** The entries that speak of the release. */
function ofRelease(name: string, text: string, release: string): string {
  const uncommented = text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
  const [separator, pattern] = name.endsWith(".sources")
    ? [/\n\s*\n/, new RegExp(`^Suites:.*\\b${release}\\b`, "m")]
    : ["\n", new RegExp(`^deb\\s.*\\s${release}\\b`)];
  const entries = uncommented.split(separator).filter((entry) => pattern.test(entry));
  return entries.map((entry) => entry.trim()).join(name.endsWith(".sources") ? "\n\n" : "\n");
}

/** Source packages of another suite of the same mirrors: of the entries that name the release itself. */
export function sourcesOf(suite: string, release: string, file: AptSources["files"][number]): string {
  if (!file.name.endsWith(".sources")) {
    const own = file.text.split("\n").filter((line) => line.split(/\s+/).includes(release));
    return own
      .map((line) => line.replace(/^deb\s/, "deb-src ").replace(` ${release} `, ` ${suite} `))
      .join("\n");
  }
  const own = file.text
    .split("\n\n")
    .filter((entry) => new RegExp(`^Suites:.*\\b${release}(\\s|$)`, "m").test(entry));
  return own
    .map((entry) =>
      entry.replace(/^Types:.*$/m, "Types: deb-src").replace(/^Suites:.*$/m, `Suites: ${suite}`),
    )
    .join("\n\n");
}

/** The same entries for source packages. */
export function withSources(file: AptSources["files"][number]): string {
  return file.name.endsWith(".sources")
    ? file.text.replace(/^Types:.*$/gm, "Types: deb deb-src")
    : file.text.replace(/^deb\s.*$/gm, (line) => `${line}\n${line.replace(/^deb/, "deb-src")}`);
}
