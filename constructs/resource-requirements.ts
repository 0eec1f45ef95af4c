import { Token } from "cdktf";
import { GENERATION, INSTANCE_FAMILY, INSTANCE_TYPE, type Kind, MEMORY, VCPUS } from "./kinds";
import { mustBeWithin, mustList } from "./rules";

/**
 * What a spot machine must have, instead of a list of types: Spot takes whatever fits. The limits are those of the
 * provider's documentation of `spotinst_elastigroup_aws`.
 */
export interface ResourceRequirements {
  /** The least memory in GiB, 1 to 512: a replica's data must fit. */
  readonly minMemory: number;
  /** The most memory in GiB, 1 to 512. */
  readonly maxMemory: number;
  /** The fewest vCPUs, 1 to 64. */
  readonly minVcpus: number;
  /** The most vCPUs, 1 to 64. */
  readonly maxVcpus: number;
  /**
   * Families not to use, such as `t` or `a`.
   * @default - none
   */
  readonly excludedFamilies?: string[];
  /**
   * Types not to use, such as `m3.large`.
   * @default - none
   */
  readonly excludedTypes?: string[];
  /**
   * Generations not to use, such as `1`.
   * @default - none
   */
  readonly excludedGenerations?: string[];
}

/** Throws where Spot would refuse one of the values; how they fit together is among the group's rules. */
export function checkResourceRequirements(requirements: ResourceRequirements): void {
  const at = "instanceTypes.resourceRequirements";
  mustBeWithin(`${at}.minMemory`, requirements.minMemory, MEMORY.least, MEMORY.most, " GiB");
  mustBeWithin(`${at}.maxMemory`, requirements.maxMemory, MEMORY.least, MEMORY.most, " GiB");
  mustBeWithin(`${at}.minVcpus`, requirements.minVcpus, VCPUS.least, VCPUS.most);
  mustBeWithin(`${at}.maxVcpus`, requirements.maxVcpus, VCPUS.least, VCPUS.most);
  const excluded: [prop: string, values: string[] | undefined, kind: Kind][] = [
    ["excludedFamilies", requirements.excludedFamilies, INSTANCE_FAMILY],
    ["excludedTypes", requirements.excludedTypes, INSTANCE_TYPE],
    ["excludedGenerations", requirements.excludedGenerations, GENERATION],
  ];
  for (const [prop, values, kind] of excluded) {
    if (values !== undefined) mustList(`${at}.${prop}`, values, kind);
  }
}

/** The ranges that are empty: each as its lower end, its upper end, and their values. */
export function emptyRanges(
  requirements: ResourceRequirements,
): { prop: string; rule: string; got: number }[] {
  const { minMemory, maxMemory, minVcpus, maxVcpus } = requirements;
  const ranges: [least: string, most: string, low: number, high: number][] = [
    ["minMemory", "maxMemory", minMemory, maxMemory],
    ["minVcpus", "maxVcpus", minVcpus, maxVcpus],
  ];
  return ranges
    .filter(([, , low, high]) => !Token.isUnresolved(low) && !Token.isUnresolved(high) && low > high)
    .map(([prop, most, got, high]) => ({ prop, rule: `be at most \`${most}\` (${high})`, got }));
}
