import { type Pipeline, type RawCommand } from "../pipeline";
import { type RawReply, ServerError } from "../reply-reader";

/** How values are read for a comparison: one text for each key, equal for equal values. */
export type ReadValues = (pipeline: Pipeline, keys: readonly Buffer[]) => Promise<readonly string[]>;

/** The version of RDB and a checksum, at the end of what DUMP returns. Servers of two versions differ there only. */
const FOOTER = 10;

/** Digests by DEBUG: small replies, whatever the values are. A missing key has a digest of zeros. */
export const byDigest: ReadValues = async (pipeline, keys) => {
  const [reply] = await pipeline.send([["DEBUG", "DIGEST-VALUE", ...keys]]);
  if (!Array.isArray(reply)) throw reply instanceof Error ? reply : new Error("DEBUG DIGEST-VALUE: no list");
  return (reply as readonly Buffer[]).map((digest) => digest.toString("latin1"));
};

/** Serialized values by DUMP. Equal ones prove equality. Of unequal ones the order of a set or hash can differ. */
export const byDump: ReadValues = async (pipeline, keys) => {
  const replies = await pipeline.send(keys.map((key): RawCommand => ["DUMP", key]));
  return replies.map((reply) => {
    if (reply instanceof ServerError) throw reply;
    return Buffer.isBuffer(reply) ? reply.toString("latin1", 0, reply.length - FOOTER) : "";
  });
};

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
    const type = String(types[index]);
    const reader = READERS[type];
    const command = reader ? [...reader.command, key, ...(reader.after ?? [])] : ["DUMP", key];
    const [reply = null] = await pipeline.send([command]);
    if (reply instanceof ServerError) throw reply;
    // Of a module's type only the serialized value is known.
    const content = reader === undefined && Buffer.isBuffer(reply) ? reply.subarray(0, -FOOTER) : reply;
    texts.push(`${type} ${canonical(content, reader?.group)}`);
  }
  return texts;
};

function canonical(reply: RawReply, group?: number): string {
  if (!Array.isArray(reply)) return Buffer.isBuffer(reply) ? reply.toString("latin1") : String(reply);
  const parts = (reply as readonly RawReply[]).map((each) => canonical(each));
  if (group === undefined) return JSON.stringify(parts);
  const groups = Array.from({ length: parts.length / group }, (_, at) =>
    parts.slice(at * group, (at + 1) * group),
  );
  return JSON.stringify(groups.map((each) => JSON.stringify(each)).sort());
}
