import { type Replica } from "../rehearsal/local/replica";
import { type Cost, rusage } from "./rusage";

/** The cost of one look of the agent, `reconcile`, which finds the replica in sync. */
export async function lookOf({ agent }: Replica): Promise<Cost> {
  const { command, cwd, env } = agent.invocation(["reconcile"]);
  const cost = await rusage(command, { cwd, env });
  if (cost.code !== 0) throw new Error(`reconcile ended with ${cost.code}\n${cost.log}`);
  return cost;
}
