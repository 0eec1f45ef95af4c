import { hcl } from "../terraform/hcl";
import { type Constraint, knownItems, parenthesized } from "./constraint";
import { type Path } from "./path";
import { isKnown } from "./value-rules";

/** Whether the resource of an ARN is in a region. An ID or alias without an ARN is valid in every region. */
export function isInRegion(arn: string, region: string): boolean {
  return !arn.startsWith("arn:") || arn.split(":")[3] === region;
}

/** The rule that a resource is in the region. */
export function inRegionRule(region: unknown): string {
  return `be in \`region\`${parenthesized(region)}`;
}

/** The constraint that one ARN or all ARNs of a list are in this region. Missing ARNs may be null in Terraform. */
export function regionConstraints(path: Path, arns: unknown, region: unknown): Constraint[] {
  if (arns === undefined || region === undefined) return [];
  const rule = inRegionRule(region);
  const list = Array.isArray(arns) ? (arns as unknown[]) : [arns];
  return [
    ...knownItems(list).map(([index, arn]) => ({
      path: list === arns ? [...path, index] : path,
      rule,
      got: arn,
      holds: typeof region !== "string" || !isKnown(region) || isInRegion(arn, region),
    })),
    {
      path,
      rule,
      got: arns,
      holds: true,
      among: [list, region],
      condition: hcl`alltrue([for arn in ${list} : arn == null ? true : !startswith(arn, "arn:") || try(split(":", arn)[3] == ${region}, false)])`,
    },
  ];
}
