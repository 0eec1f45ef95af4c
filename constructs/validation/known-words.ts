import { Annotations } from "cdktf";
import { type IConstruct } from "constructs";
import { isKnown } from "./value-rules";

/** Warns of a word that is not among the known ones: it may be new, or misspelt. Tokens pass. */
export function warnOfUnknownWord(
  scope: IConstruct,
  prop: string,
  value: string | undefined,
  known: readonly string[],
): void {
  if (value === undefined || !isKnown(value) || known.includes(value)) return;
  Annotations.of(scope).addWarning(
    `\`${prop}\` is ${JSON.stringify(value)}, which this version does not know. Known values: ${known.join(", ")}.`,
  );
}
