import { gzipSync } from "node:zlib";
import { BootScript, RedisInstall } from "../constructs";
import { hostAgent } from "../rehearsal/agent";
import { insideEnclosure } from "../rehearsal/inside";
import { type Instance } from "../rehearsal/instance";
import { type Replica } from "../rehearsal/local/replica";
import { RedisNode } from "../rehearsal/redis-node";
import { type BenchOptions } from "./bench";
import { BootedCluster, PATIENCE } from "./booted-cluster";
import { commandLine, configWith } from "./built";
import { lookOf } from "./look";
import { type Candidate, measure as measureCommand } from "./measure";
import { Processes } from "./processes";
import { ScriptedCluster } from "./scripted-cluster";
import { type Series } from "./series";
import { Watch } from "./watch";

export const boots = "partly";

/** The masters that an agent and a command are given. They find the others. */
const SEEDS = 3;

const EXTENTS = {
  full: { instances: [1, 2, 4, 8, 16, 24], processes: [1, 2, 4, 8, 16, 24], masters: [3, 60, 500], runs: 3 },
  quick: { instances: [1, 4, 8], processes: [1, 8, 24], masters: [3, 60, 500], runs: 1 },
  tiny: { instances: [], processes: [2], masters: [3], runs: 1 },
};

/** Many replicas at once, as booted instances and as processes, and looks at large clusters. */
export async function measure({ extent, runs, command, series, note }: BenchOptions): Promise<void> {
  const { instances, processes, masters, runs: usual } = EXTENTS[extent];
  const times = runs ?? usual;
  for (const count of masters) {
    note(`looks at ${count} masters`);
    await looksAt(count, extent === "tiny" ? 1 : times * 3, commandLine(command), { series, note });
  }
  for (let run = 0; run < times; run++) {
    for (const count of processes) {
      note(`${count} replicas at once, as processes`);
      await processesAtOnce(count, series);
    }
  }
  if (!insideEnclosure() || instances.length === 0) return;
  for (let run = 0; run < times; run++) {
    const cluster = await BootedCluster.open();
    try {
      for (const count of instances) {
        note(`${count} replicas at once, as booted instances`);
        await instancesAtOnce(cluster, count, series);
      }
    } finally {
      await cluster.close();
    }
  }
}

/** The agent and `status` in a healthy cluster whose servers' answers are scripted. All else is real. */
async function looksAt(
  count: number,
  times: number,
  program: readonly string[],
  { series, note }: Pick<BenchOptions, "series" | "note">,
): Promise<void> {
  const cluster = await ScriptedCluster.start(count);
  const processes = await Processes.start(0);
  try {
    const { port, masters, replica: address } = cluster;
    const replica = await processes.addReplica({ address, port, masters: masters.slice(0, SEEDS) });
    const config = configWith(count, processes.directory);
    const status = statusOf([...program, "-c", config], cluster);
    for (let time = 0; time <= times; time++) {
      const look = await lookOf(replica);
      // The first one fills the file cache.
      if (time === 0) continue;
      series.add(`look.${count}.cpu`, "ms", look.cpu);
      series.add(`look.${count}.wall`, "ms", look.wall);
      series.add(`look.${count}.rss`, "MiB", look.rss);
    }
    // At 500 masters, the command takes seconds.
    for (let time = 0; time < (count > 100 ? 1 : times); time++) {
      // Exit code 2: it gave up on nodes whose answers it could not read in time. That is no measurement.
      const view = await measureCommand(status).catch((error: unknown) => {
        note(String(error).split("\n")[0] ?? "");
      });
      series.add(`status.${count}.wall`, "ms", view?.wall);
      series.add(`status.${count}.cpu`, "ms", view?.cpu);
    }
  } finally {
    await cluster.close();
    await processes.close();
  }
}

function statusOf(program: readonly string[], { masters, port }: ScriptedCluster): Candidate {
  const seeds = masters.slice(0, SEEDS).map((host) => `${host}:${port}`);
  return {
    name: "redis-elastigroup status",
    argv: [...program, "status", "--masters", ...seeds],
    env: { SPOTINST_TOKEN: "", SPOTINST_ACCOUNT: "" },
  };
}

/** Replicas that join a cluster of three masters at once, are interrupted, and are back at once. */
async function processesAtOnce(count: number, series: Series): Promise<void> {
  const processes = await Processes.start(3);
  const watch = await Watch.open(processes.masters.addresses, processes.port);
  try {
    const replicas: Replica[] = [];
    for (let index = 0; index < count; index++) replicas.push(await processes.addReplica());
    const startAll = async (): Promise<number[]> => {
      const since = Date.now();
      for (const replica of replicas) void replica.start();
      return watch.untilOnline(
        replicas.map(({ server }) => server.ip),
        since,
        PATIENCE,
      );
    };
    addTimes(series, `process.${count}.join`, await startAll());
    await addBalance(series, `process.${count}`, watch);
    for (const replica of replicas) await replica.reaches(/^in sync/);
    await Promise.all(replicas.map((replica) => replica.stop()));
    for (const replica of replicas) replica.newInstance();
    addTimes(series, `process.${count}.recover`, await startAll());
  } finally {
    watch.close();
    await processes.close();
  }
}

/** The same with instances that boot. */
async function instancesAtOnce(cluster: BootedCluster, count: number, series: Series): Promise<void> {
  const { stage, watch } = cluster;
  const agent = await hostAgent(stage.mirror);
  const masters = [...stage.masters.addresses];
  const redis = { install: RedisInstall.fromPackage() };
  const userData = gzipSync(new BootScript({ masters, redis, agent }).text);
  const ids = Array.from({ length: count }, (_, index) => `ssi-${count}-${index}`);
  const bootAll = async (): Promise<{ readonly instances: Instance[]; readonly times: number[] }> => {
    const since = Date.now();
    const instances = await Promise.all(ids.map((id) => cluster.launch(id, userData)));
    const addresses = instances.map(({ privateIp }) => privateIp);
    const times = await watch.untilOnline(addresses, since, PATIENCE);
    for (const instance of instances) await cluster.finished(instance);
    return { instances, times };
  };
  const first = await bootAll();
  addTimes(series, `instance.${count}.join`, first.times);
  await addBalance(series, `instance.${count}`, watch);
  await Promise.all(first.instances.map((instance) => cluster.interrupt(instance)));
  const second = await bootAll();
  addTimes(series, `instance.${count}.recover`, second.times);
  const nodes = second.instances.map(({ privateIp }) => new RedisNode(privateIp));
  const nodeIds = await Promise.all(nodes.map((node) => node.cli("CLUSTER", "MYID")));
  await Promise.all(second.instances.map((instance) => cluster.interrupt(instance)));
  for (const [index, id] of ids.entries()) await cluster.forget(id, nodeIds[index] ?? "");
}

/** When the first and the last of several replicas were listed as online. */
function addTimes(series: Series, name: string, times: readonly number[]): void {
  series.add(`${name}.first`, "ms", times[0]);
  series.add(`${name}.last`, "ms", times.at(-1));
}

/** How many more replicas the master with most of them has than that with the fewest. */
async function addBalance(series: Series, name: string, watch: Watch): Promise<void> {
  const counts = await watch.replicasByMaster();
  series.add(`${name}.imbalance`, "", Math.max(...counts) - Math.min(...counts));
}
