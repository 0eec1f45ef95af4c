import { existsSync, readFileSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Outcome } from "../../local/agent";
import { type Cluster, nodesOf } from "./cluster";

/** More bytes than an RDB without keys, and fewer than one with the keys of a shard. */
const emptyRdb = 500;

/** Problems in the results of the agent's commands. */
export function wrongEndings(outcomes: readonly Outcome[], state: string): string[] {
  const problems = outcomes.flatMap(({ command, code, log }) => {
    const codes = /^stop/.test(command) ? [0] : [0, 10, 20];
    return [
      ...(codes.includes(code) ? [] : [`${command} ended with ${code}`]),
      ...(/Traceback/.test(log) ? [`${command}: ${log}`] : []),
      ...log
        .split("\n")
        .filter((line) =>
          /^redis-replica: (waiting: )?[A-Za-z]*(Error|Exception|Unknown|Refused|Leave): /.test(line),
        )
        .map((line) => `${command}: an unhandled exception: ${line}`),
    ];
  });
  if (!/^(waiting|refused|in sync|promoted): \S/.test(state))
    problems.push(`the state has no reason: ${state}`);
  return problems;
}

export function stateOf(cluster: Cluster): string {
  return read(join(cluster.root, "run/redis-replica/state")).trim();
}

/** Files that may contain the only copy of the keys. */
export function generations(cluster: Cluster): Readonly<Record<string, boolean>> {
  const places = ["redis/kept/dump.rdb", "redis-replica/aside/dump.rdb"];
  return Object.fromEntries(
    places.map((place) => [place, size(join(cluster.root, "var/lib", place)) > emptyRdb]),
  );
}

/**
 * Problems of the node itself. There must be none at any moment between two commands. A state does not include the
 * master that did not answer the run: `silent` is its address.
 */
export async function wrongNode(cluster: Cluster, silent?: string): Promise<string[]> {
  const { replica, root } = cluster;
  const problems: string[] = [];
  const receipt = existsSync(join(root, "var/lib/redis-replica/receipt"));
  if (replica.pid === 0) return problems;
  if (receipt) problems.push("Redis runs, but there is still a receipt");
  const info = await replica.info().catch(() => undefined);
  if (!info || info["loading"] === "1") return problems;
  const state = stateOf(cluster);
  const nodes = await nodesOf(replica);
  const me = nodes.find(({ flags }) => flags.includes("myself"));
  const owns = (me?.slots.length ?? 0) > 0;
  const manifest = existsSync(join(root, "var/lib/redis/appendonlydir/appendonly.aof.manifest"));
  if (info["aof_enabled"] === "1") {
    const deleted = openFiles(replica.pid).filter((file) => /appendonlydir.*\(deleted\)/.test(file));
    if (deleted.length > 0) problems.push(`Redis writes into deleted files: ${deleted.join(", ")}`);
    if (info["aof_rewrite_in_progress"] === "0" && info["aof_rewrite_scheduled"] === "0" && !manifest)
      problems.push("the append-only file is on and has no manifest");
  }
  if (state.startsWith("promoted")) {
    if (!owns) problems.push(`the node owns no slots, and its state is ${state}`);
    if (info["aof_enabled"] !== "1" || !manifest) problems.push("promoted without an append-only file");
  }
  if (owns) return problems;
  const up = info["master_link_status"] === "up";
  const owner = nodes.find(({ id }) => id === me?.master);
  if (state.startsWith("in sync")) {
    if (!up) problems.push("in sync, but the link is down");
    if (!owner?.slots.length) problems.push("in sync with a master that owns no slots");
    for (const server of cluster.masters.filter(({ pid, ip }) => pid && ip !== silent)) {
      const line = (await nodesOf(server)).find(({ id }) => id === me?.id);
      if (!line?.flags.includes("slave"))
        problems.push(`in sync, but ${server.ip} does not list it as a replica`);
    }
  }
  if (!me?.flags.includes("nofailover") && !up) problems.push("it may be elected, but its link is down");
  return problems;
}

/** Keys that a shard's owner lacks, or that the replica lacks although its state is in sync. */
export async function lost(cluster: Cluster): Promise<string[]> {
  const problems: string[] = [];
  for (const shard of [0, 1, 2]) {
    const owner = await cluster.owner(shard);
    const missing = await cluster.missing(owner, shard);
    if (missing > 0) problems.push(`${owner.ip}, the owner of shard ${shard}, lacks ${missing} keys`);
  }
  if (cluster.replica.pid > 0 && stateOf(cluster).startsWith("in sync")) {
    const missing = await cluster.missing(cluster.replica, 0);
    if (missing > 0) problems.push(`the replica is in sync and lacks ${missing} keys`);
  }
  return problems;
}

function openFiles(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return "";
    }
  });
}

function size(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
