import { type TerraformResourceLifecycle } from "cdktf";
import { memoryOf } from "../elastigroup/instance-type";
import { ROOT_DEVICE, type RootVolume } from "../elastigroup/root-volume";
import { hcl } from "../terraform/hcl";
import { isKnown } from "../validation/value-rules";
import { bytesOf, GIB } from "./memory-size";

/** The share of an instance's memory that data may take. Buffers, fragmentation and a fork need the rest. */
export const DATA_SHARE = 0.75;

/** GiB for the operating system, Redis, its build and logs. */
export const SYSTEM_GIB = 8;

/** The RDB file, the append-only file of a promoted replica, and the new file while that one is rewritten. */
const COPIES = 3;

/** EC2 refuses a root volume smaller than the image's snapshot. Common images have 8 GiB, those for containers 30. */
const LEAST = 32;

/** The largest gp3 volume that every region supports. */
const MOST = 16_384;

/** GiB if the memory is unknown: enough for 30 GiB of data. Images often have only 8 GiB. */
const UNKNOWN_MEMORY = 100;

/** The values that limit the data of a replica. A variable or a token counts as unknown. */
export interface MemoryHints {
  readonly instanceTypes: {
    readonly onDemand: unknown;
    readonly spot?: unknown;
    readonly resourceRequirements?: { readonly minMemory: unknown };
  };
  readonly redis?: { readonly maxMemory?: unknown };
}

/**
 * GiB of a root volume without a size. Data must fit into every instance type, so the memory of any known type is an
 * upper bound, and the smallest counts. `maxMemory` is a closer one.
 */
export function defaultRootVolumeSize({ instanceTypes, redis = {} }: MemoryHints): number {
  const { onDemand, spot, resourceRequirements } = instanceTypes;
  const types = [onDemand, spot].flat();
  const memory = types.flatMap((type) => (typeof type === "string" ? (memoryOf(type) ?? []) : []));
  const least = resourceRequirements?.minMemory;
  if (typeof least === "number" && isKnown(least)) memory.push(least);
  const { maxMemory } = redis;
  const limit = typeof maxMemory === "string" ? bytesOf(maxMemory) / GIB : 0;
  if (limit === 0 && memory.length === 0) return UNKNOWN_MEMORY;
  const data = limit > 0 ? limit : DATA_SHARE * Math.min(...memory);
  return Math.min(Math.max(Math.ceil(SYSTEM_GIB + COPIES * data), LEAST), MOST);
}

/** Whether only the device is set. */
export function hasDefaultSize(volume: object | undefined): boolean {
  return Object.entries(volume ?? {}).every(([key, value]) => key === "device" || value === undefined);
}

/** The root volume of a group without settings. With a data volume, the size of the image is sufficient. */
export function defaultRootVolume({
  rootVolume,
  dataVolume,
  ...hints
}: MemoryHints & { readonly rootVolume?: RootVolume; readonly dataVolume?: object }): RootVolume | undefined {
  return dataVolume === undefined ? { ...rootVolume, size: defaultRootVolumeSize(hints) } : undefined;
}

/**
 * Keeps the volumes of an existing group unchanged. The default depends on the instance types, and Spot starts a
 * replacement from an image of its root volume. With a size below that of the image, it could not start.
 */
export function keepVolumes(
  lifecycle: TerraformResourceLifecycle = {},
  device: string = ROOT_DEVICE,
): TerraformResourceLifecycle {
  const { ignoreChanges = [], postcondition = [] } = lifecycle;
  const devices = ROOT_DEVICES.includes(device) ? ROOT_DEVICES : [...ROOT_DEVICES, device];
  return {
    ...lifecycle,
    ignoreChanges: ignoreChanges === "all" ? ignoreChanges : ["ebs_block_device", ...ignoreChanges],
    postcondition: [
      ...postcondition,
      {
        condition: hcl`alltrue([for volume in self.ebs_block_device : contains(${devices}, volume.device_name)])`,
        errorMessage:
          "The group still has a data volume, and Terraform cannot remove it. Set `rootVolume.size` to have the volumes sent.",
      },
    ],
  };
}

/** The root devices of common images. An existing group keeps its device when `rootVolume.device` changes. */
const ROOT_DEVICES = [ROOT_DEVICE, "/dev/sda1"];
