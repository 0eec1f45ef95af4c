import { type Terminal } from "./command";
import { misuse } from "./misuse";
import { Prompt } from "./prompt";

/** Asks a question of yes or no. `isAccepted`: without asking. Throws if there is no terminal, or the answer is no. */
export async function confirm(
  question: string,
  isAccepted: boolean,
  terminal: () => Terminal | undefined,
): Promise<void> {
  if (isAccepted) return;
  const found = terminal();
  if (found === undefined) throw misuse(`${question} Confirm with \`--yes\`; there is no terminal to ask on`);
  const prompt = new Prompt(found.input, found.output);
  try {
    const answer = await prompt.ask(`${question} Only "yes" is accepted`);
    if (answer !== "yes") throw misuse("not confirmed; nothing was changed");
  } finally {
    prompt.close();
  }
}
