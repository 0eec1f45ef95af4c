import { type Cluster } from "../../../cluster/cluster";
import { forgetEverywhere, listing, staysForgotten } from "../../../cluster/retire/forget";
import { LoopbackCluster } from "../../support/loopback-cluster";
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

  test("every member forgets it, and one that meets it again is named", async () => {
    const replica = real.replicas[0]!;
    const bus = await replica.server.directive("cluster-port");
    await real.end(replica);
    await forgetEverywhere(cluster, replica.id);
    expect(listing(await cluster.look(), replica.id)).toEqual([]);
    await staysForgotten(cluster, replica.id, never, 300);
    await real.restart(replica);
    await real.masters[0]!.run(
      "CLUSTER",
      "MEET",
      replica.host,
      String(replica.port),
      bus.known ? bus.value : "",
    );
    await expect(staysForgotten(cluster, replica.id, never, 10_000)).rejects.toThrow(
      /came back: 127\.0\.0\.1:\d+/,
    );
  }, 30_000);

  test("a member that refuses to is named, with its reason", async () => {
    const [, , master] = real.masters;
    // A replica does not forget its master.
    await expect(forgetEverywhere(cluster, master!.id, 500)).rejects.toThrow(
      /still list node [0-9a-f]{40}: .*Can't forget my master/,
    );
  }, 30_000);
});
