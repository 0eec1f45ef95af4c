import { Retire } from "../../cluster/retire/retire";
import { parseRetireState, type RetireState } from "../../cluster/retire/state";
import { Roll } from "../../cluster/roll/roll";
import { selectTargets } from "../../cluster/roll/selection";
import { parseRollState, type RollState } from "../../cluster/roll/state";
import { observe } from "../../cluster/situation";
import { formatState } from "../../cluster/stored-state";
import { until } from "../../rehearsal/wait";
import { Killed, Mortal } from "../support/mortal";
import { describeWith } from "../support/needs";
import { Operated } from "../support/operated";

jest.setTimeout(600_000);

/** More effects than any of these commands has. */
const NEVER = 1000;

/** What both states have. */
const STORED = {
  format_version: "1.0",
  cluster: "redis-replicas",
  started_at: "2025-01-01T00:00:00.000Z",
  process: { host: "elsewhere", pid: 1 },
} as const;

describeWith(["redis-server"], "a process that is killed after each of its effects, and is continued", () => {
  let operated: Operated;
  const { signal } = new AbortController();
  const report = () => undefined;

  beforeAll(async () => {
    const directives = ["cluster-node-timeout 3000"];
    operated = await Operated.start({ masters: 3, replicas: 0, count: 6, directives });
  });
  afterAll(() => operated?.close());

  const requests = (action: string) =>
    operated.api.requests.flatMap(({ path }) => new RegExp(`(ssi-\\w+)/${action}`).exec(path)?.[1] ?? []);
  const situation = () => {
    const { client, cluster } = new Mortal(operated, NEVER);
    return observe(cluster, client, [operated.groupId]).finally(() => cluster.close());
  };
  const replicas = async () => {
    const { spot } = await situation();
    return spot.known ? spot.value.replicas : [];
  };

  /** Runs work in processes: the first one is killed after `count` effects. Returns the effects of both. */
  async function killedAfter<State>(
    count: number,
    state: State,
    parse: (text: string) => State,
    run: (mortal: Mortal, state: State, save: (state: State) => void) => Promise<{ result: string }>,
  ): Promise<{ readonly isKilled: boolean; readonly effects: readonly string[] }> {
    let file = formatState(state as object);
    const effects: string[] = [];
    for (const last of [count, NEVER]) {
      const mortal = new Mortal(operated, last);
      const save = (next: State) => mortal.write("save", () => (file = formatState(next as object)));
      try {
        const { result } = await run(mortal, parse(file), save);
        expect(result).toBe("done");
        return { isKilled: last !== count, effects: [...effects, ...mortal.effects] };
      } catch (error) {
        const { cause } = error as Error;
        if (!(error instanceof Killed) && !(cause instanceof Killed)) throw error;
        effects.push(...mortal.effects);
      } finally {
        mortal.cluster.close();
      }
    }
    throw new Error(`killed twice: ${effects.join(", ")}`);
  }

  const rolled = (mortal: Mortal, state: RollState, save: (state: RollState) => void) =>
    new Roll({
      ...{ cluster: mortal.cluster, client: mortal.client, state, save, report, signal },
      allowSingleCopy: false,
      times: { every: 50, settle: 0, grace: 1500 },
    }).run();

  async function newRoll(names: readonly string[], isFresh = false): Promise<RollState> {
    return {
      ...{ ...STORED, command: "roll", group_ids: [operated.groupId], fresh_root: isFresh },
      root_persistence_off: [],
      replicas: selectTargets(await replicas(), { only: names }, Date.now()),
    };
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
      const state = await newRoll([one!.id, other!.id]);
      const ended = await killedAfter(count, state, parseRollState, rolled);
      isKilled = ended.isKilled;
      expect([count, requests("recycle")]).toEqual([count, [one!.id, other!.id]]);
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
      const ended = await killedAfter(count, await newRoll([id], true), parseRollState, rolled);
      isKilled = ended.isKilled;
      const group = operated.api.groups.get(operated.groupId) as any;
      expect(group.strategy.persistence.shouldPersistRootDevice).toBe(true);
      expect([count, operated.fleet.node(id).id]).not.toEqual([count, before]);
      expect([count, requests("recycle")]).toEqual([count, [id]]);
    }
  });

  test("a retirement deallocates one instance, lowers the capacity by one, and leaves no ghost", async () => {
    for (let count = 0, isKilled = true; isKilled; count++) {
      operated.api.groups.update(operated.groupId, {
        group: { capacity: { minimum: 6, maximum: 6, target: 6 } },
      });
      await operated.healthy();
      operated.api.clearRequests();
      const all = await replicas();
      const { view } = await situation();
      const { stateful, node } = all.find(({ node }) => view.replicasOf(node!.master!).length > 1)!;
      const state: RetireState = {
        ...{ ...STORED, command: "retire", group_ids: [operated.groupId] },
        nodes: [
          {
            ...{ group_id: operated.groupId, stateful_instance_id: stateful.id, phase: "planned" },
            ...{ private_ip: stateful.privateIp, node_id: node!.id },
          },
        ],
      };
      const ended = await killedAfter(count, state, parseRetireState, (mortal, of, save) =>
        new Retire({
          ...{ cluster: mortal.cluster, client: mortal.client, state: of, save, report, signal },
          ...{ allowSingleCopy: false, timeout: 60_000, watch: 0 },
        }).run(),
      );
      isKilled = ended.isKilled;
      expect([count, requests("deallocate")]).toEqual([count, [stateful.id]]);
      expect((operated.api.groups.get(operated.groupId) as any).capacity).toMatchObject({
        ...{ minimum: 5, maximum: 5, target: 5 },
      });
      expect(operated.stateful.map(({ state: each }) => each)).toEqual(Array(5).fill("ACTIVE"));
      const { answering } = await operated.cluster.look();
      for (const { nodes } of answering)
        expect(nodes.known && nodes.value.map(({ id }) => id)).not.toContain(node!.id);
    }
  });
});
