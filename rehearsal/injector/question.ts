import { createHash } from "node:crypto";

/** One command that a client sent to one server. Address, command and occurrence are its identity. */
export interface Question {
  /** Counts all questions, from 1. */
  readonly number: number;
  /** Counts the client's connections, from 1. */
  readonly connection: number;
  /** As the client named it: HOST:PORT. */
  readonly address: string;
  /** The words as text: UTF-8, long ones shortened by `shortened`. */
  readonly command: readonly string[];
  /** How often this address has been asked this command, from 1. */
  readonly occurrence: number;
}

const MAX_WORDS = 64;
const MAX_CHARACTERS = 256;

/** A command's words as they are recorded and compared: bounded in number and length. */
export function shortened(words: readonly (Buffer | string)[]): string[] {
  const texts = words.slice(0, MAX_WORDS).map((word) => {
    const text = word.toString();
    return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…(${text.length})` : text;
  });
  return words.length > MAX_WORDS ? [...texts, `…(${words.length} words)`] : texts;
}

/** Address and command as one text, the same for the same. */
export function keyOf(address: string, command: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([address, ...command]))
    .digest("base64");
}
