import { type AgentArchive } from "../constructs";
import { agentArchive } from "../constructs/redis/agent-archive";
import { type Mirror } from "./mirror";

/** Hosts the agent where instances reach it, as a user of `bootScript.agent` does. */
export function hostAgent(mirror: Mirror): AgentArchive {
  return { url: mirror.publish("agent.tar", agentArchive()) };
}
