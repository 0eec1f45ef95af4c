import { agentSha256 } from "../../constructs/redis/release";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** A variable counts as this version's: Terraform gives it a value. */
export const otherAgent: Rule = {
  severity: "warning",
  when: "`bootScript.agent.sha256` is not the SHA-256 of this version's agent",
  remedy:
    "host the file that `redis-elastigroup synth --agent FILE` writes, and leave `bootScript.agent.sha256` out",
  judge: ({ config: { bootScript } }) => {
    if (bootScript?.agent === undefined) return NOT_APPLICABLE;
    const { sha256 } = bootScript.agent;
    return typeof sha256 !== "string" || sha256 === agentSha256()
      ? []
      : [`instances run another agent than that of this version, whose SHA-256 is ${agentSha256()}`];
  },
};
