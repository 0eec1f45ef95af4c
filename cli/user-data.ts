import { DefaultTokenResolver, StringConcat, Token, Tokenization } from "cdktf";
import { gzipSync } from "node:zlib";
import { type ReplicasStack } from "../config/stack";
import { USER_DATA_LIMIT } from "../constructs/elastigroup/user-data";
import { shellWord } from "../constructs/terraform/escape";
import { bootScriptOf } from "./assembly";

/** The size of a boot script as EC2 gets it. */
export interface UserDataSize {
  readonly limit: number;
  /** Undefined if the script has Terraform variables. */
  readonly gzipped?: number;
}

/** The size of a stack's boot script. */
export function userDataSize(stack: ReplicasStack): UserDataSize {
  const { text } = bootScriptOf(stack);
  if (Token.isUnresolved(text)) return { limit: USER_DATA_LIMIT };
  return { limit: USER_DATA_LIMIT, gzipped: gzipSync(text, { level: 6 }).length };
}

/** The size in the format of `--json`. */
export function sizeToJson({ limit, gzipped }: UserDataSize): Record<string, unknown> {
  return { gzipped_bytes: gzipped ?? null, limit_bytes: limit };
}

/** The boot script with Terraform's expressions for values known only to Terraform. */
export function userDataText(stack: ReplicasStack): string {
  return readable(stack, bootScriptOf(stack).text);
}

/** `/etc/redis-replica/settings` as the script writes it. */
export function settingsFile(stack: ReplicasStack): string {
  return Object.entries(bootScriptOf(stack).settings)
    .map(([name, value]) => `${name}=${readable(stack, shellWord(value))}\n`)
    .join("");
}

function readable(stack: ReplicasStack, text: string): string {
  if (!Token.isUnresolved(text)) return text;
  const resolver = new DefaultTokenResolver(new StringConcat());
  return String(Tokenization.resolve(text, { scope: stack, resolver, preparing: false }));
}
