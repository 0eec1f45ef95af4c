import { createHash } from "node:crypto";
import { type Pipeline, type RawCommand } from "../pipeline";
import { type RawReply, ServerError } from "../reply-reader";

/** How values are read for a comparison: one text for each key, equal for equal values. */
export type ReadValues = (pipeline: Pipeline, keys: readonly Buffer[]) => Promise<readonly string[]>;

/** The version of RDB and a checksum, at the end of what DUMP returns. Servers of two versions differ there only. */
const FOOTER = 10;

/** Keys of one batch: a server digests them within a millisecond or two, and answers others in between. */
const BATCH = 200;
/** Bytes that a batch of whole values should have. Both the server and this process hold it in memory. */
const BATCH_BYTES = 4 * 2 ** 20;

/** Digests by DEBUG: small replies, whatever the values are. A missing key has a digest of zeros. */
export const byDigest: ReadValues = async (pipeline, keys) => {
  const batches: Promise<readonly RawReply[]>[] = [];
  for (let at = 0; at < keys.length; at += BATCH)
    batches.push(pipeline.send([["DEBUG", "DIGEST-VALUE", ...keys.slice(at, at + BATCH)]]));
  return (await Promise.all(batches)).flatMap(([reply]) => {
    if (!Array.isArray(reply))
      throw reply instanceof Error ? reply : new Error("DEBUG DIGEST-VALUE: no list");
    return (reply as readonly Buffer[]).map((digest) => digest.toString("latin1"));
  });
};

/** Serialized values by DUMP. Equal ones prove equality. Of unequal ones the order of a set or hash can differ. */
export const byDump: ReadValues = async (pipeline, keys) => {
  const sizes = await sizesOf(pipeline, keys);
  const texts: string[] = [];
  while (texts.length < keys.length) {
    const begin = texts.length;
    let [end, bytes] = [begin + 1, sizes[begin]!];
    while (end < keys.length && end - begin < BATCH && (bytes += sizes[end]!) <= BATCH_BYTES) end++;
    const replies = await pipeline.send(keys.slice(begin, end).map((key): RawCommand => ["DUMP", key]));
    const values = replies.map(valueOf);
    texts.push(...values.map((value) => (value === null ? "" : textOf(value.subarray(0, -FOOTER)))));
  }
  return texts;
};

/**
 * The bytes that values take, about. A server answers no other client while it serializes a batch, and has all of it in
 * memory, so a batch of large values would stop it for seconds. Without the right to ask, each value is a batch.
 */
async function sizesOf(pipeline: Pipeline, keys: readonly Buffer[]): Promise<readonly number[]> {
  const sizes: number[] = [];
  for (let at = 0; at < keys.length; at += BATCH) {
    const batch = keys.slice(at, at + BATCH).map((key): RawCommand => ["MEMORY", "USAGE", key]);
    for (const reply of await pipeline.send(batch)) {
      const isUnknown = reply instanceof ServerError && !isElsewhere(reply);
      sizes.push(isUnknown ? BATCH_BYTES : Number(reply instanceof ServerError ? 0 : reply));
    }
  }
  return sizes;
}

/** The bytes of a reply to DUMP; null if the key is not there. */
function valueOf(reply: RawReply): Buffer | null {
  if (reply instanceof ServerError) {
    if (isElsewhere(reply)) return null;
    throw reply;
  }
  return Buffer.isBuffer(reply) ? reply : null;
}

/** Whether a key is not there since its slot moves to another master. */
function isElsewhere({ message }: ServerError): boolean {
  return /^(ASK|MOVED|TRYAGAIN) /.test(message);
}

/** Serialized values up to this number of bytes are compared themselves: a hash takes longer than the rest of the comparison. */
const SHORT = 512;

/** A serialized value begins with the number of its type, which is none of these letters. */
function textOf(value: Buffer): string {
  return value.length <= SHORT ? value.toString("latin1") : `sha256 ${hash(value)}`;
}

function hash(content: Buffer): string {
  return createHash("sha256").update(content).digest("base64");
}

/** What reads a value of a type. Sets and hashes have no order. */
const READERS: Readonly<
  Record<string, { command: readonly string[]; after?: readonly string[]; group?: number }>
> = {
  string: { command: ["GET"] },
  list: { command: ["LRANGE"], after: ["0", "-1"] },
  set: { command: ["SMEMBERS"], group: 1 },
  hash: { command: ["HGETALL"], group: 2 },
  zset: { command: ["ZRANGE"], after: ["0", "-1", "WITHSCORES"] },
  stream: { command: ["XRANGE"], after: ["-", "+"] },
};

/** Contents by the command of each type. Only for few keys: they are read whole. */
export const byContent: ReadValues = async (pipeline, keys) => {
  const types = await pipeline.send(keys.map((key): RawCommand => ["TYPE", key]));
  const texts: string[] = [];
  for (const [index, key] of keys.entries()) {
    const found = types[index];
    if (found instanceof ServerError && !isElsewhere(found)) throw found;
    const type = found instanceof ServerError ? "none" : String(found);
    const reader = READERS[type];
    const command = reader ? [...reader.command, key, ...(reader.after ?? [])] : ["DUMP", key];
    const [answer = null, groups] = await pipeline.send([
      command,
      ...(type === "stream" ? [["XINFO", "GROUPS", key]] : []),
    ]);
    const reply = answer instanceof ServerError && isElsewhere(answer) ? null : answer;
    // Another client can write a value of another type between both commands.
    if (reply instanceof ServerError && !reply.message.startsWith("WRONGTYPE")) throw reply;
    // Of a module's type only the serialized value is known.
    const content = reader === undefined && Buffer.isBuffer(reply) ? reply.subarray(0, -FOOTER) : reply;
    const bytes = Buffer.isBuffer(content)
      ? content
      : Buffer.from(canonical(content, reader?.group), "latin1");
    texts.push(`${type} ${hash(bytes)}${groups === undefined ? "" : ` ${positions(groups)}`}`);
  }
  return texts;
};

/** What consumer groups have read. A replica does not have the times, and possibly not the consumers that are idle. */
const POSITION = ["name", "pending", "last-delivered-id"];

function positions(groups: RawReply): string {
  if (groups instanceof ServerError) {
    // Without its key, there are no groups.
    if (isElsewhere(groups) || groups.message.startsWith("ERR no such key")) return "";
    throw groups;
  }
  const all = Array.isArray(groups) ? (groups as readonly (readonly RawReply[])[]) : [];
  return JSON.stringify(
    all.map((fields) => {
      const names = fields.map((field) => canonical(field));
      return POSITION.map((name) => names[names.indexOf(name) + 1]);
    }),
  );
}

function canonical(reply: RawReply, group?: number): string {
  if (!Array.isArray(reply)) return Buffer.isBuffer(reply) ? reply.toString("latin1") : String(reply);
  const parts = (reply as readonly RawReply[]).map((each) => canonical(each));
  if (group === undefined) return JSON.stringify(parts);
  const groups = Array.from({ length: parts.length / group }, (_, at) =>
    parts.slice(at * group, (at + 1) * group),
  );
  return JSON.stringify(groups.map((each) => JSON.stringify(each)).sort());
}
