import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AgentArchive } from "../constructs";
import { type Mirror } from "./mirror";
import { redisElastigroup } from "./redis-elastigroup";

/** Hosts the agent where instances reach it, as a user of `bootScript.agent` does. */
export async function hostAgent(mirror: Pick<Mirror, "publish">): Promise<AgentArchive> {
  const folder = await mkdtemp(join(tmpdir(), "agent-"));
  try {
    const file = join(folder, "agent.tar");
    await redisElastigroup(["synth", "--agent", file]);
    return { url: mirror.publish("agent.tar", await readFile(file)) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
