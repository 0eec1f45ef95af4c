import { Pair } from "../../../cluster/comparison/pair";
import { failureOf } from "../../../cluster/connection";
import { type Pipeline } from "../../../cluster/pipeline";
import { LoopbackCluster } from "../../support/loopback-cluster";
import { describeWith } from "../../support/needs";

describeWith(["redis-server"], "a master and its replica", () => {
  let real: LoopbackCluster;
  let pair: Pair;

  beforeAll(async () => {
    real = await LoopbackCluster.start({ masters: 1, replicas: 1 });
    pair = await Pair.open(real.masters[0]!, real.replicas[0]!, {});
  }, 60_000);
  afterAll(async () => {
    pair?.close();
    await real?.close();
  });

  /** What a look reads: at the master, at the replica, and at the master again. The last look stays. */
  async function verdict(
    ...looks: readonly (readonly [string, string, string])[]
  ): Promise<[string, number]> {
    let reads = 0;
    const read = (pipeline: Pipeline): Promise<string[]> => {
      const look = looks[Math.min(Math.floor(reads / 3), looks.length - 1)]!;
      expect(pipeline).toBe(reads % 3 === 1 ? pair.replica : pair.master);
      return Promise.resolve([look[reads++ % 3]!]);
    };
    const verdicts = await pair.settle(["key"], read);
    return [verdicts.get("key")!, reads / 3];
  }

  test.each<[string, readonly (readonly [string, string, string])[], [string, number]]>([
    ["the replica has the value before", [["a", "a", "b"]], ["same", 1]],
    ["the replica has the value after", [["a", "b", "b"]], ["same", 1]],
    ["it differs three times", [["a", "x", "a"]], ["differs", 3]],
    [
      "it differs, and then does not",
      [
        ["a", "x", "a"],
        ["a", "x", "a"],
        ["a", "a", "a"],
      ],
      ["same", 3],
    ],
    ["the master changes within each look", [["a", "x", "b"]], ["changing", 6]],
    [
      "a look in between does not count",
      [
        ["a", "x", "a"],
        ["a", "x", "b"],
        ["b", "x", "b"],
      ],
      ["differs", 4],
    ],
  ])("a value is settled: %s", async (_, looks, expected) => {
    expect(await verdict(...looks)).toEqual(expected);
  });

  test("what is read at the replica is not older than what was read at the master", async () => {
    const read = async (pipeline: Pipeline): Promise<string[]> => {
      if (pipeline === pair.master) await real.masters[0]!.run("INCR", "count");
      const [reply] = await pipeline.send([["GET", "count"]]);
      return [String(reply)];
    };
    expect((await pair.settle(["count"], read)).get("count")).toBe("same");
  });

  test("a right that is missing at the replica is a typed error with its name", async () => {
    const [replica] = real.replicas;
    await replica!.run("ACL", "SETUSER", "reader", "on", ">word", "+@all", "-readonly");
    await real.masters[0]!.run("ACL", "SETUSER", "reader", "on", ">word", "+@all");
    const opened = Pair.open(real.masters[0]!, replica!, { user: "reader", password: "word" });
    const failure = failureOf(await opened.catch((error: unknown) => error));
    expect(failure).toMatchObject({
      cause: "permission",
      reason: expect.stringContaining(`127.0.0.1:${replica!.port}: NOPERM`) as string,
    });
  });
});
