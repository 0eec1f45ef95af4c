import { setTimeout as sleep } from "node:timers/promises";
import { ServerError } from "../reply-reader";
import { type Pair } from "./pair";
import { byContent, byDigest, byDump, type ReadValues } from "./values";

/** Keys that a SCAN asks for. */
const SCAN = 1000;
/** Differing keys that are kept by name. */
const NAMED = 10;
/** Keys that looked different and are then read again together. */
const SUSPECTS = 1000;

export interface ContentsOptions {
  /** Keys a second. @default - as fast as the servers answer */
  readonly rate?: number;
  /** Called with the number of keys so far. */
  readonly progress?: (keys: number) => void;
}

export interface Contents {
  readonly method: "debug_digest_value" | "dump";
  /** Keys that were compared. */
  readonly keys: number;
  readonly differing: number;
  /** The first differing keys. */
  readonly first: readonly Buffer[];
  /** Keys that writes changed at every look. */
  readonly changing: number;
}

/** Compares every key of a master with its replica. Keys that are created meanwhile may be left out. */
export async function compareContents(
  pair: Pair,
  { rate, progress }: ContentsOptions = {},
): Promise<Contents> {
  const method = await methodOf(pair);
  const read: ReadValues = method === "dump" ? byDump : byDigest;
  let [keys, found, changing] = [0, 0, 0];
  const first: Buffer[] = [];
  let suspects: Buffer[] = [];
  const settle = async (): Promise<void> => {
    const verdicts = await settled(pair, suspects, method === "dump" ? byContent : byDigest);
    suspects = [];
    found += verdicts.differing.length;
    changing += verdicts.changing;
    first.push(...verdicts.differing.slice(0, NAMED - first.length));
  };
  const begin = Date.now();
  let scan: Promise<Page> | undefined = pageAt(pair, "0");
  while (scan !== undefined) {
    const { cursor, names }: Page = await scan;
    // The next keys are on their way while these are compared.
    scan = cursor === "0" ? undefined : pageAt(pair, cursor);
    scan?.catch(() => undefined);
    suspects.push(...(await differing(pair, names, read)));
    keys += names.length;
    progress?.(keys);
    if (suspects.length > SUSPECTS) await settle();
    const ahead = rate === undefined ? 0 : (keys / rate) * 1000 - (Date.now() - begin);
    if (ahead > 0) await sleep(ahead);
  }
  await settle();
  return { method, keys, differing: found, first, changing };
}

/** Keys of a SCAN, and where it continues. */
interface Page {
  readonly cursor: string;
  readonly names: readonly Buffer[];
}

async function pageAt({ master }: Pair, cursor: string): Promise<Page> {
  const [reply] = await master.send([["SCAN", cursor, "COUNT", String(SCAN)]]);
  if (!Array.isArray(reply)) throw reply instanceof Error ? reply : new Error("SCAN: no list");
  const [next, names] = reply as [Buffer, Buffer[]];
  return { cursor: next.toString(), names };
}

/** Which of some suspects differ after repeated looks. SCAN may have returned one twice. */
async function settled(
  pair: Pair,
  suspects: readonly Buffer[],
  read: ReadValues,
): Promise<{ differing: Buffer[]; changing: number }> {
  const unique = [...new Map(suspects.map((key) => [key.toString("latin1"), key])).values()];
  const verdicts = await pair.settle(unique, read);
  return {
    differing: unique.filter((key) => verdicts.get(key) === "differs"),
    changing: unique.filter((key) => verdicts.get(key) === "changing").length,
  };
}

/** The keys of a page whose values are not equal at both nodes. */
async function differing(pair: Pair, page: readonly Buffer[], read: ReadValues): Promise<Buffer[]> {
  const [here, there] = await Promise.all(
    [pair.master, pair.replica].map((pipeline) => read(pipeline, page)),
  );
  return page.filter((_, index) => here![index] !== there![index]);
}

/** DEBUG, where both nodes allow it. It is off by default since Redis 7. */
async function methodOf({ master, replica }: Pair): Promise<Contents["method"]> {
  const replies = await Promise.all([master, replica].map((each) => each.send([["DEBUG", "DIGEST-VALUE"]])));
  return replies.some(([reply]) => reply instanceof ServerError) ? "dump" : "debug_digest_value";
}
