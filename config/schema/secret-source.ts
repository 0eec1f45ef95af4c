import * as z from "zod";
import { SOURCE_RULE } from "../../constructs/access/secret-source";
import { inRegionRule } from "../../constructs/validation/arn";
import { FILE_PATH, PARAMETER, SECRET_ARN, SECRET_KEY } from "../../constructs/validation/formats";
import { ofFormat } from "../../constructs/validation/value-rules";
import { inRegion } from "./secrets";
import { type Condition, isMap, orVariable, text } from "./values";

/** As of an ARN; a parameter's name without one is in every region. */
function nameInRegion(region: string): Condition[] {
  const pattern = new RegExp(`^([^:]*|[^:]*:[^:]*:[^:]*:${region}:.*)$`);
  return [ofFormat({ pattern, rule: inRegionRule(region) })];
}

const STORES = ["secretsManager", "parameter", "file"] as const;

/** Where instances read a secret. */
export const secretSource = z
  .strictObject(
    {
      secretsManager: orVariable(text(SECRET_ARN, inRegion)).optional().meta({
        description: "A secret of Secrets Manager, by its whole ARN.",
      }),
      key: text(SECRET_KEY).optional().meta({
        description: "The key of the value, for a secret of Secrets Manager that is JSON.",
      }),
      parameter: orVariable(text(PARAMETER, nameInRegion)).optional().meta({
        description: "A parameter of the Parameter Store, decrypted.",
      }),
      file: orVariable(text(FILE_PATH)).optional().meta({
        description: "A file that the image or `bootScript.before` brings.",
      }),
    },
    { error: SOURCE_RULE },
  )
  .refine((given) => STORES.filter((store) => given[store] !== undefined).length === 1, {
    error: SOURCE_RULE,
    params: { inside: [...STORES, "variable"] },
    when: isMap,
  })
  .refine(({ key, secretsManager }) => key === undefined || secretsManager !== undefined, {
    path: ["key"],
    error: "be left out unless `secretsManager` is given",
    params: { beside: ["secretsManager"] },
    when: isMap,
  });

/** A source as the file has it. */
export type SecretSourceConfig = z.output<typeof secretSource>;
