import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type AgentArchive, agentArchive } from "./agent-archive";

/** The version of this package. */
export function version(): string {
  return manifest().version;
}

/** The agent of this version, where its release has it. */
export function releasedAgent(): Required<AgentArchive> {
  const { version, repository } = manifest();
  const home = repository.url.replace(/\.git$/, "");
  const url = `${home}/releases/download/v${version}/redis-replica-${version}.tar`;
  return { url, sha256: agentSha256() };
}

/** The SHA-256 in hex of the archive of this version. */
export function agentSha256(): string {
  return (digest ??= createHash("sha256").update(agentArchive()).digest("hex"));
}

let digest: string | undefined;

interface Manifest {
  readonly version: string;
  readonly repository: { readonly url: string };
}

let found: Manifest | undefined;

/** package.json, which lies above this file wherever it runs: in the sources, the library or the bundled command. */
function manifest(): Manifest {
  return (found ??= JSON.parse(readFileSync(above(__dirname), "utf8")) as Manifest);
}

function above(folder: string): string {
  const path = join(folder, "package.json");
  return existsSync(path) ? path : above(dirname(folder));
}
