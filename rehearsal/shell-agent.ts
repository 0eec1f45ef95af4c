import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BootScript } from "../constructs";
import { shellWord } from "./shell-word";

/** The user data of the former agent, which was written in shell and part of the user data, with the settings of a script. */
export function withShellAgent({ settings }: BootScript): string {
  const recorded = readFileSync(join(__dirname, "recorded/shell-agent.sh"), "utf8");
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${shellWord(value)}`);
  return recorded.replace("@settings@", () => lines.join("\n"));
}
