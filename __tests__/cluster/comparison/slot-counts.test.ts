import { Pair } from "../../../cluster/comparison/pair";
import { compareSlots } from "../../../cluster/comparison/slot-counts";
import { LoopbackCluster } from "../../support/loopback-cluster";
import { describeWith } from "../../support/needs";

const ALL = [[0, 16_383]] as const;

describeWith(["redis-server"], "the keys of each slot", () => {
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

  /** Runs a script at the master whose writes do not reach the replica. */
  const alone = (script: string): Promise<unknown> =>
    real.masters[0]!.run("EVAL", `redis.set_repl(redis.REPL_NONE) ${script}`, "1", "{a}");
  const slotOf = async (key: string): Promise<number> =>
    Number(await real.masters[0]!.run("CLUSTER", "KEYSLOT", key));

  test("equal slots are summed up", async () => {
    for (const key of ["a", "b", "{a}2"]) await real.masters[0]!.run("SET", key, "1");
    await real.masters[0]!.run("WAIT", "1", "5000");
    expect(await compareSlots(pair, ALL)).toEqual({ keys: 3, differences: [], changing: [] });
  });

  test("only the slots of the ranges are compared", async () => {
    const slot = await slotOf("b");
    expect((await compareSlots(pair, [[slot, slot]])).keys).toBe(1);
  });

  test("keys that one side lacks are named", async () => {
    await alone("redis.call('DEL', '{a}2') redis.call('SET', '{a}3', 1) redis.call('SET', '{a}4', 1)");
    const { differences } = await compareSlots(pair, ALL);
    expect(differences).toEqual([
      {
        ...{ slot: await slotOf("a"), master: 3, replica: 2 },
        missing: expect.arrayContaining([Buffer.from("{a}3"), Buffer.from("{a}4")]) as unknown,
        extra: [Buffer.from("{a}2")],
      },
    ]);
  });

  test("of a slot with more than 1000 keys, none is named: both nodes list other ones first", async () => {
    await alone("for i = 1, 1000 do redis.call('SET', '{a}n' .. i, 1) end");
    const { differences } = await compareSlots(pair, ALL);
    expect(differences).toMatchObject([{ master: 1003, replica: 2, missing: [], extra: [] }]);
  });
});
