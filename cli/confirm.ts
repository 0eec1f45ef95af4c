import { createInterface } from "node:readline";
import { ConfigError } from "../config/problem";
import { type Terminal } from "./command";

/** Asks a question of yes or no. `isAccepted`: without asking. Throws if there is no terminal, or the answer is no. */
export async function confirm(
  question: string,
  isAccepted: boolean,
  terminal: () => Terminal | undefined,
): Promise<void> {
  if (isAccepted) return;
  const found = terminal();
  if (found === undefined)
    throw refusal(`${question} Confirm with \`--yes\`; there is no terminal to ask on`);
  const lines = createInterface({ input: found.input, output: found.output });
  try {
    lines.setPrompt(`${question} Only "yes" is accepted: `);
    lines.prompt();
    const { value } = (await lines[Symbol.asyncIterator]().next()) as { value?: string };
    if (value?.trim() !== "yes") throw refusal("not confirmed; nothing was changed");
  } finally {
    lines.close();
  }
}

function refusal(message: string): ConfigError {
  return new ConfigError([{ file: "redis-elastigroup", message }]);
}
