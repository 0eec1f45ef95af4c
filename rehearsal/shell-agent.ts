import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BootScript } from "../constructs";
import { shellWord } from "./shell-word";

/** The user data with the former agent, which was written in shell, and the settings of a boot script. */
export function withShellAgent({ settings }: BootScript): string {
  const recorded = readFileSync(join(__dirname, "recorded/shell-agent.sh"), "utf8");
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${shellWord(value)}`);
  return recorded.replace("@settings@", () => lines.join("\n"));
}
