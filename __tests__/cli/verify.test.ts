import { temporaryFolder } from "../support/folder";
import { Pipeline, type RawCommand } from "../../cluster/pipeline";
import { showKey } from "../../cli/verify/page";
import { type LoopbackCluster, type Node } from "../support/loopback-cluster";
import { describeWith } from "../support/needs";
import { Live } from "./live";
import { json } from "./run";

interface Replica {
  readonly keys: number;
  readonly slots: {
    readonly differences: readonly Record<string, unknown>[];
    readonly changing: readonly number[];
  };
  readonly contents: {
    readonly method: string;
    readonly keys: number;
    readonly differing: number;
    readonly first: readonly string[];
  };
}

describeWith(["redis-server"], "verify", () => {
  const folder = temporaryFolder();
  let live: Live;
  let cluster: LoopbackCluster;
  const KEYS = 20_000;

  beforeAll(async () => {
    live = await Live.start(folder);
    ({ cluster } = live);
    const commands = Array.from({ length: KEYS }, (_, index): RawCommand => [
      "SET",
      `key-${index}`,
      `value ${index}`,
    ]);
    // A master refuses the keys of others.
    for (const master of cluster.masters) {
      const pipeline = await Pipeline.open(master, {}, 20_000);
      await pipeline.send(commands);
      await pipeline.send([
        ["SET", "{a}expiring", "1", "EX", "1000"],
        ["RPUSH", "{b}list", "1", "2"],
      ]);
      await pipeline.send([
        ["SADD", "{c}set", ...Array.from({ length: 2000 }, (_, index) => `member ${index}`)],
      ]);
      await pipeline.send([["HSET", "{d}hash", ...Array.from({ length: 2000 }, (_, index) => `${index}`)]]);
      pipeline.close();
    }
  }, 120_000);
  afterAll(() => live?.close());

  const replicas = async (...argv: string[]): Promise<{ exit: number; found: readonly Replica[] }> => {
    const ended = await live.run("verify", "--json", ...argv);
    const { clusters } = json(ended) as { clusters: [{ replicas: readonly Replica[] }] };
    return { exit: ended.exit, found: clusters[0].replicas };
  };
  /** Changes a key at its master only, as a bug or a broken disk would. */
  const spoil = (master: Node, script: string, key: string): Promise<unknown> =>
    master.run("EVAL", `redis.set_repl(redis.REPL_NONE) ${script}`, "1", key);
  const keyOf = async (master: Node): Promise<string> => String(await master.run("RANDOMKEY"));

  test("equal replicas exit with 0", async () => {
    await Promise.all(cluster.masters.map(({ run }) => run("WAIT", "1", "5000")));
    const { exit, stdout } = await live.run("verify", "--digest");
    expect([exit, stdout.split("\n")[1]]).toEqual([
      0,
      "  3 of 3 replicas are in sync and the same as their masters",
    ]);
  }, 60_000);

  test.each(["debug_digest_value", "dump"])(
    "one flipped value is found and named by %s",
    async (method) => {
      const [master] = cluster.masters;
      const key = await stringKey(master!);
      const before = String(await master!.run("GET", key));
      if (method === "dump") await master!.run("ACL", "SETUSER", "default", "-debug");
      await spoil(master!, "redis.call('SETRANGE', KEYS[1], 0, 'X')", key);
      const { exit, found } = await replicas("--digest");
      await master!.run("ACL", "SETUSER", "default", "+debug");
      await spoil(master!, `redis.call('SET', KEYS[1], '${before}')`, key);
      const wrong = found.filter(({ contents }) => contents.differing > 0);
      expect([exit, wrong.length]).toEqual([2, 1]);
      expect(wrong[0]!.contents).toMatchObject({ method, differing: 1, first: [key] });
      expect(found.reduce((sum, { keys }) => sum + keys, 0)).toBe(KEYS + 4);
    },
    60_000,
  );

  test("without the right to DEBUG, sets and hashes in another order are the same", async () => {
    for (const { run } of cluster.replicas) await run("ACL", "SETUSER", "default", "-debug");
    // A full sync gives the replica tables of its own.
    for (const { run } of cluster.replicas) await run("CLIENT", "KILL", "TYPE", "master");
    const { exit, found } = await replicas("--digest");
    for (const { run } of cluster.replicas) await run("ACL", "SETUSER", "default", "+debug");
    expect(found.map(({ contents }) => [contents.method, contents.differing])).toEqual(
      Array(3).fill(["dump", 0]),
    );
    expect(exit).toBe(0);
  }, 60_000);

  test("a key that only one side has is found by the counts of its slot, and named", async () => {
    const [master] = cluster.masters;
    const key = await stringKey(master!);
    const before = String(await master!.run("GET", key));
    await spoil(master!, "redis.call('DEL', KEYS[1])", key);
    const { exit, found } = await replicas();
    const text = (await live.run("verify")).stdout;
    await spoil(master!, `redis.call('SET', KEYS[1], '${before}')`, key);
    expect(exit).toBe(2);
    expect(found.flatMap(({ slots }) => slots.differences)).toMatchObject([{ missing: [], extra: [key] }]);
    expect(text).toMatch(
      new RegExp(`slot \\d+ has \\d+ keys at the master and \\d+ here; only here: ${key}`),
    );
  }, 60_000);

  test("under writes, nothing that only lags is called different", async () => {
    let isOn = true;
    const writers = cluster.masters.map(async (master, index) => {
      const pipeline = await Pipeline.open(master, {}, 20_000);
      for (let round = 0; isOn; round++) {
        const commands = Array.from({ length: 200 }, (_, at): RawCommand[] => [
          ["SET", `key-${(round * 200 + at) % KEYS}`, `${round}`],
          ["SET", `new-${index}-${round}-${at}`, "1", "PX", "300"],
        ]);
        await pipeline.send(commands.flat());
      }
      pipeline.close();
    });
    const { exit, found } = await replicas("--digest");
    isOn = false;
    await Promise.all(writers);
    expect(found.flatMap(({ slots }) => slots.differences)).toEqual([]);
    expect(found.map(({ contents }) => contents.differing)).toEqual([0, 0, 0]);
    expect(exit).toBe(0);
  }, 60_000);

  test("a rate bounds the keys a second", async () => {
    const begin = Date.now();
    expect((await replicas("--digest", "--rate", "10000")).exit).toBe(0);
    expect(Date.now() - begin).toBeGreaterThan(1500);
  }, 60_000);

  test.each(["0", "many"])("the rate %s is refused", async (rate) => {
    expect(await live.run("verify", "--rate", rate)).toMatchObject({
      exit: 1,
      stderr: `redis-elastigroup: \`--rate\` must be a whole number of keys a second, got: "${rate}"\n`,
    });
  });

  async function stringKey(master: Node): Promise<string> {
    for (;;) {
      const key = await keyOf(master);
      if (key.startsWith("key-")) return key;
    }
  }
});

test.each([
  [Buffer.from("order:1"), "order:1"],
  [Buffer.from([0x1b, 0x5b, 0x41, 0xff, 0x5c]), "\\x1b[A\\xff\\x5c"],
])("the key %j is shown as %s", (key, shown) => {
  expect(showKey(key)).toBe(shown);
});
