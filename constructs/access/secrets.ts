import { Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { type Constraint } from "../validation/constraint";
import { type Shapes, texts } from "../validation/shape";
import { isKnown } from "../validation/value-rules";

/** The rule that at least one secret or parameter is given. */
export const SOME_SECRET = "name at least one secret or parameter";

/** The secrets that an instance may read. Only their ARNs are part of the configuration, never their values. */
export interface Secrets {
  /**
   * Secrets of Secrets Manager, by their complete ARNs.
   * @default - none
   */
  readonly secretArns?: string[];
  /**
   * Parameters of the Parameter Store, by their ARNs.
   * @default - none
   */
  readonly parameterArns?: string[];
  /**
   * The customer managed KMS keys that encrypt them, by ARN.
   * @default - AWS managed keys, which need no permission
   */
  readonly kmsKeyArns?: string[];
}

/** The shapes of the properties of secrets. */
export const SECRETS_SHAPES: Shapes<Secrets> = {
  secretArns: texts(),
  parameterArns: texts(),
  kmsKeyArns: texts(),
};

/** A source of a secret: its store, and the name there. */
export interface PlainSource<Name = string> {
  /** `secretsmanager`, `parameter` or `file`. */
  readonly store: string;
  readonly name: Name;
}

/** Whether an instance needs a permission for it. */
export function isFetched({ store }: { readonly store: string }): boolean {
  return store !== "file";
}

/** Whether instances get a role of their own: where they read from AWS, and no given profile is there for that. */
export function needsRole(
  { secrets, iamInstanceProfile }: { readonly secrets?: object; readonly iamInstanceProfile?: unknown },
  sources: readonly PlainSource<unknown>[],
): boolean {
  return secrets !== undefined || (iamInstanceProfile === undefined && sources.some(isFetched));
}

/** A role reads something. */
export function secretsConstraints(
  secrets: { readonly [list in keyof Secrets]?: unknown },
  sources: readonly PlainSource<unknown>[],
): Constraint[] {
  const { secretArns, parameterArns } = secrets;
  return [
    {
      path: ["secrets"],
      rule: SOME_SECRET,
      got: secrets,
      holds: (secretArns ?? parameterArns) !== undefined || sources.some(isFetched),
    },
  ];
}

/** Secrets and those that sources name, each once. `parameterArn` returns the ARN of a parameter. */
export function withSources(
  { secretArns, parameterArns, kmsKeyArns }: Secrets,
  sources: readonly PlainSource[],
  parameterArn: (name: string) => string,
): Secrets {
  const names = (store: string): string[] =>
    sources.flatMap((source) => (source.store === store ? [source.name] : []));
  return {
    secretArns: union(secretArns, names("secretsmanager")),
    parameterArns: union(parameterArns, names("parameter").map(parameterArn)),
    kmsKeyArns,
  };
}

/** The items of both, each once. Lists that are known only to Terraform are joined by an expression. */
function union(listed: string[] | undefined, named: readonly string[]): string[] | undefined {
  if (listed === undefined && named.length === 0) return undefined;
  if (Token.isUnresolved(listed))
    return named.length === 0 ? listed : distinct(hcl`concat(${listed}, ${named})`);
  const items = [...new Set([...(listed ?? []), ...named])];
  return named.length === 0 || items.length === 1 || isKnown(items) ? items : distinct(hcl`${items}`);
}

function distinct(list: ReturnType<typeof hcl>): string[] {
  return Token.asList(hcl`distinct(${list})`);
}
