import * as z from "zod";
import { type Replica } from "../fleet";
import { parseState, STORED } from "../stored-state";

const capacity = z.strictObject({
  minimum: z.number().int(),
  maximum: z.number().int(),
  target: z.number().int(),
});

const node = z
  .strictObject({
    group_id: z.string(),
    stateful_instance_id: z.string(),
    private_ip: z.string().optional(),
    node_id: z.string().optional(),
    phase: z.enum(["planned", "leaving", "forgetting", "retired"]),
    /** From `leaving` on: what the group is to become. */
    capacity: capacity.optional(),
    staying: z.array(z.string()).optional(),
    /** Whether its deallocation may have been requested. Without it, an instance that Spot does not list is not gone. */
    requested: z.boolean().optional(),
    /** The nodes of instances that Spot launched in its place, and that were deallocated. */
    replacements: z.array(z.string()).optional(),
  })
  .refine(
    ({ phase, capacity, staying }) =>
      phase !== "leaving" || (capacity !== undefined && staying !== undefined),
    "`capacity` and `staying` are missing",
  );

const state = z.strictObject({
  ...STORED,
  command: z.literal("retire"),
  nodes: z.array(node),
});

/** A retirement that has begun, as its file has it. */
export type RetireState = Readonly<z.infer<typeof state>>;

export type RetiringNode = Readonly<RetireState["nodes"][number]>;

/** A replica that is to be retired, before anything is done. */
export function plannedNode({ group, stateful, node }: Replica): RetiringNode {
  return {
    group_id: group.id,
    stateful_instance_id: stateful.id,
    ...(stateful.privateIp === undefined ? {} : { private_ip: stateful.privateIp }),
    ...(node === undefined ? {} : { node_id: node.id }),
    phase: "planned",
  };
}

/** Reads a state file. Throws an error on one line if it is none. */
export function parseRetireState(text: string): RetireState {
  return parseState(state, "a retirement", text);
}
