import { type Cluster } from "../../../cluster/cluster";
import { PREFIX, ShardWriter, TTL } from "../../../cluster/drill/writer";
import { until } from "../../../rehearsal/wait";
import { LoopbackCluster } from "../../support/loopback-cluster";
import { describeWith } from "../../support/needs";

describeWith(["redis-server"], "the writer of a drill", () => {
  let real: LoopbackCluster;
  let cluster: Cluster;

  beforeAll(async () => {
    real = await LoopbackCluster.start({ masters: 3, replicas: 1 });
    cluster = clusterFor({});
  }, 60_000);
  afterAll(async () => {
    cluster?.close();
    await real?.close();
  });

  function clusterFor(login: { readonly user?: string; readonly password?: string }): Cluster {
    return real.connect(login);
  }

  const owner = async () => (await cluster.look()).agreed(real.masters[0]!.id)!;
  const replica = () => cluster.ownServer(real.replicas[0]!);
  const keys = () => real.masters[0]!.run("KEYS", `${PREFIX}*`) as Promise<string[]>;

  async function writes(count: number): Promise<ShardWriter> {
    const writer = await ShardWriter.start(cluster, await owner());
    await until(`${count} writes`, { timeout: 20_000, every: 20 }, () => writer.acknowledged >= count);
    await writer.stop();
    return writer;
  }

  test("finds every acknowledged write again, and removes its keys", async () => {
    const writer = await writes(60);
    const server = replica();
    expect(await writer.readBack(server)).toEqual({ lost: 0, lostOnReplica: 0, unread: 0 });
    server.close();
    expect(await writer.remove()).toBe(true);
    expect(await keys()).toEqual([]);
  }, 30_000);

  test("counts acknowledged writes that are lost, on the owner and on the replica", async () => {
    const writer = await writes(60);
    const [first, second] = await keys();
    await real.masters[0]!.run("DEL", first!);
    await real.masters[0]!.run("SET", second!, "1", "KEEPTTL");
    const server = replica();
    expect(await writer.readBack(server)).toEqual({ lost: 2, lostOnReplica: 2, unread: 0 });
    server.close();
    await writer.remove();
  }, 30_000);

  test("its keys expire, should its process be killed", async () => {
    const writer = await writes(1);
    const [key] = await keys();
    const left = Number(await real.masters[0]!.run("TTL", key!));
    expect(left).toBeGreaterThan(TTL - 60);
    expect(left).toBeLessThanOrEqual(TTL);
    await writer.remove();
  }, 30_000);

  test("does not start where the owner has no free memory", async () => {
    const [master] = real.masters;
    await master!.run("CONFIG", "SET", "maxmemory", "1");
    try {
      await expect(ShardWriter.start(cluster, await owner())).rejects.toThrow(
        /^SET for the drill is refused: .*OOM/,
      );
    } finally {
      await master!.run("CONFIG", "SET", "maxmemory", "0");
    }
  }, 30_000);

  test.each(["set", "wait", "get", "unlink", "readonly"])(
    "does not start without the right to %s",
    async (command) => {
      for (const { run } of real.nodes)
        await run("ACL", "SETUSER", "limited", "on", ">pw", "~*", "+@all", `-${command}`);
      const limited = clusterFor({ user: "limited", password: "pw" });
      try {
        await expect(ShardWriter.start(limited, await owner())).rejects.toThrow(
          new RegExp(`^${command.toUpperCase()} for the drill is refused: .*NOPERM`),
        );
      } finally {
        limited.close();
      }
    },
    30_000,
  );
});
