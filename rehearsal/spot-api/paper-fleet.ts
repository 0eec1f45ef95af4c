import { type Fleet, type LaunchRequest, type RunningInstance } from "./fleet";

/** A fleet that allocates addresses but boots no instances, for tests without machines. */
export class PaperFleet implements Fleet {
  private readonly addresses = new Map<string, string>();
  private readonly live = new Map<string, LaunchRequest>();

  /** Allocates these addresses in their order, and then those of 10.200.0.0/16. */
  constructor(private readonly first: readonly string[] = []) {}

  /** All launch requests, oldest first. */
  readonly launches: LaunchRequest[] = [];

  /** The running instances. */
  get running(): readonly LaunchRequest[] {
    return [...this.live.values()];
  }

  /** Gives a stateful instance the address that it had before a restart of the API. */
  keep(statefulInstanceId: string, privateIp: string): void {
    this.addresses.set(statefulInstanceId, privateIp);
  }

  launch(request: LaunchRequest): Promise<RunningInstance> {
    if (this.live.has(request.instanceId)) throw new Error(`${request.instanceId} is already running`);
    const privateIp = request.privateIp ?? this.addresses.get(request.statefulInstanceId) ?? this.free();
    this.addresses.set(request.statefulInstanceId, privateIp);
    this.live.set(request.instanceId, request);
    this.launches.push(request);
    return Promise.resolve({ privateIp });
  }

  stop(instanceId: string): Promise<void> {
    this.live.delete(instanceId);
    return Promise.resolve();
  }

  release(statefulInstanceId: string): Promise<void> {
    this.addresses.delete(statefulInstanceId);
    return Promise.resolve();
  }

  private free(): string {
    const taken = new Set(this.addresses.values());
    const named = this.first.find((address) => !taken.has(address));
    if (named !== undefined) return named;
    for (let host = 10; host < 0xfffe; host++) {
      const address = `10.200.${host >> 8}.${host & 255}`;
      if (!taken.has(address)) return address;
    }
    throw new Error("all addresses of 10.200.0.0/16 are in use");
  }
}
