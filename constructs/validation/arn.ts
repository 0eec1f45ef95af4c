import { hcl } from "../terraform/hcl";
import { type Constraint, knownItems, parenthesized } from "./constraint";
import { type Path } from "./path";
import { isKnown } from "./value-rules";

/** Whether what an ARN names is in a region; a bare id or alias is, wherever it is used. */
export function isInRegion(arn: string, region: string): boolean {
  return !arn.startsWith("arn:") || arn.split(":")[3] === region;
}

/** How a message says that something is in another region, where there is nothing of that name. */
export function inRegionRule(region: unknown): string {
  return `be in \`region\`${parenthesized(region)}`;
}

/** An ARN or a list of them, whose regions must be this one; ARNs that are missing may be null in Terraform. */
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
