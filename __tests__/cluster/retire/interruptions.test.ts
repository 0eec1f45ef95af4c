import { Retire, RETIRE_TIMES } from "../../../cluster/retire/retire";
import { parseRetireState } from "../../../cluster/retire/state";
import { killedAfter, plannedRetirement, requestsFor, situationOf } from "../../support/mortal";
import { describeWith } from "../../support/needs";
import { Operated } from "../../support/operated";

jest.setTimeout(600_000);

describeWith(["redis-server"], "a process that is killed after each of its effects, and is continued", () => {
  let operated: Operated;
  const { signal } = new AbortController();

  beforeAll(async () => {
    jest.replaceProperty(RETIRE_TIMES, "every", 50);
    const directives = ["cluster-node-timeout 3000"];
    operated = await Operated.start({ masters: 3, replicas: 0, count: 6, directives });
  });
  afterAll(() => operated?.close());

  test("a retirement deallocates one instance, lowers the capacity by one, and leaves no ghost", async () => {
    for (let count = 0, isKilled = true; isKilled; count++) {
      operated.api.groups.update(operated.groupId, {
        group: { capacity: { minimum: 6, maximum: 6, target: 6 } },
      });
      await operated.healthy();
      operated.api.clearRequests();
      const { view, replicas } = await situationOf(operated);
      const replica = replicas.find(({ node }) => view.replicasOf(node!.master!).length > 1)!;
      const state = plannedRetirement(operated, replica);
      ({ isKilled } = await killedAfter(operated, count, {
        ...{ state, parse: parseRetireState },
        run: ({ cluster, client }, state, save) =>
          new Retire({
            ...{ cluster, client, state, save, signal, report: () => undefined },
            ...{ allowSingleCopy: false, timeout: 60_000, watch: 0 },
          }).run(),
      }));
      expect([count, requestsFor(operated, "deallocate")]).toEqual([count, [replica.stateful.id]]);
      expect((operated.api.groups.get(operated.groupId) as any).capacity).toMatchObject({
        ...{ minimum: 5, maximum: 5, target: 5 },
      });
      expect(operated.stateful.map(({ state: each }) => each)).toEqual(Array(5).fill("ACTIVE"));
      const { answering } = await operated.cluster.look();
      for (const { nodes } of answering)
        expect(nodes.known && nodes.value.map(({ id }) => id)).not.toContain(replica.node!.id);
    }
  });
});
