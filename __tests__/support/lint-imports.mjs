/**
 * Prints the lint messages about imports: reads `[[file, specifier]…]` as JSON from standard input and prints the messages
 * of each, by the configuration of this repository. It is a separate program, since Jest does not load ES modules.
 */
import { ESLint, Linter } from "eslint";
import { readFileSync } from "node:fs";

const RULE = "no-restricted-imports";
const eslint = new ESLint();
const linter = new Linter();
const found = [];
for (const [file, specifier] of JSON.parse(readFileSync(0, "utf8"))) {
  const { rules } = await eslint.calculateConfigForFile(file);
  const messages = linter.verify(`import "${specifier}";`, [{ rules: { [RULE]: rules[RULE] } }]);
  found.push(messages.map(({ message }) => message));
}
process.stdout.write(JSON.stringify(found));
