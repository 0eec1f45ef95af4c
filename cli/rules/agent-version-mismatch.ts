import { agentSha256 } from "../../constructs/redis/release";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** A variable counts as a match, since its value is known only to Terraform. */
export const agentVersionMismatch: ReviewRule = {
  severity: "warning",
  keys: ["bootScript.agent.sha256", "bootScript.agent"],
  when: "`bootScript.agent.sha256` is not the SHA-256 of this version's agent",
  remedy:
    "Host the file that `redis-elastigroup synth --agent FILE` writes, and remove `bootScript.agent.sha256`.",
  check: ({ config: { bootScript } }) => {
    if (bootScript?.agent === undefined) return NOT_APPLICABLE;
    const { sha256 } = bootScript.agent;
    return typeof sha256 !== "string" || sha256 === agentSha256()
      ? []
      : [`Instances run the agent of another version. This version's SHA-256 is ${agentSha256()}.`];
  },
};
