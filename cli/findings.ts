import { type Source } from "../config/source";
import { type Line, styled, wrap } from "./terminal";

/** What a rule found, for people. */
export interface ShownFinding {
  readonly rule: string;
  readonly severity: "error" | "warning" | "note";
  /** What is wrong and what it costs. */
  readonly cause: string;
  readonly remedy: string;
  /** Commands that do it. */
  readonly commands?: readonly string[];
}

const COLORS = { error: "red", warning: "yellow", note: "cyan" } as const;

/** A finding at the first of these keys that the file has. Commands are not wrapped, so that they can be copied. */
export function showFinding(
  { rule, severity, cause, remedy, commands = [] }: ShownFinding,
  keys: readonly string[],
  source: Source,
  width: number,
): Line[] {
  const place = `${source.file}:${lineOf(source, keys)}`;
  return [
    ["  ", styled(COLORS[severity], severity), " ", styled("bold", rule), "  ", styled("dim", place)],
    ...wrap(cause, width, "    "),
    ...wrap(remedy, width, "    → ", "      "),
    ...commands.map((command) => `      ${command}`),
  ];
}

/** The line of the first of these keys that the file has; else of what they would belong to. */
function lineOf(source: Source, keys: readonly string[]): number {
  const paths = keys.map((key) => key.split("."));
  const path = paths.find((each) => source.has(each)) ?? paths[0]!;
  return source.keyPosition(path).line;
}

/** A number of things, such as `2 warnings`. */
export function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
