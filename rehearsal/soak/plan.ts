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
  "hang", // Redis on the machine answers nothing for some seconds
  "stall", // the on-demand server answers nothing for some seconds
  "server", // the on-demand server is killed, and comes back when it is no owner any more
] as const;

export type Kind = (typeof kinds)[number];

/** What happens to the on-demand server; all else happens to the machine. */
export const serverKinds: readonly Kind[] = ["server", "stall"];

/** What can happen to a shard once more, while it recovers. */
export const secondKinds = ["kill", "interrupt", "lose", "unplug", "hang", "stall"] as const;

/** Of them, what no data in memory is lost by: after `server` the machine may have the only copy. */
const harmless = ["unplug", "hang"] as const;

export interface Second {
  readonly kind: (typeof secondKinds)[number];
  /** Milliseconds after the first fault's action is over, so in the midst of the recovery: less than 3000. */
  readonly after: number;
  /** Seconds that what goes and comes back is away. */
  readonly away: number;
}

export interface Step {
  /** Which of the shards. */
  readonly shard: number;
  readonly kind: Kind;
  /** Milliseconds after its round begins: less than 3000. */
  readonly delay: number;
  /** Seconds that what goes and comes back is away. */
  readonly away: number;
  readonly second?: Second;
}

/** Faults that happen at once, or nearly so. */
export type Round = readonly Step[];

/** All that a soak does: it depends on nothing but these numbers. */
export interface Plan {
  readonly seed: number;
  readonly faults: number;
  readonly rounds: readonly Round[];
}

/** The faults of a round, second ones included. */
export function size(round: Round): number {
  return round.length + round.filter(({ second }) => second).length;
}

/** Draws rounds until there are so many faults; the same numbers draw the same plan. */
export function draw(faults: number, seed: number, shards = 3): Plan {
  const random = generator(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(from: readonly [T, ...T[]]): T => from[below(from.length)] ?? from[0];
  const rounds: Round[] = [];
  for (let left = faults; left > 0;) {
    const steps = Math.min(left, pick([1, 1, 1, 2, 2, 3]), shards);
    let seconds = left - steps;
    const places = Array.from({ length: shards }, (_, shard) => shard);
    const round = Array.from({ length: steps }, (): Step => {
      const [shard = 0] = places.splice(below(places.length), 1);
      const kind = pick(kinds);
      const [delay, away, hit] = [below(3000), 1 + below(6), random() < 0.4];
      const second: Second = {
        kind: pick(kind === "server" ? harmless : secondKinds),
        after: below(3000),
        away: 1 + below(4),
      };
      const step = { shard, kind, delay: steps > 1 ? delay : 0, away };
      return hit && seconds-- > 0 ? { ...step, second } : step;
    });
    rounds.push(round);
    left -= size(round);
  }
  return { seed, faults, rounds };
}

/** A plan as JSON, one round a line. */
export function printed({ seed, faults, rounds }: Plan): string {
  const lines = rounds.map((round) => `    ${JSON.stringify(round)}`).join(",\n");
  return `{\n  "seed": ${seed},\n  "faults": ${faults},\n  "rounds": [\n${lines}\n  ]\n}\n`;
}

/** A round in a few words, for a line of the log. */
export function words(round: Round): string {
  return round
    .map(({ shard, kind, second }) => `${kind} ${shard}${second ? ` then ${second.kind}` : ""}`)
    .join(" + ");
}

/**
 * Leaves out what nobody can win: a cluster of three that loses two owners has no majority, and what is forgotten cannot
 * be an owner. `serves` says of each shard whether its machine is the owner now.
 */
export function winnable(round: Round, serves: readonly boolean[]): Step[] {
  const steps: Step[] = [];
  let owner: number | undefined;
  for (const step of round) {
    const machine = serves[step.shard] === true;
    const kind: Kind = machine && step.kind === "forget" ? "interrupt" : step.kind;
    const hitsOwner = (each: Kind): boolean => serverKinds.includes(each) !== machine;
    const allowed = (each: Kind): boolean => !hitsOwner(each) || (owner ?? step.shard) === step.shard;
    if (!allowed(kind)) continue;
    if (hitsOwner(kind)) owner = step.shard;
    const { second, ...first } = { ...step, kind };
    const kept = second && allowed(second.kind);
    if (kept && hitsOwner(second.kind)) owner = step.shard;
    steps.push(kept ? { ...first, second } : first);
  }
  return steps;
}
