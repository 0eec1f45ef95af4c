/** What the API asks a fleet to start: one instance for one stateful instance. */
export interface LaunchRequest {
  /** `ssi-…`: keeps its volume and address through replacements. */
  readonly statefulInstanceId: string;
  /** `i-…`: new at every launch. */
  readonly instanceId: string;
  /** The address to give; absent: the fleet allocates one at the first launch. */
  readonly privateIp?: string;
  /** For example `us-west-2a`. */
  readonly availabilityZone: string;
  /** The subnet of that zone. */
  readonly subnetId: string;
  /** For example `r6i.large`. */
  readonly instanceType: string;
  /** Bought on the spot market, or on demand. */
  readonly lifecycle: "SPOT" | "OD";
  /** Decoded once from the API's base64, byte for byte: still gzip where gzip was sent. Empty where none was. */
  readonly userData: Buffer;
}

/** What a fleet says about an instance it has started. */
export interface RunningInstance {
  /** The address the instance has. */
  readonly privateIp: string;
  /** The image it booted from, where the fleet keeps images. */
  readonly imageId?: string;
}

/**
 * Where the API's instances really run. The volume and the address belong to the stateful instance, so a fleet
 * keeps both between `stop` and the next `launch` and gives them up at `release`.
 */
export interface Fleet {
  /**
   * Starts an instance; resolves as soon as it is running with its address. It does not wait for the user data,
   * so that an instance can be interrupted while it still builds.
   */
  launch(request: LaunchRequest): Promise<RunningInstance>;
  /** Ends an instance: `clean` shuts it down in order, `gone` takes it away at once, like a lost host. */
  stop(instanceId: string, how: "clean" | "gone"): Promise<void>;
  /**
   * Gives up the volume and the address of a stateful instance; never called while an instance of it runs.
   * It may be launched again, then from nothing: so a group without root persistence replaces its instances.
   */
  release(statefulInstanceId: string): Promise<void>;
}
