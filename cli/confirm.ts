import { ConfigError } from "../config/problem";
import { type Terminal } from "./command";
import { Prompt } from "./prompt";

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
  const prompt = new Prompt(found.input, found.output);
  try {
    const answer = await prompt.ask(`${question} Only "yes" is accepted`);
    if (answer !== "yes") throw refusal("not confirmed; nothing was changed");
  } finally {
    prompt.close();
  }
}

function refusal(message: string): ConfigError {
  return new ConfigError([{ file: "redis-elastigroup", message }]);
}
