import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type Cluster } from "../../cluster/cluster";
import { type JsonObject } from "../../rehearsal/spot-api/json";
import { SpotApi } from "../../rehearsal/spot-api/spot-api";
import { example } from "../config/example";
import { groupBody } from "../rehearsal/spot-api/fixtures";
import { LoopbackCluster, type LoopbackClusterOptions } from "./loopback-cluster";
import { LoopbackFleet } from "./loopback-fleet";

export interface OperatedOptions extends LoopbackClusterOptions {
  /** Replicas in the group. @default 3 */
  readonly count?: number;
  /** Changes of the group. */
  readonly group?: JsonObject;
  /** Changes of the config. */
  readonly config?: Record<string, unknown>;
  /** A group of `count` replicas for each shard, by the name of the shard. @default - one group for all */
  readonly shards?: readonly string[];
}

/** A real cluster whose group is run by the simulated API, and a config for it. */
export class Operated {
  private readonly environment = { ...process.env };

  private constructor(
    readonly real: LoopbackCluster,
    readonly fleet: LoopbackFleet,
    readonly api: SpotApi,
    readonly cluster: Cluster,
    /** One, or one for each shard. */
    readonly groupIds: readonly string[],
    readonly folder: string,
  ) {}

  static async start({
    count = 3,
    group = {},
    config: changes,
    shards,
    ...options
  }: OperatedOptions = {}): Promise<Operated> {
    const real = await LoopbackCluster.start(options);
    const fleet = new LoopbackFleet(real);
    const api = await SpotApi.start({ fleet });
    const cluster = real.connect();
    const folder = mkdtempSync(join(tmpdir(), "operated-"));
    const capacity = { minimum: count, maximum: count, target: count };
    if (shards !== undefined) fleet.masterOf = (place) => Math.floor(place / count);
    const ids = (shards?.map((shard) => `redis-replicas-${shard}`) ?? ["redis-replicas"]).map((name) => {
      return (api.groups.create(groupBody({ name, capacity, ...group })) as { id: string }).id;
    });
    const operated = new Operated(real, fleet, api, cluster, ids, folder);
    const replicas = shards
      ? {
          shards: shards.map((name, index) => ({ name, master: real.seeds[index], replicas: count })),
          replicas: undefined,
        }
      : { replicas: count };
    const config = example({ name: "redis-replicas", masters: [...real.seeds], ...replicas, ...changes });
    writeFileSync(operated.config, stringify(config));
    Object.assign(process.env, operated.environmentOfSpot);
    try {
      await operated.healthy();
    } catch (error) {
      await operated.close();
      throw error;
    }
    return operated;
  }

  get config(): string {
    return join(this.folder, "redis-replicas.yaml");
  }

  get environmentOfSpot(): Record<string, string> {
    const { SPOTINST_TOKEN, SPOTINST_ACCOUNT, SPOTINST_API_URL } = this.api.environment();
    return {
      SPOTINST_TOKEN: SPOTINST_TOKEN!,
      SPOTINST_ACCOUNT: SPOTINST_ACCOUNT!,
      SPOTINST_API_URL: SPOTINST_API_URL!,
    };
  }

  /** The only group, or the first one. */
  get groupId(): string {
    return this.groupIds[0]!;
  }

  /** The stateful instances of the groups that are not deallocated. */
  get stateful() {
    return this.groupIds
      .flatMap((id) => this.api.statefulInstances(id))
      .filter(({ state }) => state !== "DEALLOCATED");
  }

  /** Waits until all members agree, and every replica is in sync. */
  async healthy(): Promise<void> {
    await this.api.settle();
    await this.fleet.settle();
    await this.real.healthy();
  }

  async close(): Promise<void> {
    this.cluster.close();
    await this.api.close();
    await this.fleet.settle().catch(() => undefined);
    await this.real.close();
    rmSync(this.folder, { recursive: true, force: true });
    process.env = this.environment;
  }
}
