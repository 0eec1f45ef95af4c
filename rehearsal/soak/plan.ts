import { generator } from "../random";

/** What can happen to a shard of a server and a machine. */
export const kinds = [
  "kill", // kill -9 of Redis on the machine
  "interrupt", // the machine is stopped in order and replaced
  "lose", // the machine is gone at once, its volume is as it was at that moment
  "restore", // the same, and the volume is an image from before
  "reboot",
  "unplug", // the cable is out for some seconds
  "forget", // stopped, and forgotten by everybody meanwhile
  "damage", // stopped, and nodes.conf cut off meanwhile
  "server", // the on-demand server is killed, and comes back when it is no owner any more
] as const;

export type Kind = (typeof kinds)[number];

export interface Step {
  /** Which of the shards. */
  readonly shard: number;
  readonly kind: Kind;
  /** Milliseconds after the others of its round. */
  readonly delay: number;
  /** Seconds that what goes and comes back is away; of a cable. */
  readonly away: number;
  /** Milliseconds after its return at which the machine is lost once more, in the midst of its recovery. */
  readonly again?: number;
}

/** Faults that happen at once, or nearly so. */
export type Round = readonly Step[];

/** Draws rounds until there are so many faults; the same seed draws the same. */
export function draw(faults: number, seed: number, shards = 3): Round[] {
  const random = generator(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const rounds: Round[] = [];
  for (let left = faults; left > 0;) {
    const size = Math.min(left, [1, 1, 1, 2, 2, 3][below(6)] ?? 1, shards);
    const places = Array.from({ length: shards }, (_, shard) => shard);
    rounds.push(
      Array.from({ length: size }, (): Step => {
        const [shard = 0] = places.splice(below(places.length), 1);
        const kind = kinds[below(kinds.length)] ?? "kill";
        const [delay, away, hit, again] = [below(3000), 1 + below(6), random() < 0.3, below(2500)];
        const returns = kind !== "kill" && kind !== "unplug" && kind !== "server" && kind !== "reboot";
        return { shard, kind, delay: size > 1 ? delay : 0, away, ...(hit && returns && { again }) };
      }),
    );
    left -= size;
  }
  return rounds;
}
