import { type Cluster } from "../../../cluster/cluster";
import { forgetEverywhere, forgetForGood, listing } from "../../../cluster/retire/forget";
import { LoopbackCluster, type Node } from "../../support/loopback-cluster";
import { describeWith } from "../../support/needs";

describeWith(["redis-server"], "forgetting a node", () => {
  let real: LoopbackCluster;
  let cluster: Cluster;
  const never = new AbortController().signal;

  beforeAll(async () => {
    real = await LoopbackCluster.start({ masters: 3, replicas: 1 });
    cluster = real.connect();
  }, 60_000);
  afterAll(async () => {
    cluster?.close();
    await real?.close();
  });

  const meet = async (replica: Node, member: Node) => {
    const bus = await replica.server.directive("cluster-port");
    await member.run("CLUSTER", "MEET", replica.host, String(replica.port), bus.known ? bus.value : "");
  };

  test("a node that a member lists again is forgotten once more", async () => {
    const replica = real.replicas[0]!;
    await real.end(replica);
    expect(await forgetEverywhere(cluster, [replica.id])).toEqual([]);
    expect(listing(await cluster.look(), replica.id)).toEqual([]);
    await real.restart(replica);
    const lines: string[] = [];
    const report = (line: string): void => {
      if (lines.push(line) === 1) void meet(replica, real.masters[0]!);
    };
    const watched = () => forgetForGood(cluster, [replica.id], { signal: never, report, watch: 3000 });
    expect(await watched()).toEqual([]);
    expect(lines).toEqual([
      `watches for 3 s that no member lists node ${replica.id} again`,
      expect.stringMatching(/^127\.0\.0\.1:\d+.* list node .* again: every member forgets once more$/),
    ]);
    await real.end(replica);
    await forgetEverywhere(cluster, [replica.id]);
  }, 30_000);

  test("a member that does not answer is named: it may list the node", async () => {
    const [, master] = real.masters;
    real.pause(master!, true);
    try {
      const silent = await forgetEverywhere(cluster, ["0".repeat(40)]);
      expect(silent).toEqual([`127.0.0.1:${master!.port}`]);
    } finally {
      real.pause(master!, false);
    }
    expect(await forgetEverywhere(cluster, ["0".repeat(40)])).toEqual([]);
  }, 30_000);

  test("a member that refuses to is named, with its reason", async () => {
    const [, , master] = real.masters;
    // A replica does not forget its master.
    await expect(forgetEverywhere(cluster, [master!.id], { timeout: 500 })).rejects.toThrow(
      /still list node [0-9a-f]{40}: .*Can't forget my master/,
    );
  }, 30_000);
});
