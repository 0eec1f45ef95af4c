import * as z from "zod";
import { parseState, STORED } from "../stored-state";

/**
 * What is done to a replica, in this order. Only an owner is `handing_over`. `settling`: it is in sync, and user data may
 * still restart its server.
 */
export const PHASES = [
  "planned",
  "handing_over",
  "recycling",
  "waiting_for_node",
  "settling",
  "in_sync",
] as const;

export type Phase = (typeof PHASES)[number];

const time = z.iso.datetime();

const target = z.strictObject({
  group_id: z.string(),
  stateful_instance_id: z.string(),
  private_ip: z.string().optional(),
  /** Its node before the recycle. */
  node_id: z.string().optional(),
  /** Its EC2 instance before the recycle: another one proves that the recycle was carried out. */
  instance_id: z.string().optional(),
  new_instance_id: z.string().optional(),
  new_node_id: z.string().optional(),
  /** Its server when it was in sync first: another one proves that user data has restarted it with new settings. */
  run_id: z.string().optional(),
  phase: z.enum(PHASES),
  /** When each phase began. */
  times: z.partialRecord(z.enum(PHASES), time),
  /** Times that the recycle was requested. */
  requests: z.number().int().nonnegative(),
  /** The last request. */
  requested_at: time.optional(),
  /** Whether the root volume may have been kept, since its persistence was on again before the new instance ran. */
  root_uncertain: z.boolean(),
});

const state = z.strictObject({
  ...STORED,
  command: z.literal("roll"),
  fresh_root: z.boolean(),
  /** The groups whose root persistence is off until the new instance runs. */
  root_persistence_off: z.array(z.string()),
  replicas: z.array(target),
});

/** A roll that has begun, as its file has it. The names are those of the file. */
export type RollState = Readonly<z.infer<typeof state>>;

/** A replica of the roll. */
export type RollTarget = Readonly<RollState["replicas"][number]>;

/** Reads a state file. Throws an error on one line if it is none. */
export function parseRollState(text: string): RollState {
  return parseState(state, "a roll", text);
}

/** A target in its next phase. */
export function inPhase(target: RollTarget, phase: Phase, now: number): RollTarget {
  return { ...target, phase, times: { ...target.times, [phase]: new Date(now).toISOString() } };
}

/** The seconds of each phase that has begun, until the next one or now. */
export function phaseSeconds({ times }: RollTarget, now: number): Partial<Record<Phase, number>> {
  const begun = PHASES.flatMap((phase) => {
    const at = times[phase];
    return at === undefined || phase === "planned" ? [] : [[phase, Date.parse(at)] as const];
  });
  return Object.fromEntries(
    begun
      .filter(([phase]) => phase !== "in_sync")
      .map(([phase, at], index) => [phase, Math.max(0, (begun[index + 1]?.[1] ?? now) - at) / 1000]),
  );
}
