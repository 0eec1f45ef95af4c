import { Annotations } from "cdktf";
import { type IConstruct } from "constructs";
import { isKnown } from "./value-rules";

/** A value that is one word of a vocabulary. */
interface Word {
  readonly value: string;
}

/** A class whose constants are the words that this version knows. */
interface Vocabulary {
  of(value: string): Word;
  [Symbol.hasInstance](value: unknown): boolean;
}

/** The words of the constants of a class, in their order. */
export function wordsOf(vocabulary: Vocabulary): [string, ...string[]] {
  const isWord = (value: unknown): value is Word => value instanceof vocabulary;
  const words = Object.values(vocabulary).filter(isWord);
  return words.map(({ value }) => value) as [string, ...string[]];
}

/** Warns of a word that is not among the known ones: it may be new, or misspelt. Tokens pass. */
export function warnOfUnknownWord(
  scope: IConstruct,
  prop: string,
  word: Word | undefined,
  vocabulary: Vocabulary,
): void {
  if (word === undefined || !isKnown(word.value)) return;
  const known = wordsOf(vocabulary);
  if (known.includes(word.value)) return;
  Annotations.of(scope).addWarning(
    `\`${prop}\` is ${JSON.stringify(word.value)}, which this version does not know. Known values: ${known.join(", ")}.`,
  );
}
