import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RETIRE_TIMES } from "../../cluster/retire/retire";
import { until } from "../../rehearsal/wait";
import { FaultyApi } from "../support/faulty-api";
import { describeWith } from "../support/needs";
import { Operated } from "../support/operated";
import { json, run } from "./run";

jest.setTimeout(150_000);

describeWith(["redis-server"], "retire", () => {
  let operated: Operated;

  beforeAll(async () => {
    jest.replaceProperty(RETIRE_TIMES, "every", 100);
    operated = await Operated.start({ masters: 3, replicas: 0, count: 6 });
  });
  afterAll(() => operated?.close());

  const retire = (...argv: string[]) => run("-c", operated.config, "retire", ...argv);
  const capacity = () => (operated.api.groups.get(operated.groupId) as any).capacity;
  const listed = async (id: string) => {
    const { answering } = await operated.cluster.look();
    return answering.filter(({ nodes }) => nodes.known && nodes.value.some((node) => node.id === id)).length;
  };
  /** A stateful instance that owns no slots, and the others. */
  const follower = async () => {
    const { owners } = await operated.cluster.look();
    const isOwner = ({ privateIp }: { readonly privateIp?: string }) =>
      owners.some(({ address }) => address === privateIp);
    const { id } = operated.stateful.find((each) => !isOwner(each))!;
    return { id, others: operated.stateful.filter((each) => each.id !== id) };
  };

  test("a node that owns slots hands over, and leaves the cluster and its group", async () => {
    const [first] = operated.stateful;
    const node = operated.fleet.node(first!.id);
    await node.run("CLUSTER", "FAILOVER");
    await until("it owns slots", { timeout: 10_000 }, async () => {
      return (await operated.cluster.look()).owners.some(({ id }) => id === node.id);
    });
    await operated.healthy();
    const ended = await retire(node.host, "--yes", "--json", "--no-wait");
    expect(ended.exit).toBe(0);
    expect(json(ended)).toMatchObject({
      result: "done",
      state_file: null,
      nodes: [{ stateful_instance_id: first!.id, node_id: node.id, phase: "retired" }],
      config_changes: [{ key: "replicas", value: 5 }],
    });
    expect(await listed(node.id)).toBe(0);
    expect(capacity()).toMatchObject({ minimum: 5, maximum: 5, target: 5 });
    expect(operated.stateful.map(({ state }) => state)).toEqual(Array(5).fill("ACTIVE"));
    expect(existsSync(join(operated.folder, "redis-replicas.retire.json"))).toBe(false);
  });

  test("asks before it deletes anything, and refuses to leave a shard with one copy", async () => {
    const [first] = operated.stateful;
    expect((await retire(first!.id)).stderr).toContain("Confirm with `--yes`");
    const view = await operated.cluster.look();
    const alone = view.owners.find(({ id }) => view.replicasOf(id).length === 1)!;
    const [replica] = view.replicasOf(alone.id);
    const inGroup = operated.stateful.some(({ privateIp }) => privateIp === replica!.address);
    expect(inGroup).toBe(true);
    const ended = await retire(replica!.id, "--yes", "--json");
    expect(ended.exit).toBe(2);
    expect(json(ended)).toMatchObject({ result: "refused", refusals: [{ kind: "single_copy" }] });
    expect(capacity()).toMatchObject({ target: 5 });
  });

  test("a name that no replica has is refused with the names of all", async () => {
    const ended = await retire("10.9.9.9", "--yes");
    expect(ended.exit).toBe(1);
    expect(ended.stderr).toContain('"10.9.9.9" is no replica of the groups');
    expect((await retire("--yes")).stderr).toContain("`retire` needs a node");
  });

  test("--ghosts forgets a node that is gone, and no other", async () => {
    expect(await retire("--ghosts", "--yes")).toMatchObject({ exit: 0, stdout: "No node is gone.\n" });
    const ghost = await operated.real.add({ host: "127.1.2.3" });
    await until("it is known", { timeout: 10_000 }, async () => (await listed(ghost.id)) >= 8);
    operated.real.pause(ghost, true);
    await until("it failed", { timeout: 30_000, every: 200 }, async () => {
      const view = await operated.cluster.look();
      return view.sightings(ghost.id).every(({ node }) => node?.flags.includes("fail"));
    });
    const hanging = await retire("--ghosts", "--yes");
    expect(hanging).toMatchObject({ exit: 0, stdout: "No node is gone.\n" });
    expect(hanging.stderr).toContain("accepts connections and does not answer: it hangs");
    await operated.real.end(ghost);
    operated.real.remove(ghost);
    expect((await retire("--ghosts")).stderr).toContain("Confirm with `--yes`");
    const ended = await retire("--ghosts", "--yes", "--json", "--no-wait");
    expect(ended.exit).toBe(0);
    expect(json(ended)).toMatchObject({ forgotten: [{ node_id: ghost.id, private_ip: "127.1.2.3" }] });
    expect(await listed(ghost.id)).toBe(0);
    await operated.healthy();
  });

  test("continued after a crash, it checks again: a node that was promoted meanwhile hands over", async () => {
    const view = await operated.cluster.look();
    const stateful = operated.stateful.find(({ privateIp }) => {
      const found = view.nodes.find(({ address }) => address === privateIp);
      return found?.master !== undefined && view.replicasOf(found.master).length === 2;
    })!;
    const node = operated.fleet.node(stateful.id);
    // As a process leaves it that is killed before it requests the deallocation.
    const state = {
      ...{ format_version: "1.0", command: "retire", cluster: "redis-replicas" },
      group_ids: [operated.groupId],
      started_at: "2025-01-01T00:00:00.000Z",
      process: { host: "elsewhere", pid: 1 },
      nodes: [
        {
          group_id: operated.groupId,
          stateful_instance_id: stateful.id,
          private_ip: node.host,
          node_id: node.id,
          phase: "leaving",
          capacity: { minimum: 4, maximum: 4, target: 4 },
          staying: operated.stateful.map(({ id }) => id).filter((id) => id !== stateful.id),
        },
      ],
    };
    writeFileSync(join(operated.folder, "redis-replicas.retire.json"), JSON.stringify(state));
    await node.run("CLUSTER", "FAILOVER");
    await until("it owns slots", { timeout: 10_000 }, async () => {
      return (await operated.cluster.look()).owners.some(({ id }) => id === node.id);
    });
    await operated.healthy();
    const ended = await retire("--yes", "--no-wait");
    expect(ended.exit).toBe(0);
    expect(ended.stderr).toContain("hands its slots over to");
    const after = await operated.cluster.look();
    expect(after.uncovered).toBe(0);
    expect(await listed(node.id)).toBe(0);
    expect(capacity()).toMatchObject({ minimum: 4, maximum: 4, target: 4 });
  });

  test("a node that is given twice is retired once, and the last replicas of a group are not", async () => {
    const all = operated.stateful.map(({ id }) => id);
    const ended = await retire(...all, ...all, "--yes");
    expect(ended.exit).toBe(1);
    expect(ended.stderr).toContain("would have no replica left; remove the group from the config instead");
    const [master] = operated.real.masters;
    expect((await retire(master!.id, "--yes")).stderr).toContain("is no replica of the groups");
    expect(operated.stateful).toHaveLength(4);
  });

  test("an owner is not deallocated after a 429 in which it was promoted, nor without a known address", async () => {
    const faulty = await FaultyApi.start(operated.api.url);
    try {
      process.env["SPOTINST_API_URL"] = faulty.url;
      const view = await operated.cluster.look();
      const { id } = operated.stateful.find(({ privateIp }) => {
        const found = view.nodes.find(({ address }) => address === privateIp);
        return found?.master !== undefined && view.replicasOf(found.master).length === 2;
      })!;
      const node = operated.fleet.node(id);
      const owns = () =>
        until("it owns slots", { timeout: 10_000 }, async () => {
          return (await operated.cluster.look()).owners.some((owner) => owner.id === node.id);
        });
      operated.api.clearRequests();
      let promoted: Promise<unknown> | undefined;
      faulty.fault = (_, path) => {
        if (!path.includes("/deallocate") || promoted !== undefined) return undefined;
        promoted = node.run("CLUSTER", "FAILOVER").then(owns);
        return { status: 429, body: "", headers: { "x-ratelimit-reset": "5" } };
      };
      const running = retire(id, "--yes", "--no-wait");
      await until("it is promoted", { timeout: 20_000 }, () => Promise.resolve(promoted !== undefined));
      await promoted;
      faulty.fault = (method, path) =>
        method === "GET" && /statefulInstance\b/.test(path)
          ? { change: (items) => items.map((item) => (item.id === id ? { ...item, privateIp: null } : item)) }
          : undefined;
      const refused = await running;
      expect(refused.stdout).toContain("Spot does not list its private IP");
      expect(refused.exit).toBe(2);
      expect(operated.api.requests.filter(({ path }) => path.includes("/deallocate"))).toEqual([]);
      faulty.fault = () => undefined;
      rmSync(join(operated.folder, "redis-replicas.retire.json"), { force: true });
    } finally {
      Object.assign(process.env, operated.environmentOfSpot);
      await faulty.close();
    }
  });

  test("an instance that the API omits from some answers is not taken for gone", async () => {
    const faulty = await FaultyApi.start(operated.api.url);
    try {
      process.env["SPOTINST_API_URL"] = faulty.url;
      await operated.healthy();
      const { id, others } = await follower();
      // No server contradicts the API.
      await operated.real.end(operated.fleet.node(id));
      let [resized, omitted] = [false, 0];
      faulty.fault = (method, path) => {
        if (method === "PUT") resized = true;
        return method === "GET" && /statefulInstance\b/.test(path) && resized && omitted++ < 3
          ? { change: (items) => items.filter((item) => item.id !== id) }
          : undefined;
      };
      const ended = await retire(id, "--yes", "--no-wait");
      expect(ended.stderr).toContain("waits: Spot does not list it");
      expect(ended.exit).toBe(0);
      expect(operated.stateful.map((each) => `${each.id} ${each.state}`)).toEqual(
        others.map((each) => `${each.id} ACTIVE`),
      );
    } finally {
      Object.assign(process.env, operated.environmentOfSpot);
      await faulty.close();
    }
  });

  test("an instance that Spot launches in its place leaves the group, too, and its node the cluster", async () => {
    await operated.healthy();
    const { id, others } = await follower();
    const known = new Set(operated.real.nodes.map((node) => node.id));
    const { api, fleet } = operated;
    api.clearRequests();
    api.setRefills(true);
    // Its node joins before the target is lowered.
    const faulty = await FaultyApi.start(api.url);
    process.env["SPOTINST_API_URL"] = faulty.url;
    let joined: string | undefined;
    faulty.fault = (method) => {
      const isDeallocated = api.requests.some(({ path }) => path.includes("/deallocate"));
      joined ??= operated.real.nodes.find((node) => !known.has(node.id))?.id;
      return method === "PUT" && isDeallocated && joined === undefined
        ? { status: 429, body: "" }
        : undefined;
    };
    try {
      const ended = await retire(id, "--yes", "--no-wait", "--allow-single-copy");
      expect(ended).toMatchObject({ exit: 0 });
      await fleet.settle();
      expect(joined).toMatch(/^[0-9a-f]{40}$/);
      expect(await listed(joined!)).toBe(0);
      expect(operated.stateful.map((each) => `${each.id} ${each.state}`)).toEqual(
        others.map((each) => `${each.id} ACTIVE`),
      );
      await operated.healthy();
    } finally {
      api.setRefills(false);
      Object.assign(process.env, operated.environmentOfSpot);
      await faulty.close();
    }
  });
});
