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

  test("without the right to TYPE there is no text: by DUMP alone, equal sets can differ", async () => {
    await write(["SET", "a", "1"], ["ACL", "SETUSER", "default", "-type"]);
    await expect(byContent(pipeline, [Buffer.from("a")])).rejects.toThrow("NOPERM");
    await write(["ACL", "SETUSER", "default", "+type"]);
  });

  test("large values are read a few at a time, and small ones many", async () => {
    const sizes: number[] = [];
    const watched = {
      send: (commands: Parameters<Pipeline["send"]>[0]) => {
        sizes.push(commands.length);
        return pipeline.send(commands);
      },
    } as Pipeline;
    const keys = Array.from({ length: 40 }, (_, index) => Buffer.from(`large-${index}`));
    for (const key of keys) await write(["SET", key, randomBytes(2 ** 20)]);
    await byDump(watched, keys);
    expect([sizes[0], Math.max(...sizes.slice(1))]).toEqual([8, 3]);
    const small = Array.from({ length: 1000 }, (_, index) => Buffer.from(`small-${index}`));
    sizes.length = 0;
    expect(await byDump(watched, small)).toHaveLength(1000);
    expect(sizes.slice(0, 5)).toEqual([8, 32, 128, 200, 200]);
  }, 30_000);

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
    await write(["DEL", "moving"]);
    expect(await byDump(pipeline, [Buffer.from("moving")])).toEqual([""]);
    await master!.run("CLUSTER", "SETSLOT", String(slot), "STABLE");
  }, 20_000);
});
