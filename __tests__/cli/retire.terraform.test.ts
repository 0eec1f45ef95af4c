import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { SpotApi } from "../../rehearsal/spot-api/spot-api";
import { Terraform } from "../../rehearsal/terraform";
import { example } from "../config/example";
import { temporaryFolder } from "../support/folder";
import { LoopbackCluster } from "../support/loopback-cluster";
import { LoopbackFleet } from "../support/loopback-fleet";
import { describeWith } from "../support/needs";
import { json, run } from "./run";

jest.setTimeout(240_000);

describeWith(["redis-server", "terraform", "spotinst provider"], "retire, with the real provider", () => {
  const folder = temporaryFolder();
  const file = join(folder, "redis-replicas.yaml");
  const out = join(folder, "cdktf.out");
  const environment = { ...process.env };
  let real: LoopbackCluster;
  let fleet: LoopbackFleet;
  let api: SpotApi;
  let terraform: Terraform;

  /** Writes the config with these replicas, and its Terraform JSON. */
  async function synth(replicas: number): Promise<void> {
    const local = { local: { path: join(folder, "terraform.tfstate") } };
    const config = { name: "redis-replicas", masters: [...real.seeds], replicas, backend: local };
    writeFileSync(file, stringify(example(config)));
    expect(await run("-c", file, "synth", "-o", out)).toMatchObject({ exit: 0 });
  }

  beforeAll(async () => {
    real = await LoopbackCluster.start({ masters: 3, replicas: 0 });
    fleet = new LoopbackFleet(real);
    api = await SpotApi.start({ fleet });
    Object.assign(process.env, api.environment());
    terraform = new Terraform(join(out, "stacks/redis-replicas"), api.environment());
    await synth(6);
    await terraform.init();
    await terraform.apply();
    await api.settle();
    await fleet.settle();
    await real.healthy();
  });
  afterAll(async () => {
    process.env = environment;
    await api?.close();
    await fleet?.settle().catch(() => undefined);
    await real?.close();
    rmSync(out, { recursive: true, force: true });
  });

  test("leaves no ghost, no volume, a lower capacity, and an empty plan after the change that it names", async () => {
    const [{ id }] = api.groups.list() as [{ id: string }];
    await expect(terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
    const [first] = api.statefulInstances(id);
    const node = fleet.node(first!.id);
    const ended = await run("-c", file, "retire", first!.id, "--yes", "--json", "--no-wait");
    expect({ exit: ended.exit, stderr: ended.stderr }).toEqual({ exit: 0, stderr: "" });
    const { config_changes } = json(ended) as any;
    expect(config_changes).toEqual([{ key: "replicas", value: 5 }]);
    await expect(terraform.plan()).resolves.toMatchObject({ exitCode: 2 });
    await synth(config_changes[0].value);
    await expect(terraform.plan()).resolves.toMatchObject({ exitCode: 0 });

    const [group] = api.groups.list() as any[];
    expect(group.capacity).toMatchObject({ minimum: 5, maximum: 5, target: 5 });
    expect(api.statefulInstances(id)[0]).toMatchObject({ state: "DEALLOCATED" });
    // The volume with its server was deleted.
    expect(fleet.node(first!.id)).toBeUndefined();
    expect(api.orphaned).toEqual([]);
    for (const { server } of real.nodes) {
      const nodes = await server.nodes();
      expect(nodes.known && nodes.value.map((each) => each.id)).not.toContain(node.id);
    }
    await real.healthy();
  });
});
