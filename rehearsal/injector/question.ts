import { createHash } from "node:crypto";

/** A command that a client sent to a server. Its identity is the address, the command and the occurrence. */
export interface Question {
  /** The number of the question among all, from 1. */
  readonly number: number;
  /** The number of the client's connection, from 1. */
  readonly connection: number;
  /** HOST:PORT, as the client wrote it. */
  readonly address: string;
  /** The arguments as text: UTF-8, shortened by `shortened` if they are long. */
  readonly command: readonly string[];
  /** How often this address has been asked this command, from 1. */
  readonly occurrence: number;
}

const MAX_WORDS = 64;
const MAX_CHARACTERS = 256;

/** The arguments of a command as they are recorded and compared: limited in number and length. */
export function shortened(words: readonly (Buffer | string)[]): string[] {
  const texts = words.slice(0, MAX_WORDS).map((word) => {
    const text = word.toString();
    return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…(${text.length})` : text;
  });
  return words.length > MAX_WORDS ? [...texts, `…(${words.length} words)`] : texts;
}

/** A key for the address and the command. */
export function keyOf(address: string, command: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([address, ...command]))
    .digest("base64");
}
