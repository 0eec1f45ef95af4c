/** A request to start an EC2 instance for a stateful instance. */
export interface LaunchRequest {
  /** `ssi-…`: keeps its volume and address at replacements. */
  readonly statefulInstanceId: string;
  /** `i-…`: new at every launch. */
  readonly instanceId: string;
  /** The private IP. @default - allocated by the fleet at the first launch */
  readonly privateIp?: string;
  /** For example `us-west-2a`. */
  readonly availabilityZone: string;
  /** The subnet of that zone. */
  readonly subnetId: string;
  /** For example `r6i.large`. */
  readonly instanceType: string;
  /** Whether the instance is a spot or an on-demand instance. */
  readonly lifecycle: "SPOT" | "OD";
  /** The bytes after the base64 of the API is decoded; gzip is not decompressed. Empty if there is no user data. */
  readonly userData: Buffer;
}

/** An instance that a fleet has started. */
export interface RunningInstance {
  /** The private IP of the instance. */
  readonly privateIp: string;
  /** The image that it booted from, if the fleet has images. */
  readonly imageId?: string;
}

/**
 * Runs the instances of the API. The volume and the address belong to the stateful instance, so a fleet keeps both
 * between `stop` and the next `launch`, and deletes them at `release`.
 */
export interface Fleet {
  /**
   * Starts an instance. Resolves as soon as it runs with its address. It does not wait for the user data, so that an
   * instance can be interrupted while its user data runs.
   */
  launch(request: LaunchRequest): Promise<RunningInstance>;
  /** Ends an instance. `clean`: an orderly shutdown. `gone`: immediately, like the loss of its host. */
  stop(instanceId: string, how: "clean" | "gone"): Promise<void>;
  /**
   * Deletes the volume and the address of a stateful instance. None of its instances may be running. It can be launched
   * again, with a new volume: a group without root persistence replaces its instances in this way.
   */
  release(statefulInstanceId: string): Promise<void>;
}
