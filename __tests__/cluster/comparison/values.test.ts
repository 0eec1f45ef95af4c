import { randomBytes } from "node:crypto";
import { byContent, byDigest, byDump } from "../../../cluster/comparison/values";
import { Pipeline } from "../../../cluster/pipeline";
import { until } from "../../../rehearsal/wait";
import { LoopbackCluster } from "../../support/loopback-cluster";
import { describeWith } from "../../support/needs";

describeWith(["redis-server"], "Values of keys", () => {
  let real: LoopbackCluster;
  let pipeline: Pipeline;

  beforeAll(async () => {
    real = await LoopbackCluster.start({ masters: 1 });
    pipeline = await Pipeline.open(real.masters[0]!, {}, 20_000);
  }, 60_000);
  afterAll(async () => {
    pipeline?.close();
    await real?.close();
  });

  const write = (...commands: readonly (readonly (string | Buffer)[])[]) => pipeline.send(commands);
  const all = { byContent, byDigest, byDump };

  test.each(Object.keys(all) as (keyof typeof all)[])(
    "%s reads one text for each key, equal for equal values, and another for a missing key",
    async (name) => {
      const one = Buffer.from([0xff, 0x00, 0x0d, 0x0a]);
      await write(["SET", "a", one], ["SET", "b", one], ["SET", "c", "other"], ["DEL", "none"]);
      const keys = [Buffer.from("a"), Buffer.from("b"), Buffer.from("c"), Buffer.from("none")];
      const texts = await all[name](pipeline, keys);
      expect(texts[0]).toBe(texts[1]);
      expect(new Set(texts).size).toBe(3);
    },
  );

  test.each([
    ["SADD", ["1", "x", "y"], ["y", "1", "x"]],
    ["HSET", ["f", "1", "g", "2"], ["g", "2", "f", "1"]],
  ])("of %s, the order of what is in it does not count", async (command, first, second) => {
    await write(["DEL", "{x}p", "{x}q", "{x}r"], [command, "{x}p", ...first], [command, "{x}q", ...second]);
    await write([command, "{x}r", ...first.map((each) => `${each}0`)]);
    const [p, q, r] = await byContent(pipeline, [
      Buffer.from("{x}p"),
      Buffer.from("{x}q"),
      Buffer.from("{x}r"),
    ]);
    expect([p === q, p === r]).toEqual([true, false]);
  });

  test("of a list, the order counts", async () => {
    await write(["DEL", "{x}p", "{x}q"], ["RPUSH", "{x}p", "1", "2"], ["RPUSH", "{x}q", "2", "1"]);
    const [p, q] = await byContent(pipeline, [Buffer.from("{x}p"), Buffer.from("{x}q")]);
    expect(p).not.toBe(q);
  });

  test("of a stream, what its consumer groups have read counts, and not when", async () => {
    await write(["DEL", "{x}p", "{x}q", "{x}r"]);
    for (const key of ["{x}p", "{x}q", "{x}r"])
      await write(
        ...[
          ["XADD", key, "1-1", "a", "1"],
          ["XADD", key, "2-1", "a", "1"],
        ],
        ["XGROUP", "CREATE", key, "group", key === "{x}r" ? "1-1" : "0"],
        ["XREADGROUP", "GROUP", "group", "consumer", "COUNT", "1", "STREAMS", key, ">"],
      );
    await write(["XREADGROUP", "GROUP", "group", "consumer", "STREAMS", "{x}q", "0"]);
    const keys = ["{x}p", "{x}q", "{x}r", "{x}none"].map((key) => Buffer.from(key));
    const [p, q, r, none] = await byContent(pipeline, keys);
    expect([p === q, p === r, p === none]).toEqual([true, false, false]);
  });

  test("without the right to TYPE there is no text: by DUMP alone, equal sets can differ", async () => {
    await write(["SET", "a", "1"], ["ACL", "SETUSER", "default", "-type"]);
    await expect(byContent(pipeline, [Buffer.from("a")])).rejects.toThrow("NOPERM");
    await write(["ACL", "SETUSER", "default", "+type"]);
  });

  /** The keys of each DUMP that `byDump` sends together. */
  const batches = async (keys: readonly Buffer[]): Promise<string[][]> => {
    const sent: string[][] = [];
    const watched = {
      send: (commands: Parameters<Pipeline["send"]>[0]) => {
        if (commands[0]![0] === "DUMP") sent.push(commands.map(([, key]) => String(key)));
        return pipeline.send(commands);
      },
    } as Pipeline;
    expect(await byDump(watched, keys)).toHaveLength(keys.length);
    return sent;
  };

  test("large values are read one at a time, also the first ones and those behind small ones", async () => {
    const large = ["first", "second", "behind", "last"].map((name) => Buffer.from(`large-${name}`));
    for (const key of large) await write(["SET", key, randomBytes(5 * 2 ** 20)]);
    const small = Array.from({ length: 500 }, (_, index) => Buffer.from(`small-${index}`));
    for (const key of small) await write(["SET", key, "x"]);
    const [first, second, behind, last] = large as [Buffer, Buffer, Buffer, Buffer];
    const sent = await batches([first, second, ...small, behind, last]);
    expect(sent.map(({ length }) => length)).toEqual([1, 1, 200, 200, 100, 1, 1]);
  }, 30_000);

  test("without the right to MEMORY USAGE, every value is read alone", async () => {
    const keys = [Buffer.from("a"), Buffer.from("b")];
    await write(["SET", "a", "1"], ["SET", "b", "1"], ["ACL", "SETUSER", "default", "-memory"]);
    expect(await batches(keys)).toEqual([["a"], ["b"]]);
    await write(["ACL", "SETUSER", "default", "+memory"]);
  });

  test("a key whose slot moves away is not there, and no error", async () => {
    const [master] = real.masters;
    const slot = await master!.run("CLUSTER", "KEYSLOT", "moving");
    await write(["SET", "moving", "1"]);
    const further = await real.add();
    await until("it is known", { timeout: 10_000, every: 100 }, () =>
      master!.run("CLUSTER", "SETSLOT", String(slot), "MIGRATING", further.id).then(
        () => true,
        () => false,
      ),
    );
    await write(["DEL", "moving"], ["DEL", "none"]);
    expect(await byDump(pipeline, [Buffer.from("moving")])).toEqual([""]);
    // A replica does not redirect: there the key is only missing.
    const missing = await byContent(pipeline, [Buffer.from("none")]);
    expect(await byContent(pipeline, [Buffer.from("moving")])).toEqual(missing);
    await master!.run("CLUSTER", "SETSLOT", String(slot), "STABLE");
  }, 20_000);
});
