import { type Instance, type UserDataResult } from "../rehearsal/instance";
import { type RedisNode } from "../rehearsal/redis-node";
import { type LaunchRequest } from "../rehearsal/spot-api/fleet";
import { Stage } from "../rehearsal/stage";
import { Watch } from "./watch";

/** Milliseconds that user data may take: a build of Redis takes minutes. */
export const PATIENCE = 600_000;

const BARE = "ssi-bare";
const EMPTY = Buffer.alloc(0);

export interface BootedClusterProps {
  /** @default 3 */
  readonly masters?: number;
  /** Directives that replace the defaults of the masters. */
  readonly directives?: Readonly<Record<string, string>>;
}

/** Masters, and instances that boot beside them. */
export class BootedCluster {
  private launched = 0;

  private constructor(
    readonly stage: Stage,
    readonly watch: Watch,
  ) {}

  static async open({ masters: count, directives }: BootedClusterProps = {}): Promise<BootedCluster> {
    const stage = await Stage.open({ masters: { count, directives } });
    try {
      return new BootedCluster(stage, await Watch.open(stage.masters.addresses));
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  get masters(): readonly RedisNode[] {
    return this.stage.masters.servers.map(({ node }) => node);
  }

  /** Boots an instance on the volume and address of a stateful instance. A new one gets a new volume of the image. */
  async launch(
    statefulInstanceId: string,
    userData: Buffer,
    lifecycle: LaunchRequest["lifecycle"] = "SPOT",
  ): Promise<Instance> {
    const instanceId = `i-${(++this.launched).toString(16).padStart(17, "0")}`;
    await this.stage.fleet.launch({
      ...{ statefulInstanceId, instanceId, userData },
      ...{ availabilityZone: "us-west-2a", subnetId: "subnet-0a1b", instanceType: "r6i.large" },
      lifecycle,
    });
    return this.stage.fleet.instance(instanceId);
  }

  async finished(instance: Instance): Promise<UserDataResult> {
    const result = await instance.waitForUserData(PATIENCE);
    if (!result.succeeded) throw new Error(`user data failed\n${result.errors.join("\n")}`);
    return result;
  }

  /** A spot interruption, with a notice two seconds before the shutdown. Resolves when the instance is off. */
  async interrupt(instance: Instance): Promise<void> {
    await this.stage.fleet.stop(instance.instanceId, "clean");
  }

  /**
   * Boots an instance with empty user data: on a new volume, or on the volume of the bare boot before and with another
   * instance ID, as a replacement. The baseline for what the agent adds.
   */
  async bareBoot({ isFirst }: { readonly isFirst: boolean }): Promise<UserDataResult> {
    if (isFirst) await this.stage.fleet.release(BARE);
    // On-demand instances get no notice, which would delay the next measurement.
    const instance = await this.launch(BARE, EMPTY, "OD");
    const result = await this.finished(instance);
    await this.interrupt(instance);
    return result;
  }

  /** Releases the volume of a replica that is off, and makes all masters forget the node. */
  async forget(statefulInstanceId: string, nodeId: string): Promise<void> {
    await this.stage.fleet.release(statefulInstanceId);
    for (const master of this.masters) await master.cli("CLUSTER", "FORGET", nodeId);
  }

  /** Never rejects, so that the error of a measurement is not replaced. The enclosure ends what is left. */
  async close(): Promise<void> {
    this.watch.close();
    await this.stage.close().catch(() => undefined);
  }
}

/** The journal of Redis and the agent since the boot of the instance. */
export async function journalOf(instance: Instance): Promise<string> {
  return (await instance.exec(["journalctl", "--boot", "--unit=redis-replica", "--output=cat"])).stdout;
}
