import { type Fleet } from "./fleet";
import { type Clock } from "./groups";
import { type Ids } from "./ids";
import { at, type JsonObject, listAt, stringAt } from "./json";
import { type Purchase } from "./instance-choice";
import { type Device, type StatefulInstance } from "./stateful-instance";

/** The largest user data that EC2 accepts, in bytes before base64. */
const userDataLimit = 16_384;

/** Properties of a launcher. */
export interface LauncherProps {
  readonly fleet: Fleet;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** Starts and ends the EC2 instances of stateful instances in a fleet, according to the group's persistence. */
export class Launcher {
  constructor(private readonly props: LauncherProps) {}

  /** Starts a new EC2 instance for a stateful instance, which is ACTIVE when this resolves. */
  async launch(stateful: StatefulInstance, group: JsonObject, bought: Purchase): Promise<void> {
    const { fleet, ids, clock } = this.props;
    const userData = Buffer.from(stringAt(group, "compute.launchSpecification.userData") ?? "", "base64");
    if (userData.length > userDataLimit) {
      throw new Error(`user data is limited to ${userDataLimit} bytes, got: ${userData.length}`);
    }
    const again = stateful.launchedAt !== undefined;
    // A stateful group gets a new image in this way: switch root persistence off, recycle, and switch it on again.
    if (again && !persists(group, "RootDevice")) await fleet.release(stateful.id);

    const launchedAt = clock().toISOString();
    const keepsAddress = stateful.pooled || persists(group, "PrivateIp");
    const instanceId = ids.next("i");
    stateful.instance = {
      id: instanceId,
      type: bought.instanceType,
      lifecycle: bought.lifecycle,
      ...(bought.lifecycle === "SPOT" ? { spotRequestId: ids.next("sir") } : {}),
      launchedAt,
    };
    try {
      const running = await fleet.launch({
        statefulInstanceId: stateful.id,
        instanceId,
        ...(keepsAddress && stateful.privateIp !== undefined ? { privateIp: stateful.privateIp } : {}),
        availabilityZone: stateful.availabilityZone,
        subnetId: stateful.subnetId,
        ...bought,
        userData,
      });
      stateful.privateIp = running.privateIp;
      stateful.imageId = running.imageId ?? this.image(group, again);
    } catch (error) {
      stateful.instance = undefined;
      throw error;
    }
    stateful.launchedAt = launchedAt;
    stateful.devices = this.devices(group, stateful.devices);
    stateful.state = "ACTIVE";
  }

  /** Ends the EC2 instance, if there is one. */
  async end(stateful: StatefulInstance, how: "clean" | "gone"): Promise<void> {
    if (stateful.instance === undefined) return;
    await this.props.fleet.stop(stateful.instance.id, how);
    stateful.instance = undefined;
  }

  /** Deletes the volume and the address. */
  async release(stateful: StatefulInstance): Promise<void> {
    await this.props.fleet.release(stateful.id);
    stateful.state = "DEALLOCATED";
  }

  /** A persisted root volume is restored from an image that was created of it. */
  private image(group: JsonObject, again: boolean): string | undefined {
    if (again && persists(group, "RootDevice")) return this.props.ids.next("ami");
    return stringAt(group, "compute.launchSpecification.imageId");
  }

  /** Reattached volumes keep their ID. All others are created again, from a snapshot or empty. */
  private devices(group: JsonObject, before: readonly Device[]): Device[] {
    const reattach =
      persists(group, "BlockDevices") && at(group, "strategy.persistence.blockDevicesMode") === "reattach";
    return listAt(group, "compute.launchSpecification.blockDeviceMappings").map((mapping) => {
      const deviceName = stringAt(mapping, "deviceName") ?? "";
      const old = reattach ? before.find((device) => device.deviceName === deviceName) : undefined;
      return old ?? { deviceName, volumeId: this.props.ids.next("vol") };
    });
  }
}

function persists(group: JsonObject, part: "RootDevice" | "BlockDevices" | "PrivateIp"): boolean {
  return at(group, `strategy.persistence.shouldPersist${part}`) === true;
}
