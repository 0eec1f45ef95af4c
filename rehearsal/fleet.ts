import { DataDisk } from "./data-disk";
import { type Image } from "./image";
import { Instance } from "./instance";
import { type Metadata } from "./metadata";
import { type Network } from "./network";
import { type Fleet, type LaunchRequest, type RunningInstance } from "./spot-api/fleet";
import { type Snapshot, Volume } from "./volume";

export interface NspawnFleetProps {
  readonly network: Network;
  readonly metadata: Metadata;
  readonly image: Image;
  /**
   * Seconds between the interruption notice of a spot instance and its power-off at a clean stop. 0: no notice.
   * EC2 gives 120. @default 5
   */
  readonly noticeSeconds?: number;
  /** The first address to allocate. @default 10.0.2.10 */
  readonly firstAddress?: string;
  /** Whether each stateful instance has a data volume, attached at boot. @default false */
  readonly dataVolumes?: boolean;
  /** Files that are written to each root volume before a boot, by their paths. @default none */
  readonly files?: Readonly<Record<string, string>>;
}

/** The parts of a stateful instance that are kept at a replacement. */
interface Kept {
  readonly volume: Volume;
  readonly privateIp: string;
  /** The data volumes that the next instance has attached. */
  disks?: readonly DataDisk[];
}

/** Runs the instances that the Spot API launches, as booted systems on this machine. */
export class NspawnFleet implements Fleet {
  private readonly kept = new Map<string, Kept>();
  private readonly instances = new Map<
    string,
    { readonly instance: Instance; readonly request: LaunchRequest }
  >();

  private readonly addresses = new Set<string>();

  constructor(private readonly props: NspawnFleetProps) {}

  async launch(request: LaunchRequest): Promise<RunningInstance> {
    const { network, metadata, image, files } = this.props;
    const { statefulInstanceId, instanceId, availabilityZone, instanceType, userData } = request;
    const { volume, privateIp, disks } = await this.keep(statefulInstanceId, request.privateIp);
    const lifecycle = request.lifecycle === "SPOT" ? "spot" : "on-demand";
    const instance = new Instance({
      ...{
        network,
        metadata,
        volume,
        privateIp,
        disks,
        instanceId,
        availabilityZone,
        instanceType,
        lifecycle,
        userData,
        files,
      },
      imageId: image.id,
    });
    this.instances.set(instanceId, { instance, request });
    await instance.start();
    return { privateIp, imageId: image.id };
  }

  async stop(instanceId: string, how: "clean" | "gone"): Promise<void> {
    const { instance, request } = this.known(instanceId);
    const noticeSeconds = this.props.noticeSeconds ?? 5;
    if (how === "gone") await instance.kill();
    else if (request.lifecycle === "SPOT" && noticeSeconds > 0) await instance.interrupt({ noticeSeconds });
    else await instance.stop();
  }

  async release(statefulInstanceId: string): Promise<void> {
    const kept = this.kept.get(statefulInstanceId);
    this.kept.delete(statefulInstanceId);
    if (!kept) return;
    this.addresses.delete(kept.privateIp);
    kept.disks?.forEach((disk) => disk.close());
    await kept.volume.destroy();
  }

  /** The instance with this ID. It can be read after its end, for its log and journal. */
  instance(instanceId: string): Instance {
    return this.known(instanceId).instance;
  }

  /** The running instance at an address. */
  byAddress(ip: string): Instance {
    const found = this.all().find((instance) => instance.running && instance.privateIp === ip);
    if (!found) throw new Error(`no instance is running at ${ip}`);
    return found;
  }

  /** All launched instances, in the order of their launches. */
  all(): Instance[] {
    return [...this.instances.values()].map(({ instance }) => instance);
  }

  /** The stateful instances whose volume and address are kept. */
  get keptIds(): readonly string[] {
    return [...this.kept.keys()];
  }

  /** The root volume that a stateful instance keeps. */
  volume(statefulInstanceId: string): Volume {
    const kept = this.kept.get(statefulInstanceId);
    if (!kept) throw new Error(`${statefulInstanceId} is not a known stateful instance`);
    return kept.volume;
  }

  /** The data volumes that the next instance of a stateful instance finds attached. */
  disks(statefulInstanceId: string): readonly DataDisk[] {
    return this.kept.get(statefulInstanceId)?.disks ?? [];
  }

  /** Sets the data volumes of a stateful instance, from its next instance on. */
  exchange(statefulInstanceId: string, disks: readonly DataDisk[]): void {
    const kept = this.kept.get(statefulInstanceId);
    if (!kept) throw new Error(`${statefulInstanceId} is not a known stateful instance`);
    kept.disks = disks;
  }

  /**
   * Resets the volume of a stateful instance to a snapshot, or to the image. No instance may be running on it. An unknown
   * stateful instance gets a new volume.
   */
  async restore(statefulInstanceId: string, from: Snapshot | Image): Promise<void> {
    const { volume } = await this.keep(statefulInstanceId);
    await volume.restore(from);
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((instance) => instance.kill()));
    for (const statefulInstanceId of [...this.kept.keys()]) await this.release(statefulInstanceId);
  }

  private async keep(statefulInstanceId: string, wanted?: string): Promise<Kept> {
    const before = this.kept.get(statefulInstanceId);
    if (before && (wanted === undefined || wanted === before.privateIp)) return before;
    if (before) this.addresses.delete(before.privateIp);
    const privateIp = wanted ?? this.free();
    this.addresses.add(privateIp); // synchronously, since launches run concurrently
    const volume = before?.volume ?? (await Volume.create(this.props.image));
    const disks = before?.disks ?? (this.props.dataVolumes ? [await DataDisk.create()] : undefined);
    const kept = { volume, privateIp, disks };
    this.kept.set(statefulInstanceId, kept);
    return kept;
  }

  private free(): string {
    const [a, b, c, d] = (this.props.firstAddress ?? "10.0.2.10").split(".").map(Number);
    for (let host = d ?? 0; host < 255; host++) {
      const address = [a, b, c, host].join(".");
      if (!this.addresses.has(address)) return address;
    }
    throw new Error("all addresses are in use");
  }

  private known(instanceId: string): { readonly instance: Instance; readonly request: LaunchRequest } {
    const found = this.instances.get(instanceId);
    if (!found) throw new Error(`unknown instance: ${instanceId}`);
    return found;
  }
}
