import { type NspawnFleet } from "../fleet";
import { type Progress } from "../report/progress";
import { type Fleet, type LaunchRequest, type RunningInstance } from "../spot-api/fleet";
import { type Snapshot } from "../volume";

/** Reports what Spot does to instances, and starts them from older images where a fault wants it. */
export class ReportedFleet implements Fleet {
  private readonly images = new Map<string, Snapshot>();
  private readonly addresses = new Map<string, string>();

  constructor(
    readonly booted: NspawnFleet,
    private readonly progress: Progress,
    private readonly noticeSeconds: number,
  ) {}

  /** The next instance of a stateful instance starts from this image instead of the kept volume. */
  startFrom(statefulInstanceId: string, image: Snapshot): void {
    this.images.set(statefulInstanceId, image);
  }

  async launch(request: LaunchRequest): Promise<RunningInstance> {
    const { statefulInstanceId, instanceId, instanceType, lifecycle, availabilityZone } = request;
    const image = this.images.get(statefulInstanceId);
    this.images.delete(statefulInstanceId);
    const isKept = this.booted.keptIds.includes(statefulInstanceId);
    if (image) await this.booted.restore(statefulInstanceId, image);
    const running = await this.booted.launch(request);
    const { privateIp } = running;
    this.addresses.set(instanceId, privateIp);
    const what = `${instanceType}, ${lifecycle === "SPOT" ? "spot" : "on-demand"}, ${availabilityZone}`;
    const volume = image ? "the volume of an older image" : isKept ? "the kept volume" : "a new volume";
    this.note(instanceId, `${instanceId} boots at ${privateIp} with ${volume} (${what})`);
    return running;
  }

  async stop(instanceId: string, how: "clean" | "gone"): Promise<void> {
    const address = this.addresses.get(instanceId) ?? "";
    this.note(
      instanceId,
      how === "gone"
        ? `${instanceId} at ${address} is gone without notice`
        : `${instanceId} at ${address} gets an interruption notice, ${this.noticeSeconds} s ahead`,
    );
    await this.booted.stop(instanceId, how);
    if (how === "clean") this.note(instanceId, `${instanceId} at ${address} is off`);
  }

  release(statefulInstanceId: string): Promise<void> {
    return this.booted.release(statefulInstanceId);
  }

  private note(instanceId: string, text: string): void {
    this.progress.note(text, this.addresses.get(instanceId));
  }
}
