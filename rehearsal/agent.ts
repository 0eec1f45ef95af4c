import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AgentArchive } from "../constructs";
import { type Mirror } from "./mirror";
import { redisElastigroup } from "./redis-elastigroup";

let archive: Promise<Buffer> | undefined;

/** Serves the agent's archive to instances, as users of `bootScript.agent` do. */
export async function hostAgent(mirror: Pick<Mirror, "publish">): Promise<AgentArchive> {
  archive ??= writeArchive();
  return { url: mirror.publish("agent.tar", await archive) };
}

async function writeArchive(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "agent-"));
  try {
    const file = join(folder, "agent.tar");
    await redisElastigroup(["synth", "--agent", file]);
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}
