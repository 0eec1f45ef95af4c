import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BootScript } from "../constructs";
import { shellWord } from "../constructs/terraform-text";

/** User data of a time when the agent was in shell and user data carried it, with the settings of a script. */
export function withShellAgent({ settings }: BootScript): string {
  const recorded = readFileSync(join(__dirname, "recorded/shell-agent.sh"), "utf8");
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${shellWord(value)}`);
  return recorded.replace("@settings@", () => lines.join("\n"));
}
