import { type Cluster } from "../../cluster/cluster";
import { handOver } from "../../cluster/handover";
import { statusOf } from "../../cluster/node-status";
import { LoopbackCluster, type Node } from "../support/loopback-cluster";
import { describeWith } from "../support/needs";

describeWith(["redis-server"], "handing slots over", () => {
  let real: LoopbackCluster;
  let cluster: Cluster;

  beforeAll(async () => {
    // A node stands for election once in 20 s.
    const directives = ["cluster-node-timeout 5000"];
    real = await LoopbackCluster.start({ masters: 3, replicas: 1, directives });
    cluster = real.connect();
  }, 60_000);
  afterAll(async () => {
    cluster?.close();
    await real?.close();
  });

  const pass = async (from: Node, to: Node, patience: readonly number[]) =>
    handOver(cluster, from.id, statusOf(await cluster.look(), to.id), new AbortController().signal, patience);

  test("waits for a node that has just stood for election, which ignores the first command", async () => {
    const [[master], [replica]] = [real.masters, real.replicas] as [[Node], [Node]];
    await pass(master, replica, [15_000]);
    await pass(replica, master, [15_000]);
    await pass(master, replica, [20_000, 15_000]);
    expect((await cluster.look()).owners.map(({ id }) => id)).toContain(replica.id);
  }, 90_000);

  test("ends with the signal, also where the failover stalls", async () => {
    const [master, replica] = [real.masters[1]!, real.replicas[1]!];
    const view = await cluster.look();
    const stopped = new AbortController();
    const begun = Date.now();
    // A master accepts no failover, so that the slots never move.
    const handed = handOver(cluster, replica.id, statusOf(view, master.id), stopped.signal);
    setTimeout(() => stopped.abort(), 1000);
    await handed;
    expect(Date.now() - begun).toBeLessThan(10_000);
  }, 30_000);
});
