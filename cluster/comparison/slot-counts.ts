import { type ClusterNode } from "../cluster-nodes";
import { type Pipeline, type RawCommand } from "../pipeline";
import { type RawReply, ServerError } from "../reply-reader";
import { type Pair } from "./pair";

/** Commands in a batch: the server answers others in between. */
const BATCH = 1000;
/** Keys of a slot that are read to name those that are at one node only. */
const NAMED = 1000;

/** A slot that has another number of keys at the replica than at its master. */
export interface SlotDifference {
  readonly slot: number;
  readonly master: number;
  readonly replica: number;
  /** Keys that only the master has, and keys that only the replica has: the first ones. */
  readonly missing: readonly Buffer[];
  readonly extra: readonly Buffer[];
}

export interface SlotCounts {
  /** Keys at the master. */
  readonly keys: number;
  readonly differences: readonly SlotDifference[];
  /** Slots that writes changed at every look. */
  readonly changing: readonly number[];
}

/** Compares the number of keys in each slot of a master. */
export async function compareSlots(pair: Pair, ranges: ClusterNode["slots"]): Promise<SlotCounts> {
  const slots = ranges.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, at) => first + at),
  );
  const [there, here] = await Promise.all([counts(pair.replica, slots), counts(pair.master, slots)]);
  const suspects = slots.filter((_, index) => here[index] !== there[index]);
  const verdicts = await pair.settle(suspects, async (pipeline, items) =>
    (await counts(pipeline, items)).map(String),
  );
  const differing = suspects.filter((slot) => verdicts.get(slot) === "differs");
  return {
    keys: here.reduce((sum, each) => sum + each, 0),
    differences: await Promise.all(differing.map((slot) => named(pair, slot))),
    changing: suspects.filter((slot) => verdicts.get(slot) === "changing"),
  };
}

async function named(pair: Pair, slot: number): Promise<SlotDifference> {
  const nodes = [pair.master, pair.replica];
  const [[master = 0], [replica = 0]] = (await Promise.all(nodes.map((each) => counts(each, [slot])))) as [
    number[],
    number[],
  ];
  const lists = await Promise.all(nodes.map((each) => keysIn(each, slot)));
  const [here, there] = lists.map((keys) => new Map(keys.map((key) => [key.toString("latin1"), key])));
  const only = (one: typeof here, other: typeof here): Buffer[] =>
    [...one!].filter(([name]) => !other!.has(name)).map(([, key]) => key);
  // Of a larger slot the first keys are not the same ones at both nodes.
  const isWhole = master <= NAMED && replica <= NAMED;
  return {
    slot,
    master,
    replica,
    missing: isWhole ? only(here, there) : [],
    extra: isWhole ? only(there, here) : [],
  };
}

async function keysIn(pipeline: Pipeline, slot: number): Promise<Buffer[]> {
  const [reply] = await pipeline.send([["CLUSTER", "GETKEYSINSLOT", String(slot), String(NAMED)]]);
  return checked(reply) as Buffer[];
}

async function counts(pipeline: Pipeline, slots: readonly number[]): Promise<number[]> {
  const found: number[] = [];
  for (let at = 0; at < slots.length; at += BATCH) {
    const commands = slots
      .slice(at, at + BATCH)
      .map((slot): RawCommand => ["CLUSTER", "COUNTKEYSINSLOT", String(slot)]);
    for (const reply of await pipeline.send(commands)) found.push(checked(reply) as number);
  }
  return found;
}

function checked(reply: RawReply | undefined): RawReply | undefined {
  if (reply instanceof ServerError) throw reply;
  return reply;
}
