import { hcl } from "../terraform/hcl";
import { type Constraint, parenthesized } from "../validation/constraint";
import { GENERATION, INSTANCE_FAMILY, INSTANCE_TYPE } from "../validation/formats";
import { MEMORY, VCPUS } from "../validation/limits";
import { pathOf } from "../validation/path";
import { type Validator } from "../validation/validator";
import { within } from "../validation/value-rules";

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

const AT = "instanceTypes.resourceRequirements";

/** Checks each value by itself; how they fit together is among the group's constraints. */
export function validateResourceRequirements(requirements: ResourceRequirements, validator: Validator): void {
  validator.value(`${AT}.minMemory`, requirements.minMemory, within(MEMORY, " GiB"));
  validator.value(`${AT}.maxMemory`, requirements.maxMemory, within(MEMORY, " GiB"));
  validator.value(`${AT}.minVcpus`, requirements.minVcpus, within(VCPUS));
  validator.value(`${AT}.maxVcpus`, requirements.maxVcpus, within(VCPUS));
  validator.list(`${AT}.excludedFamilies`, requirements.excludedFamilies, INSTANCE_FAMILY);
  validator.list(`${AT}.excludedTypes`, requirements.excludedTypes, INSTANCE_TYPE);
  validator.list(`${AT}.excludedGenerations`, requirements.excludedGenerations, GENERATION);
}

/** No range may be empty; of a config file, one of its ends may be missing. */
export function rangeConstraints(requirements: { readonly [end in Ends]?: unknown }): Constraint[] {
  const ranges: [least: Ends, most: Ends][] = [
    ["minMemory", "maxMemory"],
    ["minVcpus", "maxVcpus"],
  ];
  return ranges.map(([least, most]) => {
    const [low, high] = [requirements[least], requirements[most]];
    return {
      path: [...pathOf(AT), least],
      rule: `be at most \`${most}\`${parenthesized(high)}`,
      got: low,
      among: [low, high],
      holds: !(Number(low) > Number(high)),
      condition: hcl`${low} <= ${high}`,
    };
  });
}

type Ends = "minMemory" | "maxMemory" | "minVcpus" | "maxVcpus";
