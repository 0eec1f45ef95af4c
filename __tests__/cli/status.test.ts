import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createNetServer } from "node:net";
import { join } from "node:path";
import { until } from "../../rehearsal/wait";
import { exampleText } from "../config/example";
import { file, ROOT, temporaryFolder } from "../support/folder";
import { PaperFleet } from "../../rehearsal/spot-api/paper-fleet";
import { SpotApi } from "../../rehearsal/spot-api/spot-api";
import { groupBody } from "../rehearsal/spot-api/fixtures";
import { redisElastigroup } from "../support/bundle";
import { type Fault, FaultyApi } from "../support/faulty-api";
import { LoopbackCluster } from "../support/loopback-cluster";
import { describeWith } from "../support/needs";
import { EXAMPLE_GROUP, Live } from "./live";
import { json, run } from "./run";

interface Found {
  readonly healthy: boolean;
  readonly replicas: readonly Record<string, unknown>[];
  readonly findings: readonly { readonly subject: string; readonly kind: string; readonly detail: string }[];
  readonly groups: readonly {
    readonly differences: readonly Record<string, unknown>[];
    readonly not_compared: readonly string[];
  }[];
  readonly cost: Record<string, unknown>;
}

describeWith(["redis-server"], "status", () => {
  const folder = temporaryFolder();
  let live: Live;

  beforeAll(async () => {
    live = await Live.start(folder);
  }, 120_000);
  afterAll(() => live?.close());
  afterEach(() => live.useSpot());

  const [node, ...command] = redisElastigroup() as [string, ...string[]];
  const found = (ended: Awaited<ReturnType<Live["run"]>>): Found => (json(ended)["clusters"] as [Found])[0];
  const status = async (...argv: string[]): Promise<Found> =>
    found(await live.run("status", "--json", ...argv));

  test("a row joins a stateful instance with the node at its address, within 100 columns", async () => {
    const { exit, stdout } = await live.run("status");
    expect(exit).toBe(0);
    expect(stdout).toMatch(
      /ssi-00000001 +ACTIVE +r6i\.large spot +us-west-2a +127\.0\.1\.4 +replica +127\.0\.1\.1 +up +0 B +in sync/,
    );
    expect(
      Math.max(
        ...stdout
          .split("\n")
          .slice(1)
          .map(({ length }) => length),
      ),
    ).toBeLessThanOrEqual(100);
  });

  test("without credentials it has the nodes, and a line about the missing part", async () => {
    live.dropSpot();
    const { exit, stdout } = await live.run("status");
    expect(exit).toBe(0);
    expect(stdout).toContain(
      "Spot: not asked, since there are no credentials; set SPOTINST_TOKEN and SPOTINST_ACCOUNT",
    );
    expect(stdout).toMatch(/127\.0\.1\.4 +replica/);
    expect(stdout).not.toContain("INSTANCE");
  });

  test("each difference between the config and the group is one line, and exits with 2", async () => {
    const changes = { replicas: 4, imageId: "ami-0fedcba9876543210", persistence: { privateIp: false } };
    const ended = await run("status", "-c", live.config(changes));
    expect(ended.exit).toBe(2);
    expect(ended.stdout.split("\n").filter((line) => line.includes("in the config"))).toEqual([
      "  redis-replicas (sig-00000001): `replicas` is 4 in the config, and 3 in Spot",
      "  redis-replicas (sig-00000001): `imageId` is ami-0fedcba9876543210 in the config, and ami-0123456789abcdef0 in Spot",
      "  redis-replicas (sig-00000001): `persistence.privateIp` is false in the config, and true in Spot",
    ]);
    live.config();
  });

  test("values of variables are not compared", async () => {
    const config = live.config({
      replicas: { variable: "number" },
    });
    const ended = await run("status", "-c", config, "--json");
    expect(found(ended).groups[0]).toMatchObject({ differences: [], not_compared: ["replicas"] });
    live.config();
  });

  test("with prices it has their sum, and the types without a price", async () => {
    const { cost } = await status("--cost", "--spot-price", "r6i.large=0.05", "--price", "r6i.large=0.126");
    expect(cost).toMatchObject({
      shares: [{ lifecycle: "spot", instances: 3 }, { instances: 0 }],
      unpriced: [],
    });
    expect(cost["usd_per_hour"]).toBeCloseTo(0.15);
    expect(cost["usd_per_hour_on_demand"]).toBeCloseTo(0.378);
    expect((await status("--cost")).cost).toMatchObject({ usd_per_hour: null, unpriced: ["spot r6i.large"] });
  });

  test("a price without a number is refused", async () => {
    const { exit, stderr } = await live.run("status", "--cost", "--price", "r6i.large");
    expect([exit, stderr]).toEqual([
      1,
      'redis-elastigroup: `--price` must be TYPE=USD such as r6i.large=0.126, got: "r6i.large"\n',
    ]);
  });

  test("no seed answers: each reason is one line, and the exit code is 1", async () => {
    live.dropSpot();
    const { exit, stdout, stderr } = await live.run("status", "--masters", "127.0.1.200:1", "127.0.1.201:1");
    live.useSpot();
    expect([exit, stdout, stderr.trim().split("\n").length]).toEqual([1, "", 2]);
    expect(stderr).toMatch(/live\.yaml: no answer from 127\.0\.1\.200:1: connect ECONNREFUSED/);
  });

  test("a node of --node that does not answer, and that no member lists, is named, also by verify", async () => {
    live.dropSpot();
    const port = live.cluster.masters[0]!.port;
    for (const command of ["status", "verify"]) {
      const { exit, stdout } = await live.run(command, "--node", "127.0.1.200");
      expect(exit).toBe(2);
      expect(stdout).toContain(`127.0.1.200:${port}: connect ECONNREFUSED`);
    }
  });

  test.each([
    ["--node", ""],
    ["--node", "10.0.0.1:70000"],
    ["--masters", ""],
  ])("%s %j is refused: the password would go to another address", async (option, text) => {
    const { exit, stderr } = await live.run("status", option, text);
    expect([exit, stderr]).toEqual([
      1,
      `redis-elastigroup: \`${option}\` must be HOST or HOST:PORT, got: "${text}"\n`,
    ]);
  });

  test("a server that accepts connections and stays silent ends within 15 s", async () => {
    const silent = createNetServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const hanging = createServer(() => undefined);
    await new Promise<void>((resolve) => hanging.listen(0, "127.0.0.1", resolve));
    process.env["SPOTINST_API_URL"] = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`;
    const begin = Date.now();
    const { exit, stderr } = await live.run(
      "status",
      "--masters",
      `127.0.0.1:${(silent.address() as AddressInfo).port}`,
    );
    expect(Date.now() - begin).toBeLessThan(15_000);
    expect(exit).toBe(1);
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringMatching(/no answer within 3000 ms$/),
      expect.stringMatching(/Spot API: GET \/aws\/ec2\/group: no answer within 4 s$/),
    ]);
    silent.close();
    hanging.closeAllConnections();
    hanging.close();
  }, 30_000);

  test.each([
    ["a wrong password", ["--user", "default"], /WRONGPASS/],
    ["TLS at this side only", ["--cacert", join(ROOT, "package.json")], /./],
  ])(
    "%s is one line for each seed, without a stack trace",
    async (_, argv, reason) => {
      live.dropSpot();
      process.env["REDISCLI_AUTH"] = "secret-needle";
      for (const { run } of live.cluster.masters)
        await run("ACL", "SETUSER", "default", "resetpass", ">other");
      try {
        const { exit, stdout, stderr } = await live.run("status", ...argv);
        expect([exit, stdout]).toEqual([1, ""]);
        expect(stderr).toMatch(reason);
        expect(stderr.trim().split("\n")).toHaveLength(3);
        expect(stderr).not.toMatch(/secret-needle|\n\s+at /);
      } finally {
        delete process.env["REDISCLI_AUTH"];
        for (const { run } of live.cluster.masters) await run("ACL", "SETUSER", "default", "nopass");
      }
    },
    30_000,
  );

  test.each<[string, number, Record<string, string>, string, RegExp]>([
    [
      "500",
      500,
      {},
      '{"response":{"errors":[{"code":"E","message":"broken"}]}}',
      /500 E: broken; try again in \d+ s/,
    ],
    ["429 with a time", 429, { "retry-after": "30" }, "{}", /429; try again in 30 s/],
    ["HTML", 200, {}, "<html>proxy</html>", /200, not the JSON of the API but: <html>proxy/],
    ["a redirect", 302, { location: "http://127.0.0.1:1/" }, "", /redirect/],
  ])(
    "the Spot API answers %s: the nodes are shown, and the exit code is 1",
    async (_, code, headers, body, reason) => {
      const server: Server = createServer((__, response) => response.writeHead(code, headers).end(body));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      process.env["SPOTINST_API_URL"] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { exit, stdout, stderr } = await live.run("status");
      expect([exit, stderr]).toEqual([1, ""]);
      expect(stdout).toMatch(reason);
      expect(stdout).toMatch(/127\.0\.1\.4 +replica/);
      expect(stdout).not.toContain(process.env["SPOTINST_TOKEN"]);
      expect((await status()).healthy).toBe(false);
      server.closeAllConnections();
      server.close();
    },
    30_000,
  );

  test.each([
    ["SPOTINST_TOKEN", "token-needle", /401 UNAUTHORIZED.*check SPOTINST_TOKEN/],
    ["SPOTINST_TOKEN", "token-\nneedle", /\*\*\*/],
    ["SPOTINST_ACCOUNT", "act-99999999", /403 FORBIDDEN/],
  ])("a wrong %s exits with 1, and the token is not shown", async (name, value, reason) => {
    process.env[name] = value;
    const { exit, stdout, stderr } = await live.run("status");
    expect(exit).toBe(1);
    expect(stdout).toMatch(reason);
    expect(stdout + stderr).not.toMatch(/needle|rehearsal-token/);
  });

  test("a paused instance whose node still answers: both sides are named", async () => {
    const { id, instance } = live.api.statefulInstances(live.group)[0]!;
    expect(instance).toBeDefined();
    const url = `${live.api.url}/aws/ec2/group/${live.group}/statefulInstance/${id}`;
    const headers = { authorization: "Bearer rehearsal-token" };
    await fetch(`${url}/pause`, { method: "PUT", headers });
    await live.api.settle();
    const { findings } = await status();
    expect(findings).toContainEqual({
      subject: `127.0.1.4 (${id})`,
      kind: "node_without_instance",
      detail: "Spot lists it as PAUSED, and a node answers there",
    });
    await fetch(`${url}/resume`, { method: "PUT", headers });
    await live.api.settle();
    expect((await status()).findings).toEqual([]);
  });

  describe("an API with faults", () => {
    let faulty: FaultyApi;
    beforeAll(async () => (faulty = await FaultyApi.start(live.api.url)));
    afterAll(() => faulty?.close());
    const change = (items: Fault["change"]): void => {
      process.env["SPOTINST_API_URL"] = faulty.url;
      faulty.fault = (_, path) => (path.includes("/statefulInstance") ? { change: items } : undefined);
    };

    test("a state that is not documented is named, and the node is shown", async () => {
      change(([first, ...rest]) => [{ ...first, state: "ODD" }, ...rest]);
      const { exit, stdout } = await live.run("status");
      expect(exit).toBe(2);
      expect(stdout).toContain("(ssi-00000001): Spot lists it as ODD, which is not documented");
      expect(stdout).toMatch(/ssi-00000001 +ODD .* replica .* in sync/);
    });

    test("an instance that the API forgets is missing from the capacity, and its node is shown", async () => {
      change(([, ...rest]) => rest);
      const { exit, stdout } = await live.run("status");
      expect(exit).toBe(2);
      expect(stdout).toContain("its capacity is 3, and Spot lists 2 stateful instances of it");
      expect(stdout).toMatch(/- +- +- +- +127\.0\.1\.4 +replica/);
    });
  });

  test("a group for each shard: each one's instances and differences are its own", async () => {
    const hosts = live.cluster.replicas.map(({ host }) => host);
    const api = await SpotApi.start({ fleet: new PaperFleet(hosts) });
    const capacity = (target: number) => ({ minimum: target, maximum: target, target });
    for (const [name, target] of [
      ["a", 1],
      ["b", 2],
    ] as const)
      api.groups.create(
        groupBody({ ...EXAMPLE_GROUP, name: `redis-replicas-${name}`, capacity: capacity(target) }),
      );
    await api.settle();
    process.env["SPOTINST_API_URL"] = api.url;
    const [first, second] = live.cluster.masters;
    const shards = [
      { name: "a", master: first!.host, replicas: 1 },
      { name: "b", master: second!.host, replicas: 3 },
    ];
    const path = live.config({ replicas: undefined, shards });
    const ended = await run("status", "-c", path);
    live.config();
    await api.close();
    expect(ended.stderr).toBe("");
    expect(ended.stdout).toContain("3 of 3 replicas in sync");
    expect(ended.stdout.split("\n").filter((line) => line.includes("in Spot"))).toEqual([
      "  redis-replicas-b (sig-00000002): `shards.b.replicas` is 3 in the config, and 2 in Spot",
    ]);
    expect(ended.exit).toBe(2);
  });

  test.each(["status", "verify"])(
    "%s exits with 1 where the user lacks the right to INFO",
    async (command) => {
      process.env["REDISCLI_AUTH"] = "word";
      for (const { run: ask } of live.cluster.nodes)
        await ask("ACL", "SETUSER", "reader", "on", ">word", "+cluster|nodes", "+cluster|info");
      const { exit, stdout } = await live.run(command, "--user", "reader");
      delete process.env["REDISCLI_AUTH"];
      expect(exit).toBe(1);
      expect(stdout).toMatch(/127\.0\.1\.1:\d+: NOPERM .*'info'/);
    },
  );

  test("verify exits with 2 where the cluster has fewer replicas than the config", async () => {
    const { exit, stdout } = await run("verify", "-c", live.config({ replicas: 5 }));
    live.config();
    expect([exit, stdout.split("\n").at(-2)]).toEqual([
      2,
      "  the cluster: the config has 5 replicas, and the members list 3",
    ]);
  });

  test("--watch ends when the reader of its output has gone", async () => {
    const child = spawn(node, [...command, "status", "-c", live.config(), "--json", "--watch", "1"], {
      env: process.env,
    });
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
  }, 30_000);

  test("--watch prints a table for each change, and ends with Ctrl-C", async () => {
    const child = spawn(node, [...command, "status", "-c", live.config(), "--watch", "1"], {
      env: process.env,
    });
    let stdout = "";
    child.stdout.on("data", (chunk) => (stdout += String(chunk)));
    const tables = (): number => stdout.match(/INSTANCE/g)?.length ?? 0;
    await until("a first table", { timeout: 20_000 }, () => tables() === 1);
    live.api.setSpotCapacity(false);
    live.api.interrupt([live.api.statefulInstances(live.group)[1]!.instance!.id]);
    await live.api.settle();
    await until("a second one", { timeout: 20_000 }, () => /r6i\.large od/.test(stdout));
    const count = tables();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(tables()).toBe(count);
    child.kill("SIGINT");
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
  }, 60_000);
});

describeWith(["redis-server", "::1"], "a cluster on IPv6", () => {
  const folder = temporaryFolder();

  test("status and verify reach its nodes, and print them in brackets", async () => {
    process.env["SPOTINST_CREDENTIALS_FILE"] = join(folder, "none");
    const real = await LoopbackCluster.start({ masters: 1, replicas: 1, host: "::1" });
    try {
      const path = file(folder, "six.yaml", exampleText({ masters: real.seeds, replicas: 1 }));
      const [master, replica] = real.nodes.map(({ port }) => `\\[::1\\]:${port}`);
      const status = await run("status", "-c", path);
      expect([status.exit, status.stderr]).toEqual([0, ""]);
      expect(status.stdout).toMatch(new RegExp(`${replica} +replica +${master} +up .* in sync`));
      const verify = await run("verify", "-c", path, "--digest");
      expect([verify.exit, verify.stderr]).toEqual([0, ""]);
      expect(verify.stdout).toMatch(new RegExp(`${replica} +${master} +up .* same +same +in sync`));
    } finally {
      delete process.env["SPOTINST_CREDENTIALS_FILE"];
      await real.close();
    }
  }, 60_000);
});
