import { type Answer, map } from "../answer";
import { type Release } from "./expectations";
import { type NodeFacts } from "./node-facts";

/** The server of a node. */
export function releaseOf({ member, name }: NodeFacts): Answer<Release> {
  return map(member.info, ({ valkey_version: valkey, redis_version: redis }) => {
    const version = valkey ?? redis;
    if (version === undefined) throw new Error(`${name}: INFO has no redis_version`);
    return { engine: valkey === undefined ? "redis" : "valkey", version };
  });
}

/** A release for people. */
export function showRelease({ engine, version }: Release): string {
  return `${engine === "valkey" ? "Valkey" : "Redis"} ${version}`;
}

/** Whether a server can load what a master sends; docs/instance.md has the table. */
export function canFollow(server: Release, master: Release): boolean {
  if (server.engine === master.engine) return minorOf(server) >= minorOf(master);
  if (server.engine === "valkey") return minorOf(master) <= 7002;
  return minorOf(master) < 9000 && minorOf(server) >= 7002;
}

/** A number that orders major and minor versions. */
function minorOf({ version }: Release): number {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major * 1000 + minor;
}
