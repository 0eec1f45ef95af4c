import { Annotations } from "cdktf";
import { type IConstruct } from "constructs";
import { required, text } from "./shape";
import { isKnown } from "./value-rules";

/** One of the words of a class. */
interface Word {
  readonly value: string;
}

/** A class whose constants are the words that this version knows, such as VolumeType. */
interface Vocabulary {
  of(value: string): Word;
  [Symbol.hasInstance](value: unknown): boolean;
}

/** A word as a user gives it, who may write plain JavaScript. */
export function word(value: string): string {
  required(text())(["value"], value);
  return value;
}

/** The words of a class, in the order of its constants. */
export function wordsOf(vocabulary: Vocabulary): [string, ...string[]] {
  const isWord = (value: unknown): value is Word => value instanceof vocabulary;
  const words = Object.values(vocabulary).filter(isWord);
  return words.map(({ value }) => value) as [string, ...string[]];
}

/** Adds a warning for an unknown word, which may be new or misspelt. Tokens cause no warning. */
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
