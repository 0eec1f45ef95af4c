/** Replicas in all: what Spot and this package take as a group's capacity. */
export const REPLICAS = { least: 1, most: 1000 };

/** GiB of a machine, as Spot takes resource requirements. */
export const MEMORY = { least: 1, most: 512 };

/** vCPUs of a machine, as Spot takes resource requirements. */
export const VCPUS = { least: 1, most: 64 };

/** Shares of a group's instances; 0 is no limit that Spot's provider sends. */
export const PERCENT = { least: 1, most: 100 };

/** Seconds between the deregistration of an instance and its end. */
export const DRAINING = { least: 1, most: 3600, default: 120 };

/** Which time zones are sent. */
export const REVISIONS = { least: 1, most: 1_000_000 };

/** TCP's. */
export const PORTS = { least: 1, most: 65_535 };

/** Hops of an answer of the instance's metadata service. */
export const HOPS = { least: 1, most: 64, default: 1 };

/** Hours that Spot takes for `minimum_instance_lifetime`. */
export const LIFETIMES: readonly number[] = [1, 3, 6, 12, 24];

/** GiB of a volume of any type. https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html */
export const VOLUME_SIZE = { least: 1, most: 65_536 };

/** GiB by type of volume, where that is narrower. https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html */
export const SIZES: Readonly<Record<string, { least: number; most: number }>> = {
  gp2: { least: 1, most: 16_384 },
  io1: { least: 4, most: 16_384 },
};

/** What every gp3 volume has: I/O operations per second, and MiB/s. */
export const GP3 = { iops: 3000, throughput: 125 };

/** MiB/s of a gp3 volume: what Spot's API takes, which is less than AWS does today. */
export const THROUGHPUT = { least: GP3.throughput, most: 1000 };

/** IOPS by type of volume. https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html */
export const IOPS: Readonly<Record<string, { least: number; most: number; perGib: number }>> = {
  gp3: { least: GP3.iops, most: 80_000, perGib: 500 },
  io1: { least: 100, most: 64_000, perGib: 50 },
};

/** Seconds a health check may wait; 0 would never settle, for the provider does not send it. */
export const HEALTH_SECONDS = { least: 1, most: 86_400 };
