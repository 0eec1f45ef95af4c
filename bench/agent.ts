import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { BootScript, type BootScriptProps, RedisInstall, SecretSource } from "../constructs";
import { type Replica } from "../rehearsal/local/replica";
import { type BenchOptions } from "./bench";
import { lookOf } from "./look";
import { Processes } from "./processes";
import { rusage } from "./rusage";

export const boots = "never";

/** As the preview of the user data at synthesis, and as `base64gzip()` of Terraform. */
const GZIP = { level: 6 };

/** What the agent costs on an instance: looks in a cluster of three real masters, memory, and user data. */
export async function measure({ extent, runs, series }: BenchOptions): Promise<void> {
  const times = runs ?? { full: 20, quick: 10, tiny: 1 }[extent];
  const processes = await Processes.start(3);
  try {
    const replica = await processes.addReplica();
    await replica.start();
    await replica.reaches(/^in sync/);
    const python = processes.programs.python;
    // The first ones fill the file cache. They do not count.
    for (let time = 0; time <= times; time++) {
      const interpreter = await rusage([python, "-IS", "-c", ""]);
      const { command, cwd, env } = replica.agent.invocation(["status"]);
      const start = await rusage(command, { cwd, env });
      const look = await lookOf(replica);
      if (time === 0) continue;
      series.add("python.cpu", "ms", interpreter.cpu);
      series.add("status.cpu", "ms", start.cpu);
      series.add("status.wall", "ms", start.wall);
      series.add("look.cpu", "ms", look.cpu);
      series.add("look.wall", "ms", look.wall);
      series.add("look.rss", "MiB", look.rss);
    }
    series.add("watch.rss", "MiB", await memoryOfWatch(replica, extent === "tiny" ? 1000 : 10_000));
  } finally {
    await processes.close();
  }
  const files = BootScript.files();
  const bytes = files.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  series.add("files.bytes", "B", bytes);
  series.add("user-data.plain", "B", userData({}));
  series.add("user-data.all", "B", userData(EVERYTHING));
}

/** Resident memory of the process that runs all the time, in MiB. It asks the metadata service every five seconds. */
async function memoryOfWatch({ agent }: Replica, milliseconds: number): Promise<number> {
  const { command, cwd, env } = agent.invocation(["watch"]);
  const [program = "", ...argv] = command;
  const child = spawn(program, argv, { cwd, env, stdio: "ignore" });
  try {
    await sleep(milliseconds);
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) / 1024;
  } finally {
    child.kill();
  }
}

const ARN = "arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-AbCdEf";
const secret = (key: string): SecretSource => SecretSource.secretsManager(ARN, { key });

/** Every part of the script that a config can ask for. */
const EVERYTHING: Partial<BootScriptProps> = {
  region: "us-west-2",
  auth: { username: "replica", password: secret("password"), aclFile: secret("acl") },
  tls: { ca: secret("ca"), certificate: secret("certificate"), key: secret("key") },
  dataVolume: true,
  steps: { before: "echo before\n", after: "echo after\n" },
};

/** Bytes of the user data that EC2 gets. */
function userData(props: Partial<BootScriptProps>): number {
  const masters = ["10.0.1.10", "10.0.1.11", "10.0.1.12"];
  const redis = { install: RedisInstall.fromPackage() };
  return gzipSync(new BootScript({ masters, redis, ...props }).text, GZIP).length;
}
