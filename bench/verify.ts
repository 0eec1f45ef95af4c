import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Connection } from "../cluster/connection";
import { numberIn } from "../cluster/info";
import { freeClusterPort } from "../rehearsal/free-port";
import { findPrograms } from "../rehearsal/local/requirements";
import { Server } from "../rehearsal/local/server";
import { Workplace } from "../rehearsal/local/workplace";
import { until } from "../rehearsal/wait";
import { type BenchOptions } from "./bench";
import { commandLine, configWith } from "./built";
import { measure as measureCommand } from "./measure";
import { type Series } from "./series";

export const boots = "never";

const MASTER = "127.0.1.1";
const REPLICA = "127.0.2.1";
const VALUE_BYTES = 100;
/** Milliseconds between two questions of a client that the comparison may delay. */
const PAUSE = 5;
const TIMEOUT = 60_000;

/** `verify --digest` on a master and its replica, with and without the right to use DEBUG. */
export async function measure({ extent, runs, command, series, note }: BenchOptions): Promise<void> {
  const times = runs ?? { full: 5, quick: 2, tiny: 1 }[extent];
  const keys = extent === "tiny" ? 2000 : 1_000_000;
  const programs = await findPrograms();
  const workplace = new Workplace([programs.executable]);
  try {
    const port = await freeClusterPort();
    const start = async (ip: string): Promise<Server> => {
      const directory = join(workplace.directory, ip);
      mkdirSync(directory);
      const server = new Server(ip, port, join(directory, "log"), programs.server);
      server.spawn(...argumentsOf(server, directory));
      await server.untilAnswers();
      return server;
    };
    const [master, replica] = [await start(MASTER), await start(REPLICA)];
    note(`writing ${keys} keys`);
    await populate(master, keys);
    await follow(replica, master);
    const seeds = `${master.ip}:${master.port}`;
    const config = configWith(1, workplace.directory);
    const argv = [...commandLine(command), "-c", config, "verify", "--digest", "--masters", seeds];
    const verify = (method: Method) => verifyOnce(method, { argv, master, keys, series });
    for (let time = 0; time < times; time++) {
      await verify("debug");
      // As where `enable-debug-command` is `no`, which is its default.
      for (const server of [master, replica]) await server.ask("ACL", "SETUSER", "default", "-debug");
      await verify("dump");
      for (const server of [master, replica]) await server.ask("ACL", "SETUSER", "default", "+debug");
    }
  } finally {
    await workplace.close();
  }
}

function argumentsOf({ ip, port }: Server, directory: string): string[] {
  const options = {
    ...{ bind: ip, port, dir: directory, save: "", "protected-mode": "no" },
    ...{ "cluster-enabled": "yes", "cluster-announce-ip": ip, "replica-announce-ip": ip },
    ...{ "enable-debug-command": "yes", "repl-diskless-sync-delay": 0 },
  };
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

/** All slots in one master, so that one process of the command compares all keys. */
async function populate(master: Server, keys: number): Promise<void> {
  await master.ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
  const connection = await Connection.open({ host: master.ip, port: master.port }, {}, TIMEOUT);
  await connection.send(["DEBUG", "POPULATE", String(keys), "key", String(VALUE_BYTES)], TIMEOUT);
  connection.close();
}

async function follow(replica: Server, master: Server): Promise<void> {
  const id = String(await master.ask("CLUSTER", "MYID"));
  await replica.ask("CLUSTER", "MEET", master.ip, String(master.port));
  await until("the replica knows the master", { timeout: TIMEOUT }, () =>
    replica.ask("CLUSTER", "REPLICATE", id).then(
      () => true,
      () => false,
    ),
  );
  await until("the link is up", { timeout: TIMEOUT }, async () => {
    return (await replica.info())["master_link_status"] === "up";
  });
  // A server that starts reports for two seconds that the cluster is down.
  for (const server of [master, replica])
    await until("the cluster is up", { timeout: TIMEOUT }, async () =>
      String(await server.ask("CLUSTER", "INFO")).includes("cluster_state:ok"),
    );
  // Gossip has told the master the role of its replica.
  await until("the master lists its replica", { timeout: TIMEOUT }, async () => {
    return /slave/.test(String(await master.ask("CLUSTER", "NODES")));
  });
}

type Method = "debug" | "dump";

interface Verification {
  readonly argv: readonly string[];
  readonly master: Server;
  readonly keys: number;
  readonly series: Series;
}

/** One run of the command. It fails unless all keys are equal. */
async function verifyOnce(method: Method, { argv, master, keys, series }: Verification): Promise<void> {
  const before = await cpuOf(master);
  const delays = await Delays.start(master);
  const cost = await measureCommand({ name: "verify", argv }).catch(async (error: unknown) => {
    await delays.stop();
    throw error;
  });
  const { p99, max } = await delays.stop();
  const load = (await cpuOf(master)) - before;
  series.add(`${method}.wall`, "ms", cost.wall);
  series.add(`${method}.cpu`, "ms", cost.cpu);
  series.add(`${method}.rss`, "MiB", cost.rss);
  series.add(`${method}.keys-per-core`, "keys/s", (keys / cost.cpu) * 1000);
  series.add(`${method}.keys`, "keys/s", (keys / cost.wall) * 1000);
  series.add(`${method}.master-cpu`, "ms", load);
  series.add(`${method}.delay-p99`, "ms", p99);
  series.add(`${method}.delay-max`, "ms", max);
}

/** CPU time of a server since its start, in milliseconds. */
async function cpuOf(server: Server): Promise<number> {
  const info = await server.info();
  return ((numberIn(info, "used_cpu_user") ?? NaN) + (numberIn(info, "used_cpu_sys") ?? NaN)) * 1000;
}

/** How long another client waits for the answers of a server. */
class Delays {
  private runs = true;
  private readonly delays: number[] = [];
  private readonly loop: Promise<void>;

  private constructor(private readonly connection: Connection) {
    this.loop = this.run();
    this.loop.catch(() => undefined); // reported by `stop`
  }

  static async start({ ip, port }: Server): Promise<Delays> {
    return new Delays(await Connection.open({ host: ip, port }, {}, TIMEOUT));
  }

  async stop(): Promise<{ readonly p99: number; readonly max: number }> {
    this.runs = false;
    await this.loop.finally(() => this.connection.close());
    const sorted = this.delays.sort((a, b) => a - b);
    return { p99: sorted[Math.floor(sorted.length * 0.99)] ?? NaN, max: sorted.at(-1) ?? NaN };
  }

  private async run(): Promise<void> {
    for (; this.runs; await sleep(PAUSE)) {
      const begun = performance.now();
      await this.connection.send(["PING"], TIMEOUT);
      this.delays.push(performance.now() - begun);
    }
  }
}
