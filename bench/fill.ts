import { randomBytes, randomInt } from "node:crypto";
import { type ClusterNode } from "../cluster/cluster-nodes";
import { RedisNode } from "../rehearsal/redis-node";
import { slotOf } from "../rehearsal/slots";

export const VALUE_BYTES = 4096;

const pool = randomBytes(1 << 20);

/** A value that cannot be compressed. */
export function randomValue(): Buffer {
  const start = randomInt(pool.length - VALUE_BYTES);
  return pool.subarray(start, start + VALUE_BYTES);
}

/** Fills one master with values of 4 KB. */
export async function fill(owner: ClusterNode, megabytes: number): Promise<void> {
  const count = Math.ceil((megabytes * 2 ** 20) / VALUE_BYTES);
  await new RedisNode(owner.address).load(keysOf(owner, count), randomValue);
}

/** The first keys in the slots of a master. */
export function* keysOf({ slots }: ClusterNode, count: number): Generator<string> {
  for (let number = 0, found = 0; found < count; number++) {
    const key = `fill:${number}`;
    const slot = slotOf(key);
    if (!slots.some(([first, last]) => slot >= first && slot <= last)) continue;
    found++;
    yield key;
  }
}
