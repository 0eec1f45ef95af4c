import { existsSync } from "node:fs";
import { join } from "node:path";
import { describeWith } from "../support/needs";
import { Operated } from "../support/operated";
import { json, run } from "./run";

describeWith(["redis-server"], "roll", () => {
  let operated: Operated;

  beforeAll(async () => {
    operated = await Operated.start({ masters: 3, replicas: 0, count: 6 });
  }, 120_000);
  afterAll(() => operated?.close());
  beforeEach(() => operated.healthy());

  const roll = (...argv: string[]) => run("-c", operated.config, "roll", ...argv);

  test("recycles every replica, at most one at a time, each in sync before the next", async () => {
    const before = operated.stateful.map(({ instance }) => instance!.id);
    operated.fleet.mostAway = 0;
    const ended = await roll("--yes", "--json");
    expect(ended.stderr).toBe("");
    expect(ended.exit).toBe(0);
    const { result, state_file, replicas } = json(ended) as any;
    expect({ result, state_file }).toEqual({ result: "done", state_file: null });
    expect(replicas.map((each: any) => each.previous_instance_id)).toEqual(before);
    expect(replicas.map((each: any) => each.instance_id)).toEqual(
      operated.stateful.map(({ instance }) => instance!.id),
    );
    for (const each of replicas) expect(each.node_id).toBe(each.previous_node_id);
    expect(operated.fleet.mostAway).toBe(1);
    expect(existsSync(join(operated.folder, "redis-replicas.roll.json"))).toBe(false);
  }, 120_000);
});
