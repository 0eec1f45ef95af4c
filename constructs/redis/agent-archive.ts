import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type InstanceFile, instanceFiles, TEMPLATES } from "./instance-files";

/** The location of the agent's archive. */
export interface AgentArchive {
  /** The HTTP or HTTPS URL of the file that `redis-elastigroup synth --agent FILE` writes. */
  readonly url: string;
  /**
   * The SHA-256 of that file in hex. The instance rejects any other file.
   * @default - the SHA-256 of this version's file
   */
  readonly sha256?: string;
}

/**
 * The agent's files as a tar archive (ustar). The bytes depend only on the version of this package. The archive is not
 * compressed, since the output of a compressor depends on its version.
 */
export function agentArchive(): Uint8Array {
  return Buffer.concat([...instanceFiles().flatMap(entry), Buffer.alloc(2 * BLOCK)]);
}

const BLOCK = 512;

function entry({ path, mode, content }: InstanceFile): Buffer[] {
  const data = Buffer.from(content);
  const padding = Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK);
  return [header(path.slice(1), mode, data.length), data, padding];
}

/** https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06 */
function header(name: string, mode: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(name) > 100) throw new Error(`${name} is too long for a tar header`);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  block.write(name, 0);
  block.write(octal(Number.parseInt(mode, 8), 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136);
  // The checksum is computed with spaces in the checksum field.
  block.write(" ".repeat(8), 148);
  block.write("0", 156);
  block.write("ustar\u000000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

const programs = new Map<string, string>();

/** A Python program for the script, without comments. The shell has it in single quotes. */
export function inlineProgram(name: "unpack" | "download"): string {
  let text = programs.get(name);
  if (text === undefined) {
    text = readFileSync(join(TEMPLATES, `${name}.py`), "utf8").replace(/^#.*\n/gm, "");
    if (text.includes("'")) throw new Error(`${name}.py must be without single quotes`);
    programs.set(name, text);
  }
  return text;
}
