import { type Rule } from "./rule";

/** A variable counts as set: Terraform gives it a value. */
export const inlineAgent: Rule = {
  severity: "warning",
  when: "the config has no `bootScript.agent`, so the user data carries the agent in shell",
  remedy:
    "host the file that `redis-elastigroup synth --agent FILE` writes, and set `bootScript.agent.url` and `.sha256`",
  judge: ({ config }) =>
    config.bootScript?.agent === undefined
      ? [
          `instances run the agent in shell: any client that can reach port ${config.redis?.port ?? 6379} can run code as root; ` +
            "an answer that is lost can delete or overwrite data",
        ]
      : [],
};
