import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { type ClusterNode } from "../../cluster/cluster-nodes";
import { ShardWriter } from "../../cluster/drill/writer";
import { ROLL_TIMES } from "../../cluster/roll/roll";
import { until } from "../../rehearsal/wait";
import { redisElastigroup } from "../support/bundle";
import { FaultyApi } from "../support/faulty-api";
import { describeWith } from "../support/needs";
import { Operated } from "../support/operated";
import { json, run } from "./run";

jest.setTimeout(120_000);

describeWith(["redis-server"], "roll", () => {
  let operated: Operated;
  let faulty: FaultyApi;

  beforeAll(async () => {
    // Of loopback servers, most looks would find nothing new after a second's wait.
    jest.replaceProperty(ROLL_TIMES, "every", 400);
    // Redis's default. With 2 s, a busy machine holds elections that no test has asked for.
    const directives = ["cluster-node-timeout 15000"];
    operated = await Operated.start({ masters: 3, replicas: 0, count: 6, directives });
    faulty = await FaultyApi.start(operated.api.url);
  });
  afterAll(async () => {
    await faulty?.close();
    await operated?.close();
  });
  beforeEach(async () => {
    operated.fleet.bootMs = 0;
    await operated.healthy();
    operated.api.clearRequests();
    operated.fleet.mostAway = 0;
  });
  afterEach(() => {
    Object.assign(process.env, operated.environmentOfSpot);
    faulty.fault = () => undefined;
  });

  const stateFile = () => join(operated.folder, "redis-replicas.roll.json");
  /** No user data runs on these instances. */
  const roll = (...argv: string[]) => run("-c", operated.config, "roll", "--settle", "0", ...argv);
  const recycles = () => operated.api.requests.filter(({ path }) => path.includes("/recycle"));
  const first = () => operated.stateful[0]!;

  test("recycles every replica, at most one at a time, each in sync before the next", async () => {
    const before = operated.stateful.map(({ instance }) => instance!.id);
    const ended = await roll("--yes", "--json");
    expect(ended.stderr).toBe("");
    expect(ended.exit).toBe(0);
    const { result, state_file, replicas } = json(ended) as any;
    expect({ result, state_file }).toEqual({ result: "done", state_file: null });
    expect(replicas.map((each: any) => each.previous_instance_id)).toEqual(before);
    expect(replicas.map((each: any) => each.instance_id)).toEqual(
      operated.stateful.map(({ instance }) => instance!.id),
    );
    for (const each of replicas) expect(each.node_id).toBe(each.previous_node_id);
    expect(operated.fleet.mostAway).toBe(1);
    expect(existsSync(stateFile())).toBe(false);
  });

  test("asks for a confirmation where there is no terminal: with --yes", async () => {
    const ended = await roll();
    expect(ended).toMatchObject({ exit: 1, stdout: "" });
    expect(ended.stderr).toContain("Confirm with `--yes`");
    expect(recycles()).toEqual([]);
  });

  test("an owner comes last, and hands over first; no acknowledged write is lost meanwhile", async () => {
    const node = operated.fleet.node(first().id);
    await node.run("CLUSTER", "FAILOVER");
    await until("the replica of the group owns slots", { timeout: 10_000 }, async () => {
      return (await operated.cluster.look()).owners.some(({ id }) => id === node.id);
    });
    await operated.healthy();
    const old = (await operated.cluster.look())
      .replicasOf(node.id)
      .find(({ address }) => address === "127.0.0.1")!;
    const view = await operated.cluster.look();
    const writers = await Promise.all(view.owners.map((each) => ShardWriter.start(operated.cluster, each)));
    const ended = await roll("--yes", "--json");
    for (const [index, writer] of writers.entries()) {
      await writer.stop();
      const [{ address: host, port }] = view.replicasOf(view.owners[index]!.id) as [ClusterNode];
      const replica = operated.cluster.ownServer({ host, port });
      expect(await writer.readBack(replica)).toEqual({ lost: 0, lostOnReplica: 0, unread: 0 });
      expect(writer.acknowledged).toBeGreaterThan(100);
      replica.close();
      await writer.remove();
    }
    expect(ended.exit).toBe(0);
    const { replicas } = json(ended) as any;
    expect(operated.fleet.mostAway).toBe(1);
    expect(replicas.at(-1)).toMatchObject({ stateful_instance_id: first().id, node_id: node.id });
    expect(Object.keys(replicas.at(-1).seconds)).toEqual(["handing_over", "recycling", "waiting_for_node"]);
    expect((await operated.cluster.look()).owners.map(({ id }) => id)).toContain(old.id);
  });

  test("nothing is recycled while a node does not answer", async () => {
    const other = operated.fleet.node(operated.stateful[1]!.id);
    operated.real.pause(other, true);
    try {
      const ended = await roll("--yes", "--json", "--only", first().privateIp!);
      expect(ended.exit).toBe(2);
      expect(json(ended)).toMatchObject({
        result: "refused",
        state_file: null,
        refusals: [{ kind: "no_answer", subject: `node ${other.host}:${other.port}` }],
      });
      expect(recycles()).toEqual([]);
      expect(existsSync(stateFile())).toBe(false);
    } finally {
      operated.real.pause(other, false);
    }
  });

  test("a shard keeps a second copy, unless a single one is accepted", async () => {
    const view = await operated.cluster.look();
    const id = operated.fleet.node(first().id).id;
    const sibling = view.replicasOf(view.agreed(id)!.master!).find((node) => node.id !== id)!;
    // The other replica of the shard is in another one for now.
    const elsewhere = view.owners.find(({ id: owner }) => owner !== sibling.master)!;
    const node = operated.real.nodes.find((each) => each.id === sibling.id)!;
    await node.run("CLUSTER", "REPLICATE", elsewhere.id);
    try {
      await operated.healthy();
      const refused = await roll("--yes", "--json", "--only", id);
      expect(refused.exit).toBe(2);
      expect(json(refused)).toMatchObject({ refusals: [{ kind: "single_copy" }] });
      expect(recycles()).toEqual([]);
      expect((await roll("--yes", "--only", id, "--allow-single-copy")).exit).toBe(0);
    } finally {
      await node.run("CLUSTER", "REPLICATE", sibling.master!);
    }
  });

  test.each([
    ["500 although it was carried out", { status: 500, forward: true }],
    [
      "a page of HTML although it was carried out",
      { status: 200, body: "<html>proxy</html>", forward: true },
    ],
  ])("a recycle that is answered with %s is requested once", async (_, fault) => {
    process.env["SPOTINST_API_URL"] = faulty.url;
    faulty.fault = (_method, path) => (path.includes("/recycle") ? fault : undefined);
    const ended = await roll("--yes", "--only", first().id);
    expect(ended.exit).toBe(0);
    expect(recycles()).toHaveLength(1);
    expect(ended.stderr).toContain(fault.status === 500 ? "500" : "not the JSON of the API");
  });

  test("429 is retried, and an instance that the API forgets for a while is waited for", async () => {
    process.env["SPOTINST_API_URL"] = faulty.url;
    let [throttled, forgotten] = [0, 0];
    faulty.fault = (method, path) => {
      if (path.includes("/recycle") && throttled++ === 0)
        return { status: 429, body: "", headers: { "retry-after": "0" } };
      if (method === "GET" && /statefulInstance\b/.test(path) && recycles().length > 0 && forgotten++ < 2)
        return { change: (items) => items.filter(({ id }) => id !== first().id) };
      return undefined;
    };
    const ended = await roll("--yes", "--only", first().id);
    expect(ended.exit).toBe(0);
    expect(ended.stderr).toContain("waits: Spot does not list it");
    expect(recycles()).toHaveLength(1);
  });

  test("a replica that was promoted while the API limited the rate hands over before it is recycled", async () => {
    process.env["SPOTINST_API_URL"] = faulty.url;
    // Not of the shard in the test above: its former owner would stand for election again only a minute later.
    const { id } = operated.stateful[1]!;
    const node = operated.fleet.node(id);
    let promoted: Promise<unknown> | undefined;
    faulty.fault = (_, path) => {
      if (!path.includes("/recycle") || promoted !== undefined) return undefined;
      promoted = node.run("CLUSTER", "FAILOVER");
      return { status: 429, body: "", headers: { "retry-after": "5" } };
    };
    const ended = await roll("--yes", "--json", "--only", id);
    await promoted;
    expect(ended.exit).toBe(0);
    expect((json(ended) as any).replicas[0].seconds).toHaveProperty("handing_over");
    expect(recycles()).toHaveLength(1);
  });

  test("an instance in the state ERROR ends it, and a later run continues where it stopped", async () => {
    process.env["SPOTINST_API_URL"] = faulty.url;
    faulty.fault = (method, path) =>
      method === "GET" && /statefulInstance\b/.test(path) && recycles().length > 0
        ? {
            change: (items) =>
              items.map((item) => (item.id === first().id ? { ...item, state: "ERROR" } : item)),
          }
        : undefined;
    const failed = await roll("--yes", "--only", first().id);
    expect(failed).toMatchObject({ exit: 1, stdout: "" });
    expect(failed.stderr).toContain("its state is ERROR");
    const text = readFileSync(stateFile(), "utf8");
    expect(text).not.toContain(process.env["SPOTINST_TOKEN"]);
    expect(JSON.parse(text).replicas).toMatchObject([{ phase: "recycling" }]);
    faulty.fault = () => undefined;
    expect((await roll("--yes")).exit).toBe(0);
    expect(recycles()).toHaveLength(1);
    expect(existsSync(stateFile())).toBe(false);
  });

  test("a state that is not documented is waited for, and named at the time limit", async () => {
    process.env["SPOTINST_API_URL"] = faulty.url;
    faulty.fault = (method, path) =>
      method === "GET" && /statefulInstance\b/.test(path) && recycles().length > 0
        ? {
            change: (items) =>
              items.map((item) => (item.id === first().id ? { ...item, state: "ODD" } : item)),
          }
        : undefined;
    const failed = await roll("--yes", "--only", first().id, "--timeout", "0.03");
    expect(failed.exit).toBe(1);
    expect(failed.stderr).toMatch(/recycling for \d+ s: its state is ODD\n$/);
    faulty.fault = () => undefined;
    expect((await roll("--yes")).exit).toBe(0);
  });

  test.each([
    ["a wrong account", { SPOTINST_ACCOUNT: "act-other" }, "check SPOTINST_TOKEN and SPOTINST_ACCOUNT"],
    ["a wrong token", { SPOTINST_TOKEN: "wrong-token" }, "401"],
    ["an API that is not there", { SPOTINST_API_URL: "http://127.0.0.1:9" }, "Spot API: GET"],
  ])("%s is one line and exit code 1", async (_, environment, message) => {
    Object.assign(process.env, environment);
    const ended = await roll("--yes");
    expect(ended).toMatchObject({ exit: 1, stdout: "" });
    expect(ended.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).not.toContain("wrong-token");
  });

  test("masters that refuse the password are one line each, without the password", async () => {
    for (const { run: ask } of operated.real.masters) await ask("CONFIG", "SET", "requirepass", "secret-one");
    process.env["REDISCLI_AUTH"] = "secret-two";
    try {
      const ended = await roll("--yes", "--user", "default");
      expect(ended).toMatchObject({ exit: 1, stdout: "" });
      const lines = ended.stderr.trimEnd().split("\n");
      expect(lines).toEqual(
        operated.real.seeds.map((seed) => expect.stringContaining(`no answer from ${seed}: WRONGPASS`)),
      );
      expect(ended.stderr).not.toContain("secret");
    } finally {
      delete process.env["REDISCLI_AUTH"];
      for (const { run: ask } of operated.real.masters) await ask("CONFIG", "SET", "requirepass", "");
    }
  });

  test("a state file of another group, with other options, or of another process is refused", async () => {
    const state = {
      ...{ format_version: "1.0", command: "roll", cluster: "redis-replicas", group_ids: ["sig-other"] },
      ...{
        fresh_root: false,
        started_at: "2025-01-01T00:00:00.000Z",
        root_persistence_off: [],
        replicas: [],
      },
      process: { host: "elsewhere", pid: 1 },
    };
    const attempt = async (text: string, ...argv: string[]) => {
      writeFileSync(stateFile(), text);
      const ended = await roll("--yes", ...argv);
      expect(ended.exit).toBe(1);
      return ended.stderr;
    };
    expect(await attempt(JSON.stringify(state))).toContain("has the roll of redis-replicas (sig-other)");
    const own = { ...state, group_ids: [operated.groupId] };
    expect(await attempt(JSON.stringify(own), "--one")).toContain("has a roll that is not finished");
    expect(await attempt("{")).toContain("is not the state of a roll: it is no JSON");
    expect(await attempt(JSON.stringify({ ...own, process: 1 }))).toContain("process: ");
    const running = { ...own, process: { host: hostname(), pid: process.ppid } };
    const elsewhere = join(operated.folder, "elsewhere.json");
    expect(await attempt(JSON.stringify(running), "--state", elsewhere)).toContain("works on it");
    writeFileSync(stateFile(), JSON.stringify(own));
    expect((await roll("--yes")).exit).toBe(0);
    expect(recycles()).toEqual([]);
  });

  /** A roll in a process of its own, which is killed as soon as its state file has a text. */
  async function killed(text: RegExp, signal: NodeJS.Signals, ...argv: string[]): Promise<number | null> {
    const [node, ...command] = redisElastigroup() as [string, ...string[]];
    const child = spawn(
      node,
      [...command, "-c", operated.config, "roll", "--settle", "0", "--yes", ...argv],
      {
        stdio: "ignore",
        // The environment of a test is not that of its process.
        env: { ...process.env },
      },
    );
    const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
    await until(`its state has ${String(text)}`, { timeout: 30_000, every: 10 }, () => {
      // Before the request, the next run would wait for a minute whether it was carried out.
      return recycles().length > 0 && existsSync(stateFile()) && text.test(readFileSync(stateFile(), "utf8"));
    });
    child.kill(signal);
    return exit;
  }

  test.each([
    ["recycling", "SIGKILL"],
    ["waiting_for_node", "SIGKILL"],
    ["recycling", "SIGINT"],
  ] as const)(
    "killed while %s by %s: the next run continues, and recycles no replica twice",
    async (phase, signal) => {
      operated.fleet.bootMs = 3000;
      const [one, other] = operated.stateful;
      const exit = await killed(new RegExp(`"phase": "${phase}"`), signal, "--only", one!.id, other!.id);
      if (signal === "SIGINT") expect(exit).toBe(2);
      operated.fleet.bootMs = 0;
      const ended = await roll("--yes", "--json");
      expect(ended.exit).toBe(0);
      expect((json(ended) as any).replicas).toHaveLength(2);
      expect(recycles().map(({ path }) => /ssi-[^/]+/.exec(path)![0])).toEqual([one!.id, other!.id]);
      expect(operated.fleet.mostAway).toBe(1);
      expect(existsSync(stateFile())).toBe(false);
    },
  );

  describe("--fresh-root", () => {
    const persistence = () =>
      operated.api.requests
        .filter(({ method, path }) => method === "PUT" && !path.includes("statefulInstance"))
        .map(({ body }) => (body as any).group.strategy.persistence.shouldPersistRootDevice as boolean);
    const isOn = () =>
      (operated.api.groups.get(operated.groupId) as any).strategy.persistence.shouldPersistRootDevice;

    test("replaces the root volume: the node is new, and persistence is on again", async () => {
      const id = operated.fleet.node(first().id).id;
      const ended = await roll("--yes", "--json", "--fresh-root", "--only", first().id);
      expect(ended.exit).toBe(0);
      expect(persistence()).toEqual([false, true]);
      const [replica] = (json(ended) as any).replicas;
      expect(replica.previous_node_id).toBe(id);
      expect(replica.node_id).toBe(operated.fleet.node(first().id).id);
      expect(replica.node_id).not.toBe(id);
    });

    test("says what is deleted before it asks", async () => {
      const { stderr, exit } = await roll("--fresh-root", "--one");
      expect(exit).toBe(1);
      expect(stderr).toContain("root volumes are deleted with Redis's data");
      expect(persistence()).toEqual([]);
    });

    test("an API failure switches persistence on again", async () => {
      process.env["SPOTINST_API_URL"] = faulty.url;
      const errors = [{ code: "CANT_UPDATE_STATEFUL_INSTANCE", message: "not now" }];
      const body = JSON.stringify({ response: { errors } });
      faulty.fault = (_, path) => (path.includes("/recycle") ? { status: 400, body } : undefined);
      const ended = await roll("--yes", "--fresh-root", "--only", first().id);
      expect(ended.exit).toBe(1);
      expect(isOn()).toBe(true);
      faulty.fault = () => undefined;
      expect((await roll("--yes")).exit).toBe(0);
      expect(persistence()).toEqual([false, true, false, true]);
    });

    test("a killed process leaves it off, and the next run switches it on", async () => {
      operated.fleet.bootMs = 2000;
      const id = operated.fleet.node(first().id).id;
      await killed(/"phase": "recycling"/, "SIGKILL", "--fresh-root", "--only", first().id);
      expect((await roll("--yes")).exit).toBe(0);
      expect(isOn()).toBe(true);
      expect(operated.fleet.node(first().id).id).not.toBe(id);
    });
  });
});
