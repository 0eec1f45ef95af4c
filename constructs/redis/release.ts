import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { agentArchive } from "./agent-archive";
import { findUp } from "./find-up";

/** The version of this package. */
export function version(): string {
  return manifest().version;
}

/** The name of this package. */
export function packageName(): string {
  return manifest().name;
}

/** The name of the agent's archive of this version. */
export function agentFile(): string {
  return `redis-replica-${version()}.tar`;
}

/** The URL of the agent's archive in the release of this version. */
export function agentUrl(): string {
  const { version, repository } = manifest();
  const home = repository.url.replace(/\.git$/, "");
  return `${home}/releases/download/v${version}/${agentFile()}`;
}

/** The SHA-256 in hex of the archive of this version. */
export function agentSha256(): string {
  return (digest ??= createHash("sha256").update(agentArchive()).digest("hex"));
}

let digest: string | undefined;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly repository: { readonly url: string };
}

let found: Manifest | undefined;

/** The package.json of this package. */
function manifest(): Manifest {
  return (found ??= JSON.parse(readFileSync(findUp("package.json"), "utf8")) as Manifest);
}
