/** The number of replicas: the capacity of a group that Spot and this package accept. */
export const REPLICAS = { least: 1, most: 1000 };

/** GiB of memory in Spot's resource requirements. */
export const MEMORY = { least: 1, most: 512 };

/** vCPUs in Spot's resource requirements. */
export const VCPUS = { least: 1, most: 64 };

/** Percentages of a group's instances. The provider does not send 0. */
export const PERCENT = { least: 1, most: 100 };

/** The share of a group's instances that are spot instances. */
export const SPOT_PERCENT = { least: 0, most: 100, default: 100 };

/** Seconds between the deregistration of an instance and its termination. */
export const DRAINING = { least: 1, most: 3600, default: 120 };

/** The revision of the zones. */
export const REVISIONS = { least: 1, most: 1_000_000 };

/** TCP ports. */
export const PORTS = { least: 1, most: 65_535 };

/** Minutes between two reads of the secrets' sources. */
export const REFRESH_MINUTES = { least: 1, most: 1440, default: 15 };

/** Milliseconds of `cluster-node-timeout`: what the agent takes. */
export const NODE_TIMEOUTS = { least: 100, most: 600_000 };

/** The hop limit of responses of the metadata service. */
export const HOPS = { least: 1, most: 64, default: 1 };

/** Hours that Spot accepts for `minimum_instance_lifetime`. */
export const LIFETIMES: readonly number[] = [1, 3, 6, 12, 24];

/** GiB of a volume of any type. https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html */
export const VOLUME_SIZE = { least: 1, most: 65_536 };

/** GiB by volume type, if the range is narrower. https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html */
export const SIZES: Readonly<Record<string, { least: number; most: number }>> = {
  gp2: { least: 1, most: 16_384 },
  io1: { least: 4, most: 16_384 },
};

/** The IOPS and MiB/s that every gp3 volume has. */
export const GP3 = { iops: 3000, throughput: 125 };

/** MiB/s of a gp3 volume that Spot's API accepts. AWS supports more. */
export const THROUGHPUT = { least: GP3.throughput, most: 1000 };

/** IOPS by type of volume. https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html */
export const IOPS: Readonly<Record<string, { least: number; most: number; perGib: number }>> = {
  gp3: { least: GP3.iops, most: 80_000, perGib: 500 },
  io1: { least: 100, most: 64_000, perGib: 50 },
};

/** Seconds of a health check. The provider does not send 0, so a plan with 0 would never be empty. */
export const HEALTH_SECONDS = { least: 1, most: 86_400 };
