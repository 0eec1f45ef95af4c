import { Roll } from "../../../cluster/roll/roll";
import { selectTargets } from "../../../cluster/roll/selection";
import { parseRollState, type RollState } from "../../../cluster/roll/state";
import { until } from "../../../rehearsal/wait";
import { killedAfter, requestsFor, situationOf } from "../../support/mortal";
import { describeWith } from "../../support/needs";
import { Operated } from "../../support/operated";

jest.setTimeout(600_000);

describeWith(["redis-server"], "a process that is killed after each of its effects, and is continued", () => {
  let operated: Operated;
  const { signal } = new AbortController();

  beforeAll(async () => {
    const directives = ["cluster-node-timeout 3000"];
    operated = await Operated.start({ masters: 3, replicas: 0, count: 6, directives });
  });
  afterAll(() => operated?.close());

  /** Rolls some replicas, and is killed after `count` effects. */
  async function rolled(count: number, names: readonly string[], isFresh = false) {
    const state: RollState = {
      ...{ format_version: "1.0", command: "roll", cluster: "redis-replicas", group_ids: [operated.groupId] },
      ...{ started_at: "2025-01-01T00:00:00.000Z", process: { host: "elsewhere", pid: 1 } },
      ...{ fresh_root: isFresh, root_persistence_off: [] },
      replicas: selectTargets((await situationOf(operated)).replicas, { only: names }, Date.now()),
    };
    return killedAfter(operated, count, {
      ...{ state, parse: parseRollState },
      run: ({ cluster, client }, state, save) =>
        new Roll({
          ...{ cluster, client, state, save, signal, report: () => undefined },
          allowSingleCopy: false,
          times: { every: 400, settle: 0, grace: 1500 },
        }).run(),
    });
  }

  test("a roll of a replica and an owner recycles each of them once, one at a time", async () => {
    for (let count = 0, isKilled = true; isKilled; count++) {
      await operated.healthy();
      operated.api.clearRequests();
      operated.fleet.mostAway = 0;
      // Another shard each time, since a node stands for election only once in 12 s.
      const [one, other] = [0, 1].map((place) => operated.stateful[(count + place) % 3]!);
      const owner = operated.fleet.node(other!.id);
      await owner.run("CLUSTER", "FAILOVER");
      await until("it owns slots", { timeout: 20_000 }, async () => {
        return (await operated.cluster.look()).owners.some(({ id }) => id === owner.id);
      });
      await operated.healthy();
      const ended = await rolled(count, [one!.id, other!.id]);
      isKilled = ended.isKilled;
      expect([count, requestsFor(operated, "recycle")]).toEqual([count, [one!.id, other!.id]]);
      expect(operated.fleet.mostAway).toBe(1);
      if (!isKilled) expect(ended.effects).toContain("FAILOVER");
    }
  });

  test("a roll with new root volumes ends with persistence on, and replaces the volume", async () => {
    const [{ id } = { id: "" }] = operated.stateful;
    for (let count = 0, isKilled = true; isKilled; count++) {
      await operated.healthy();
      operated.api.clearRequests();
      const before = operated.fleet.node(id).id;
      ({ isKilled } = await rolled(count, [id], true));
      const group = operated.api.groups.get(operated.groupId) as any;
      expect(group.strategy.persistence.shouldPersistRootDevice).toBe(true);
      expect([count, operated.fleet.node(id).id]).not.toEqual([count, before]);
      expect([count, requestsFor(operated, "recycle")]).toEqual([count, [id]]);
    }
  });
});
