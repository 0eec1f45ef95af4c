import { randomBytes, randomInt } from "node:crypto";
import { RedisNode } from "../rehearsal/redis-node";
import { slotOf } from "../rehearsal/slots";
import { type Stage } from "../rehearsal/stage";

const VALUE_BYTES = 4096;

/**
 * Fills one master and returns its address. It is the master with the lowest node ID, which a single replica chooses.
 * Data in the other masters would only use memory.
 */
export async function fillOne(stage: Stage, megabytes: number): Promise<string> {
  const owners = (await stage.masters.nodes(0)).filter(({ slots }) => slots.length > 0);
  const { address, slots } = owners.reduce((first, node) => (node.id < first.id ? node : first));
  const owned = (key: string): boolean => {
    const slot = slotOf(key);
    return slots.some(([first, last]) => slot >= first && slot <= last);
  };
  const pool = randomBytes(1 << 20);
  const value = (): Buffer => {
    const start = randomInt(pool.length - VALUE_BYTES);
    return pool.subarray(start, start + VALUE_BYTES);
  };
  const count = Math.ceil((megabytes * 1024 * 1024) / VALUE_BYTES);
  await new RedisNode(address).load(keys(count, owned), value);
  return address;
}

function* keys(count: number, owned: (key: string) => boolean): Generator<string> {
  for (let number = 0, found = 0; found < count; number++) {
    const key = `fill:${number}`;
    if (!owned(key)) continue;
    found++;
    yield key;
  }
}
