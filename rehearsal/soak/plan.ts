import { generator } from "../random";

/** The faults of a shard, which has a server and a machine. */
export const kinds = [
  "kill", // kill -9 of Redis on the machine
  "interrupt", // the machine is shut down cleanly and replaced
  "lose", // the machine is lost without a shutdown, and replaced on its volume
  "restore", // the same, but the volume is an older image
  "reboot",
  "unplug", // the network is down for some seconds
  "forget", // stopped, and forgotten by every node meanwhile
  "damage", // stopped, and nodes.conf truncated meanwhile
  "hang", // Redis on the machine does not answer for some seconds
  "stall", // the on-demand server does not answer for some seconds
  "server", // the on-demand server is killed, and comes back when it is no longer an owner
] as const;

export type Kind = (typeof kinds)[number];

/** The faults of the on-demand server; all others are faults of the machine. */
export const serverKinds: readonly Kind[] = ["server", "stall"];

/** The faults that can hit a shard while it recovers from another one. */
export const secondKinds = ["kill", "interrupt", "lose", "unplug", "hang", "stall"] as const;

/**
 * Those of them that lose no data in memory. After a fault of the server the machine may be promoted and have the only copy
 * until the server is its replica.
 */
const harmless = ["unplug", "hang"] as const;

export interface Second {
  readonly kind: (typeof secondKinds)[number];
  /** Milliseconds after the end of the first fault's action, and so during the recovery: less than 3000. */
  readonly after: number;
  /** Seconds of an outage. */
  readonly away: number;
}

export interface Step {
  /** The index of the shard. */
  readonly shard: number;
  readonly kind: Kind;
  /** Milliseconds after its round begins: less than 3000. */
  readonly delay: number;
  /** Seconds of an outage. */
  readonly away: number;
  readonly second?: Second;
}

/** Faults that happen at nearly the same time. */
export type Round = readonly Step[];

/** All faults of a soak. It depends only on these numbers. */
export interface Plan {
  readonly seed: number;
  readonly faults: number;
  readonly rounds: readonly Round[];
}

/** The number of faults of a round, including second ones. */
export function size(round: Round): number {
  return round.length + round.filter(({ second }) => second).length;
}

/** Draws rounds until there are enough faults. The same numbers give the same plan. */
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
        kind: pick(serverKinds.includes(kind) ? harmless : secondKinds),
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

/** A plan as JSON, with one round on each line. */
export function printed({ seed, faults, rounds }: Plan): string {
  const lines = rounds.map((round) => `    ${JSON.stringify(round)}`).join(",\n");
  return `{\n  "seed": ${seed},\n  "faults": ${faults},\n  "rounds": [\n${lines}\n  ]\n}\n`;
}

/** A short description of a round, for the log. */
export function words(round: Round): string {
  return round
    .map(({ shard, kind, second }) => `${kind} ${shard}${second ? ` then ${second.kind}` : ""}`)
    .join(" + ");
}

/**
 * Leaves out faults that no agent can recover from: a cluster of three that loses two owners has no majority, and an
 * owner cannot be forgotten. `serves` has for each shard whether its machine is the owner now.
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
