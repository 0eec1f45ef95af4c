import { execFileSync } from "node:child_process";
import { mkdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Cluster } from "../../../cluster/cluster";
import { evaluate, type Evaluation } from "../../../cluster/checks/evaluation";
import { readFacts } from "../../../cluster/checks/facts";
import { type Expectations } from "../../../cluster/checks/expectations";
import { until } from "../../../rehearsal/wait";
import { file, temporaryFolder } from "../../support/folder";
import { LoopbackCluster } from "../../support/loopback-cluster";
import { describeWith } from "../../support/needs";
import { EXPECTED, findingsOf } from "./samples";

const folder = temporaryFolder();

describeWith(["redis-server"], "Rules on a running cluster", () => {
  let real: LoopbackCluster;
  let cluster: Cluster;

  beforeAll(async () => {
    real = await LoopbackCluster.start({
      masters: 3,
      directives: [
        ...["save 3600 1", "maxmemory 1gb", "cluster-require-full-coverage no", "repl-backlog-size 64mb"],
        ...["repl-ping-replica-period 600", "enable-module-command yes"],
      ],
    });
    cluster = real.connect();
  }, 90_000);
  afterAll(async () => {
    cluster?.close();
    await real?.close();
  });

  async function evaluated(changes: Partial<Expectations> = {}): Promise<Evaluation> {
    const expected = { ...EXPECTED, ...changes };
    return evaluate(
      await readFacts(cluster, await cluster.look(), expected, { spot: undefined, sample: 300 }),
    );
  }

  /** The findings of a rule while the first master has other values. */
  async function foundWith(rule: string, values: Record<string, string>, changes = {}): Promise<string[]> {
    const { run } = real.masters[0]!;
    const before: [string, string][] = [];
    for (const [name, value] of Object.entries(values)) {
      const [, old = ""] = (await run("CONFIG", "GET", name)) as string[];
      before.push([name, old]);
      await run("CONFIG", "SET", name, value);
    }
    try {
      return findingsOf(rule, await evaluated(changes));
    } finally {
      for (const [name, old] of before) await run("CONFIG", "SET", name, old);
    }
  }

  test("a save that has failed is found, and the next one that succeeds ends it", async () => {
    const [master] = real.masters;
    // The new file cannot take the place of a directory.
    const obstacle = join(real.folderOf(master!), "dump.rdb");
    rmSync(obstacle, { force: true });
    mkdirSync(obstacle);
    const saved = async (status: string): Promise<void> => {
      await master!.run("BGSAVE");
      await until(`the save is ${status}`, { timeout: 20_000, every: 100 }, async () => {
        const info = await master!.server.info("persistence");
        return (
          info.known &&
          info.value["rdb_bgsave_in_progress"] === "0" &&
          info.value["rdb_last_bgsave_status"] === status
        );
      });
    };
    await saved("err");
    const found = findingsOf("failed-save", await evaluated());
    rmdirSync(obstacle);
    await saved("ok");
    expect(found).toEqual([
      expect.stringMatching(/^error: .*`rdb_last_bgsave_status` is err at 127\.0\.0\.1:/),
    ]);
    expect(findingsOf("failed-save", await evaluated())).toEqual([]);
  }, 60_000);

  test("without a change, only the missing replicas are found", async () => {
    const { findings, notChecked } = await evaluated();
    expect(findings.map(({ rule }) => rule)).toEqual(Array(3).fill("no-second-copy"));
    expect(notChecked.filter(({ severity }) => severity !== "note")).toEqual([]);
  });

  test.each<[rule: string, values: Record<string, string>, words: string]>([
    ["full-coverage-required", { "cluster-require-full-coverage": "yes" }, "note: "],
    ["short-backlog-ttl", { "repl-backlog-ttl": "60" }, "`repl-backlog-ttl` is 60 seconds at 127.0.0.1:"],
    ["unequal-node-timeout", { "cluster-node-timeout": "3000" }, "is 3000 ms at"],
    ["replica-migration", { "cluster-allow-replica-migration": "yes" }, "is yes at"],
    ["zero-validity-factor", { "cluster-replica-validity-factor": "0" }, "error: "],
    ["spot-replicas-counted", { "min-replicas-to-write": "1" }, "which has 0 replicas outside the groups"],
    ["no-persistence", { save: "" }, "`save` is empty and `appendonly` is no at"],
    ["maxmemory-mismatch", { "maxmemory-policy": "allkeys-lfu" }, "1 GiB with allkeys-lfu"],
    ["unbounded-memory", { maxmemory: "0" }, "is not set at"],
  ])("%s is found", async (rule, values, text) => {
    expect((await foundWith(rule, values)).join("\n")).toContain(text);
  });

  const GIB = 2 ** 30;
  const inZones = (...zones: string[]): Partial<Expectations> => ({
    masterZones: real.masters.map(({ host, port }, index) => ({
      ...{ endpoint: { host, port }, zone: zones[index]! },
    })),
  });
  const release = (version: string): Partial<Expectations> => ({ release: { engine: "redis", version } });
  test.each<[rule: string, config: () => Partial<Expectations>, words: string]>([
    ["newer-master", () => release("6.2.14"), "and the config has Redis 6.2.14"],
    ["older-master", () => release("99.0.0"), "and the config has the newer Redis 99.0.0"],
    ["insufficient-memory", () => ({ types: [{ type: "tiny", bytes: 2 ** 20 }] }), "error: tiny has 1 MiB"],
    [
      "unbounded-memory",
      () => ({ types: [{ type: "small", bytes: GIB }] }),
      "warning: `maxmemory` is 1 GiB at",
    ],
    ["masters-in-one-zone", () => inZones("a", "a", "a"), "All 3 masters are in a."],
    ["tls-mismatch", () => ({ tlsAuthClients: "yes" }), "error: `tls-replication` is no at"],
  ])("%s is found where the config does not fit", async (rule, config, text) => {
    expect(findingsOf(rule, await evaluated(config())).join("\n")).toContain(text);
  });

  test("the zones of masters that are not the same are fine", async () => {
    const { results } = await evaluated(inZones("a", "b", "a"));
    expect(results).toContainEqual(["masters-in-one-zone", "passed"]);
  });

  test("a bus port that is not reachable is found, and one that is reachable is not", async () => {
    const { run, port } = real.masters[0]!;
    await run("CONFIG", "SET", "cluster-announce-bus-port", "1");
    const findings = findingsOf("unreachable-bus-port", await evaluated());
    await run("CONFIG", "SET", "cluster-announce-bus-port", "0");
    expect(findings).toEqual([
      expect.stringMatching(
        new RegExp(
          `^warning: The bus port of 127.0.0.1:${port} is not reachable: 127.0.0.1:1: .*ECONNREFUSED`,
        ),
      ),
    ]);
  });

  test("the commands of a finding correct it", async () => {
    const { run, port } = real.masters[0]!;
    await run("CONFIG", "SET", "cluster-replica-validity-factor", "0");
    const [finding] = (await evaluated()).findings.filter(({ rule }) => rule === "zero-validity-factor");
    expect(finding?.commands).toEqual([
      `redis-cli -h 127.0.0.1 -p ${port} CONFIG SET cluster-replica-validity-factor 10`,
      `redis-cli -h 127.0.0.1 -p ${port} CONFIG REWRITE`,
    ]);
    const [, words] = finding!.commands[0]!.split(`-p ${port} `);
    await run(...words!.split(" "));
    expect(findingsOf("zero-validity-factor", await evaluated())).toEqual([]);
  });

  test("a node timeout that differs from the config is found at all nodes", async () => {
    const findings = findingsOf("unequal-node-timeout", await evaluated({ nodeTimeout: 15_000 }));
    expect(findings).toEqual([expect.stringContaining("is 2000 ms at 127.0.0.1:")]);
  });

  test("the write rate is measured, and what the backlog covers is in minutes", async () => {
    // Without a replica, nothing is written to the stream.
    const { port } = real.masters[0]!;
    const replica = await real.add();
    await real.follow(replica, real.masters[0]!);
    await real.healthy();
    await real.masters[0]!.run("CONFIG", "SET", "repl-backlog-size", "1mb");
    let isWriting = true;
    // Slot 0 to 5460 is the first master's.
    const writing = (async () => {
      while (isWriting) await real.masters[0]!.run("SET", "{06S}key", "x".repeat(10_000));
    })();
    try {
      const zones = [...inZones("a", "b", "c").masterZones!, { endpoint: replica, zone: "a" }];
      const inOneZone = await evaluated({ masterZones: zones });
      expect(findingsOf("shard-in-one-zone", inOneZone)).toEqual([
        expect.stringContaining(`The shard of 127.0.0.1:${port} is in a alone.`),
      ]);
      expect(findingsOf("short-backlog", inOneZone)).toEqual([
        expect.stringMatching(
          new RegExp(`The backlog of 127.0.0.1:${port} has 1 MiB, which covers an outage of [0-9.]+ minutes`),
        ),
      ]);
      // A limit that is lower than the backlog does not apply. With this one, the link is not up for long.
      await real.masters[0]!.run("CONFIG", "SET", "repl-backlog-size", "16kb");
      await real.masters[0]!.run("CONFIG", "SET", "client-output-buffer-limit", "replica 1 0 0");
      expect(findingsOf("small-output-buffer", await evaluated())).toEqual([
        expect.stringMatching(
          new RegExp(`^warning: A full sync of 127.0.0.1:${port} takes about \\d+ seconds`),
        ),
      ]);
    } finally {
      isWriting = false;
      await writing;
    }
  }, 60_000);

  describeWith(["cc"], "with a module", () => {
    test("it is found where the config lacks it, with its path or, without the right to that, its name", async () => {
      const { run } = real.masters[0]!;
      const path = compiledModule();
      await run("MODULE", "LOAD", path);
      try {
        expect(findingsOf("missing-module", await evaluated())).toEqual([
          expect.stringMatching(`^error: Modules that the config lacks .*: sample \\(${path}\\)\\. `),
        ]);
        expect(findingsOf("missing-module", await evaluated({ modules: ["/opt/sample.so"] }))).toEqual([]);
        await run("ACL", "SETUSER", "default", "-module|list");
        expect(findingsOf("missing-module", await evaluated())).toEqual([
          expect.stringContaining(": sample. "),
        ]);
      } finally {
        await run("ACL", "SETUSER", "default", "+module|list");
        await run("MODULE", "UNLOAD", "sample");
      }
    });
  });

  describeWith(["valkey-server"], "with a master of Valkey", () => {
    test("the releases that are not the same are found, and the zone that it shows", async () => {
      const valkey = await real.add({ program: "valkey-server", directives: ["availability-zone c"] });
      await until("it is known", { timeout: 10_000, every: 100 }, () =>
        real.masters[0]!.run("CLUSTER", "SETSLOT", "5", "NODE", valkey.id).then(
          () => true,
          () => false,
        ),
      );
      await valkey.run("CLUSTER", "SETSLOT", "5", "NODE", valkey.id);
      await until("most masters list it", { timeout: 10_000, every: 100 }, async () =>
        (await cluster.look()).masters.some(({ endpoint: { port } }) => port === valkey.port),
      );
      const evaluation = await evaluated({ masterZones: [{ endpoint: valkey, zone: "a" }] });
      expect(findingsOf("mixed-versions", evaluation)).toEqual([
        expect.stringMatching(/^warning: The masters run Redis .*; Valkey [\d.]+ \(127\.0\.0\.1:\d+\)\./),
      ]);
      expect(findingsOf("zone-mismatch", evaluation)).toEqual([
        expect.stringContaining(`127.0.0.1:${valkey.port} shows the zone c, and \`masters\` has a.`),
      ]);
    }, 30_000);
  });
});

/** A module that does nothing. Its path is one that a server finds. */
function compiledModule(): string {
  const source = file(
    folder,
    "sample.c",
    `int RedisModule_OnLoad(void **context) {
       int (*get)(const char *, void *) = context[0];
       void (*set)(void *, const char *, int, int);
       get("RedisModule_SetModuleAttribs", &set);
       set(context, "sample", 1, 1);
       return 0;
     }`,
  );
  const path = join(folder, "sample.so");
  execFileSync("cc", ["-shared", "-fPIC", "-o", path, source]);
  return path;
}
