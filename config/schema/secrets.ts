import * as z from "zod";
import { SOME_SECRET } from "../../constructs/access/secrets";
import { KEY_ARN, PARAMETER_ARN, SECRET_ARN } from "../../constructs/validation/formats";
import { listOrVariable } from "./values";

export const secrets = z
  .strictObject(
    {
      secretArns: listOrVariable(SECRET_ARN)
        .optional()
        .meta({ description: "Secrets of Secrets Manager, by their whole ARNs." }),
      parameterArns: listOrVariable(PARAMETER_ARN)
        .optional()
        .meta({ description: "Parameters of the Parameter Store, by their ARNs." }),
      kmsKeyArns: listOrVariable(KEY_ARN)
        .optional()
        .meta({ description: "The keys that encrypt them, where those are your own." }),
    },
    { error: "hold lists of ARNs" },
  )
  .refine(({ secretArns, parameterArns }) => (secretArns ?? parameterArns) !== undefined, {
    error: SOME_SECRET,
    params: { inside: ["secretArns", "parameterArns"] },
  });
