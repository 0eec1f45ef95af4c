import { groupBody } from "../rehearsal/spot-api/fixtures";
import { describeWith } from "../support/needs";
import { Operated } from "../support/operated";
import { json, run } from "./run";

jest.setTimeout(150_000);

describeWith(["redis-server"], "a group for each shard", () => {
  let operated: Operated;

  beforeAll(async () => {
    const directives = ["cluster-node-timeout 15000"];
    operated = await Operated.start({ masters: 2, replicas: 0, count: 2, shards: ["a", "b"], directives });
  });
  afterAll(() => operated?.close());
  beforeEach(() => operated.healthy());

  const command = (...argv: string[]) => run("-c", operated.config, ...argv, "--yes", "--json");

  test("roll recycles the replicas of all groups, one at a time", async () => {
    const ended = await command("roll", "--settle", "0");
    expect({ exit: ended.exit, stdout: ended.exit === 0 ? "" : ended.stdout }).toEqual({
      exit: 0,
      stdout: "",
    });
    const { replicas } = json(ended) as any;
    expect(replicas.map(({ group_id }: any) => group_id)).toEqual(
      operated.groupIds.flatMap((id) => [id, id]),
    );
    expect(operated.fleet.mostAway).toBe(1);
  });

  test("retire names the key of the shard, also where --group names the groups in another order", async () => {
    const [, b] = operated.groupIds as [string, string];
    const { id, privateIp } = operated.stateful.find(({ groupId }) => groupId === b)!;
    const groups = [...operated.groupIds].reverse();
    const ended = await command("retire", id, "--no-wait", "--group", ...groups);
    expect({ exit: ended.exit, stdout: ended.exit === 0 ? "" : ended.stdout }).toEqual({
      exit: 0,
      stdout: "",
    });
    expect(json(ended)).toMatchObject({
      nodes: [{ group_id: b, private_ip: privateIp, phase: "retired" }],
      config_changes: [{ key: "shards.b.replicas", value: 1 }],
    });
    expect((operated.api.groups.get(b) as any).capacity).toMatchObject({ minimum: 1, maximum: 1, target: 1 });
  });

  test("the last replica of a group is not retired, and names the group", async () => {
    const [, b] = operated.groupIds as [string, string];
    const last = operated.stateful.find(({ groupId }) => groupId === b)!;
    const ended = await run("-c", operated.config, "retire", last.id, "--yes");
    expect(ended).toMatchObject({ exit: 1, stdout: "" });
    expect(ended.stderr).toContain(`${b} would have no replica left; remove the group from the config`);
  });

  test("a name that two groups have is refused with both IDs, and --group selects one", async () => {
    const [a, b] = operated.groupIds as [string, string];
    const capacity = { minimum: 0, maximum: 0, target: 0 };
    const body = groupBody({ name: "redis-replicas-a", capacity });
    const { id } = operated.api.groups.create(body) as { id: string };
    for (const argv of [["roll"], ["retire", operated.stateful[0]!.id], ["drill"]]) {
      const ended = await run("-c", operated.config, ...argv, "--yes");
      expect(ended).toMatchObject({ exit: 1, stdout: "" });
      expect(ended.stderr).toBe(
        `redis-elastigroup: Spot has 2 groups named redis-replicas-a (${a}, ${id}); give \`--group ID\`\n`,
      );
    }
    const ended = await command("roll", "--settle", "0", "--one", "--group", a, b);
    expect(ended.exit).toBe(0);
    expect((json(ended) as any).replicas).toMatchObject([{ group_id: a, phase: "in_sync" }]);
  });
});
