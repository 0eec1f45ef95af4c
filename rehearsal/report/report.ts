import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { page } from "./page";
import { isGood, type Result, toJson } from "./result";
import { table } from "./table";

/** The options of both rehearsals. */
export const reportOptions = {
  faults: { type: "string" },
  json: { type: "boolean", default: false },
  page: { type: "string" },
} as const;

/** Their help. `names`: those of all faults. */
export function optionsHelp(names: readonly string[]): string {
  return `  --faults NAMES    some of ${names.join(", ")} (default: all)
  --page FILE       write the result as one HTML page with a timeline
  --json            print the result as one JSON object on stdout
`;
}

export interface ReportOptions {
  readonly json: boolean;
  readonly page?: string;
}

/** Prints the result, and writes its page. Returns the exit status: 0 only if nothing was lost and nothing is left. */
export function report(result: Result, options: ReportOptions): number {
  if (options.page !== undefined) writeFileSync(fromUser(options.page), page(result));
  process.stdout.write(options.json ? `${JSON.stringify(toJson(result), undefined, 2)}\n` : table(result));
  if (result.error !== undefined) process.stderr.write(`\nThe run ended early: ${result.error}\n`);
  process.stderr.write(
    options.page === undefined
      ? "\n--page FILE writes this as an HTML page with a timeline.\n"
      : `\nThe page is ${options.page}\n`,
  );
  return isGood(result) ? 0 : 1;
}

/** A path as the user means it: npm runs scripts in the folder of the package, and not in that of the user. */
export function fromUser(path: string): string {
  return resolve(process.env["INIT_CWD"] ?? "", path);
}
