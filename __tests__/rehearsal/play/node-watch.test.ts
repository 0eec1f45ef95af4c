import { type Lane, NodeWatch } from "../../../rehearsal/play/node-watch";
import { Progress } from "../../../rehearsal/report/progress";
import { until } from "../../../rehearsal/wait";
import { LoopbackCluster } from "../../support/loopback-cluster";
import { describeWith } from "../../support/needs";

/** The states of a node in their order. */
const states = (lane?: Lane): string[] => lane?.spans.map(({ state }) => state) ?? [];

describeWith(["redis-server"], "a watch of nodes", () => {
  let cluster: LoopbackCluster;
  beforeAll(async () => {
    cluster = await LoopbackCluster.start({ masters: 1, replicas: 1, ownAddresses: true });
  });
  afterAll(() => cluster.close());

  test("has what each node was, without gaps, and when it did not answer", async () => {
    const [master, replica] = [cluster.masters[0]!, cluster.replicas[0]!];
    const watch = new NodeWatch(master.port, new Progress(() => undefined));
    watch.add("master", master.host);
    watch.add("replica", replica.host);
    watch.add("replica", replica.host);
    const [first, second] = watch.lanes;
    const reaches = (lane: Lane | undefined, state: string): Promise<unknown> =>
      until(`the state ${state}`, { timeout: 20_000 }, () => states(lane).at(-1) === state);
    await reaches(first, "owner");
    await reaches(second, "in-sync");
    await cluster.end(master);
    await reaches(first, "down");
    await reaches(second, "syncing");
    cluster.pause(replica, true);
    await reaches(second, "down");
    cluster.pause(replica, false);
    await cluster.restart(master);
    await reaches(second, "in-sync");
    await watch.stop();

    expect(watch.lanes).toHaveLength(2);
    expect(states(first).filter((state) => state !== "starting")).toEqual(["owner", "down", "owner"]);
    expect(states(second).slice(0, 3)).toEqual(["in-sync", "syncing", "down"]);
    const spans = second?.spans ?? [];
    expect(spans.slice(1).map(({ from }) => from)).toEqual(spans.slice(0, -1).map(({ to }) => to));
  });
});
