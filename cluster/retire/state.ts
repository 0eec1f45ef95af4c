import * as z from "zod";

const capacity = z.strictObject({
  minimum: z.number().int(),
  maximum: z.number().int(),
  target: z.number().int(),
});

const node = z.strictObject({
  group_id: z.string(),
  stateful_instance_id: z.string(),
  private_ip: z.string().optional(),
  node_id: z.string().optional(),
  phase: z.enum(["planned", "leaving", "forgetting", "retired"]),
  /** From `leaving` on: what the group is to become. */
  capacity: capacity.optional(),
  staying: z.array(z.string()).optional(),
});

const state = z.strictObject({
  format_version: z.literal("1.0"),
  command: z.literal("retire"),
  cluster: z.string(),
  group_ids: z.array(z.string()),
  started_at: z.iso.datetime(),
  process: z.strictObject({ host: z.string(), pid: z.number().int() }),
  nodes: z.array(node),
});

/** A retirement that has begun, as its file has it. */
export type RetireState = Readonly<z.infer<typeof state>>;

export type RetiringNode = Readonly<RetireState["nodes"][number]>;

/** Reads a state file. Throws an error on one line if it is none. */
export function parseRetireState(text: string): RetireState {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Error("is not the state of a retirement: it is no JSON");
  }
  const { data: parsed, error } = state.safeParse(data);
  if (parsed !== undefined) return parsed;
  const [issue] = error.issues;
  throw new Error(`is not the state of a retirement: ${issue!.path.join(".") || "file"}: ${issue!.message}`);
}

export function formatRetireState(state: RetireState): string {
  return `${JSON.stringify(state, undefined, 2)}\n`;
}
