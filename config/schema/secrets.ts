import * as z from "zod";
import { SOME_SECRET } from "../../constructs/access/secrets";
import { inRegionRule } from "../../constructs/validation/arn";
import { KEY_ARN, PARAMETER_ARN, SECRET_ARN } from "../../constructs/validation/formats";
import { ofFormat } from "../../constructs/validation/value-rules";
import { type Condition, listOrVariable } from "./values";

/** The region is part of the file, so Terraform can check the ARN of a variable against it. */
export function inRegion(region: string): Condition[] {
  const pattern = new RegExp(`^[^:]*:[^:]*:[^:]*:${region}:`);
  return [ofFormat({ pattern, rule: inRegionRule(region) })];
}

export const secrets = z
  .strictObject(
    {
      secretArns: listOrVariable(SECRET_ARN, inRegion)
        .optional()
        .meta({ description: "Secrets of Secrets Manager, by their complete ARNs." }),
      parameterArns: listOrVariable(PARAMETER_ARN, inRegion)
        .optional()
        .meta({ description: "Parameters of the Parameter Store, by their ARNs." }),
      kmsKeyArns: listOrVariable(KEY_ARN, inRegion)
        .optional()
        .meta({ description: "The customer managed KMS keys that encrypt them." }),
    },
    { error: "be a map with lists of ARNs" },
  )
  // Whether keys alone are enough depends on `auth` and `tls`.
  .refine((given) => Object.values(given).some((list) => list !== undefined), {
    error: SOME_SECRET,
    params: { inside: ["secretArns", "parameterArns"] },
  });
