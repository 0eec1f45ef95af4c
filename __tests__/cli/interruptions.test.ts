import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PREFIX, ShardWriter } from "../../cluster/drill/writer";
import { ROLL_TIMES } from "../../cluster/roll/roll";
import { until } from "../../rehearsal/wait";
import { redisElastigroup } from "../support/bundle";
import { FaultyApi } from "../support/faulty-api";
import { describeWith } from "../support/needs";
import { Operated } from "../support/operated";
import { run } from "./run";

jest.setTimeout(120_000);

describeWith(["redis-server"], "interruptions", () => {
  let operated: Operated;
  let faulty: FaultyApi;
  /** The requests that get no answer. */
  let hanging: string[] = [];

  beforeAll(async () => {
    operated = await Operated.start({ masters: 2, replicas: 1, count: 2 });
    faulty = await FaultyApi.start(operated.api.url);
  });
  afterAll(async () => {
    await faulty?.close();
    await operated?.close();
  });

  const exists = (command: string) => existsSync(join(operated.folder, `redis-replicas.${command}.json`));
  const requests = (action: string) => operated.api.requests.filter(({ path }) => path.includes(action));

  /** Lets requests of a kind hang, and waits for the first one. */
  function hang(kind: RegExp, after: () => boolean = () => true): () => Promise<unknown> {
    hanging = [];
    faulty.fault = (method, path) => {
      if (!kind.test(`${method} ${path}`) || !after()) return undefined;
      hanging.push(path);
      return { hang: true };
    };
    return () => until("a request hangs", { timeout: 20_000, every: 20 }, () => hanging.length > 0);
  }

  /** Runs a command, sends signals at a moment, and returns how it ended. */
  async function interrupted(
    argv: readonly string[],
    moment: (said: () => string) => Promise<unknown>,
    ...signals: NodeJS.Signals[]
  ) {
    const [node, ...command] = redisElastigroup() as [string, ...string[]];
    const env = { ...process.env, SPOTINST_API_URL: faulty.url };
    const child: ChildProcess = spawn(node, [...command, "-c", operated.config, ...argv, "--yes"], { env });
    let [stdout, stderr] = ["", ""];
    child.stdout!.on("data", (chunk) => (stdout += chunk));
    child.stderr!.on("data", (chunk) => (stderr += chunk));
    const ended = once(child, "close");
    const said = () => stderr;
    await moment(said);
    for (const [index, signal] of signals.entries()) {
      child.kill(signal);
      if (index + 1 < signals.length)
        await until("it says so", { timeout: 5000, every: 10 }, () => stderr.includes("stops after"));
    }
    const [exit, by] = (await ended) as [number | null, NodeJS.Signals | null];
    expect(stderr).not.toMatch(/^\s+at /m);
    return { exit, by, stdout, stderr };
  }

  test("a roll waits for failovers and for instances that Spot replaces meanwhile, also for its own", async () => {
    jest.replaceProperty(ROLL_TIMES, "every", 250);
    const { api, cluster, fleet, real } = operated;
    fleet.bootMs = 1000;
    const [one, other] = operated.stateful.map(({ id, instance }) => ({ id, instanceId: instance!.id }));
    const { owners } = await cluster.look();
    const writers = await Promise.all(owners.map((owner) => ShardWriter.start(cluster, owner)));
    let isAgain = false;
    fleet.beforeStart = () => {
      if (isAgain) return;
      isAgain = true;
      api.interrupt([operated.stateful.find(({ id }) => id === one!.id)!.instance!.id], "gone");
    };
    const awayAt: string[][] = [];
    faulty.fault = (_, path) => {
      if (path.includes("/recycle")) awayAt.push([...fleet.away]);
      return undefined;
    };
    process.env["SPOTINST_API_URL"] = faulty.url;
    const running = run("-c", operated.config, "roll", "--settle", "0", "--yes");
    await until("one is away", { timeout: 20_000, every: 20 }, () => fleet.away.size > 0);
    api.interrupt([other!.instanceId], "gone");
    // One after the other: each of two masters votes once in an epoch.
    for (const replica of real.nodes.slice(2, 4)) {
      await replica.run("CLUSTER", "FAILOVER");
      await until("it owns slots", { timeout: 10_000, every: 20 }, async () => {
        return (await cluster.look()).owners.some(({ id }) => id === replica.id);
      });
    }
    const ended = await running;
    expect(ended).toMatchObject({ exit: 0 });
    expect(ended.stderr).toMatch(/^2\/2 .*: waits: /m);
    expect(awayAt).toEqual([[], []]);
    expect(requests("/recycle").map(({ path }) => /ssi-\w+/.exec(path)![0])).toEqual([one!.id, other!.id]);
    for (const [index, writer] of writers.entries()) {
      await writer.stop();
      const replica = cluster.ownServer(fleet.node([one!, other!][index]!.id));
      expect(await writer.readBack(replica)).toEqual({ lost: 0, lostOnReplica: 0, unread: 0 });
      expect(writer.acknowledged).toBeGreaterThan(10);
      replica.close();
      await writer.remove();
    }
    Object.assign(process.env, operated.environmentOfSpot);
    fleet.bootMs = 0;
    await operated.healthy();
    api.clearRequests();
  });

  test("retire stops, and is continued without deallocating another instance", async () => {
    const [leaving, other] = operated.stateful;
    const argv = ["retire", leaving!.id];
    const isResized = () => requests("/aws/ec2/group/").some(({ method }) => method === "PUT");

    const first = await interrupted(argv, hang(/GET .*status/, isResized), "SIGHUP");
    expect(first).toMatchObject({ exit: 2 });

    const killed = await interrupted(["retire"], hang(/deallocate/), "SIGINT", "SIGINT");
    expect(killed).toMatchObject({ exit: null, by: "SIGINT" });
    expect(exists("retire")).toBe(true);

    faulty.fault = () => undefined;
    const watching = (said: () => string) =>
      until("it watches", { timeout: 30_000, every: 20 }, () => said().includes("watches for 70 s"));
    const last = await interrupted(["retire"], watching, "SIGTERM");
    expect(last).toMatchObject({ exit: 2 });

    expect(await run("-c", operated.config, "retire", "--no-wait", "--yes")).toMatchObject({ exit: 0 });
    expect(exists("retire")).toBe(false);
    expect(operated.stateful.map(({ id, state }) => [id, state])).toEqual([[other!.id, "ACTIVE"]]);
  });

  test("drill stops while the node is away, leaves no key, and roll continues it", async () => {
    operated.fleet.bootMs = 4000;
    const keys = async () =>
      (
        await Promise.all(
          operated.real.nodes.map(({ run: ask }) => ask("KEYS", `${PREFIX}*`).catch(() => [])),
        )
      ).flat();
    const away = () =>
      until("it is away", { timeout: 20_000, every: 20 }, () => requests("/recycle").length > 0);
    const stopped = await interrupted(["drill", "--json"], away, "SIGINT");
    expect(stopped).toMatchObject({ exit: 2 });
    expect(await keys()).toEqual([]);
    expect((await run("-c", operated.config, "drill", "--yes")).stderr).toContain(
      "run `roll` to continue it",
    );
    expect(await run("-c", operated.config, "roll", "--settle", "0", "--yes")).toMatchObject({ exit: 0 });
    expect(requests("/recycle")).toHaveLength(1);

    operated.fleet.bootMs = 500;
    await operated.healthy();
    const measured = async () => {
      await until("it began", { timeout: 20_000, every: 5 }, () => exists("roll"));
      await until("it reads back", { timeout: 20_000, every: 5 }, () => !exists("roll"));
    };
    const last = await interrupted(["drill", "--json"], measured, "SIGTERM");
    expect(last.exit).toBe(0);
    expect(await keys()).toEqual([]);
  });
});
