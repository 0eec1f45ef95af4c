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

/** What every region supports for gp3. */
const MOST = 16_384;

/** GiB where nothing tells the memory: enough for 30 GiB of data. The image's own size is often 8 GiB. */
const UNKNOWN_MEMORY = 100;

/** What tells how much data a replica can hold; a variable or a token counts as unknown. */
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
  const types = [onDemand, ...(Array.isArray(spot) ? (spot as unknown[]) : [])];
  const memory = types.flatMap((type) => (typeof type === "string" ? (memoryOf(type) ?? []) : []));
  const least = resourceRequirements?.minMemory;
  if (typeof least === "number" && isKnown(least)) memory.push(least);
  const { maxMemory } = redis;
  const limit = typeof maxMemory === "string" ? bytesOf(maxMemory) / GIB : 0;
  if (limit === 0 && memory.length === 0) return UNKNOWN_MEMORY;
  const data = limit > 0 ? limit : DATA_SHARE * Math.min(...memory);
  return Math.min(Math.max(Math.ceil(SYSTEM_GIB + COPIES * data), LEAST), MOST);
}

/** Whether no setting but the device is given. */
export function hasDefaultSize(volume: object | undefined): boolean {
  return Object.entries(volume ?? {}).every(([key, value]) => key === "device" || value === undefined);
}

/** The root volume of a group without settings. A group with a data volume needs only what the image has. */
export function defaultRootVolume({
  rootVolume,
  dataVolume,
  ...hints
}: MemoryHints & { readonly rootVolume?: RootVolume; readonly dataVolume?: object }): RootVolume | undefined {
  return dataVolume === undefined ? { ...rootVolume, size: defaultRootVolumeSize(hints) } : undefined;
}

/**
 * Leaves the volumes of a group that exists as they are. The default follows the instance types, and Spot starts a
 * replacement from an image of its root volume: a size below that image's would keep it from starting.
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

/** Where common images have their root volume. A group keeps its device when `rootVolume.device` changes. */
const ROOT_DEVICES = [ROOT_DEVICE, "/dev/sda1"];
