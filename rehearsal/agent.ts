import { createHash } from "node:crypto";
import { type AgentArchive } from "../constructs";
import { agentArchive } from "../constructs/agent-archive";
import { type Mirror } from "./mirror";

/** Hosts the agent where instances reach it, as a user of `bootScript.agent` does. */
export function hostAgent(mirror: Mirror): AgentArchive {
  const archive = agentArchive();
  const sha256 = createHash("sha256").update(archive).digest("hex");
  return { url: mirror.publish("agent.tar", archive), sha256 };
}
