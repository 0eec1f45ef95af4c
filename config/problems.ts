import type * as z from "zod";
import { isPrivate } from "../constructs/validation/got";
import { type Path, showPath } from "../constructs/validation/path";
import { sentence, ValidationError } from "../constructs/validation/validation-error";
import { schemaAt } from "./schema-walk";
import { type Problem } from "./problem";
import { NO_VARIABLE, type Violation } from "./rules";
import { isVariable } from "./schema/values";
import { type Source } from "./source";
import { suggest } from "./suggest";

type Issue = z.core.$ZodIssue;

/** A violated rule and the value that violates it, wherever it was written. */
export interface Mistake extends Violation {
  readonly got: unknown;
  /**
   * The key that it is about, if `path` must not show it.
   * @default - `path`
   */
  readonly place?: Path;
}

/** The problem of a file that cannot be read or parsed. */
export function malformed(source: Source): Problem[] {
  return source.malformations.map((malformation) => ({ file: source.file, ...malformation }));
}

/** A mistake at its position in a file. */
export function problemAt(
  source: Source,
  { path, place = path, ofKey, rule, got, advice }: Mistake,
): Problem {
  const at = ofKey ? source.keyPosition(place) : source.position(place);
  return { file: source.file, at, message: sentence(path, rule, got, advice) };
}

/** The mistakes that the schema found, in the order of the data. */
export function fromIssues(data: unknown, issues: readonly Issue[]): Mistake[] {
  const flat = issues.flatMap((issue) => unfold(data, issue, []));
  const misspelt = new Set(flat.flatMap((issue) => misspeltFor(issue)));
  return flat
    .filter((issue) => !wanted(issue).some((path) => misspelt.has(path)))
    .filter(isFirst())
    .flatMap((issue) => fromIssue(data, issue));
}

/** A value such as a huge number or null can violate several rules. The first problem is sufficient. */
function isFirst(): (issue: Issue) => boolean {
  const said = new Set<string>();
  return ({ code, path }) => {
    const place = path.join("\0");
    if (code === "unrecognized_keys") return true;
    if (said.has(place)) return false;
    said.add(place);
    return true;
  };
}

/** The mistake that a rule across fields found. */
export function mistakeOf(data: unknown, violation: Violation): Mistake {
  const { path, ofKey } = violation;
  return { ...violation, got: ofKey ? path.at(-1) : valueAt(data, path) };
}

/** The problem that a rule across fields found. */
export function fromViolation(source: Source, violation: Violation): Problem {
  return problemAt(source, mistakeOf(source.data, violation));
}

/** The problem of a value that a construct rejected, at its position in the file. */
export function fromConstruct(source: Source, error: unknown): Problem {
  const { message } = error instanceof Error ? error : new Error(String(error));
  const path = error instanceof ValidationError ? error.path : [];
  if (path[0] !== "userData") return { file: source.file, at: source.position(path), message };
  const long = longest(source, CARRIED);
  return {
    file: source.file,
    at: source.position(long),
    message: `${message}. Shorten \`${showPath(long)}\`.`,
  };
}

/** Values of the file that are part of the user data, and have no limited length. */
const CARRIED: readonly Path[] = [
  ["redis", "directives"],
  ["redis", "modules"],
  ["bootScript", "before"],
  ["bootScript", "after"],
  ["masters"],
];

function longest(source: Source, paths: readonly Path[]): Path {
  const lengths = paths.map((path) => (JSON.stringify(valueAt(source.data, path)) ?? "").length);
  return paths[lengths.indexOf(Math.max(...lengths))]!;
}

/** For a value with alternative types, only the issues of the type that was used. */
function unfold(data: unknown, issue: Issue, base: Path): Issue[] {
  const path = [...base, ...(issue.path as Path)];
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ ...issue, path: [...path] }];
  const meant = isVariable(valueAt(data, path)) ? issue.errors.at(-1)! : closest(issue.errors);
  // An alternative of another type has no useful issue. Then the message of the union is used, if there is one.
  const ownWords = issue.message !== "Invalid input";
  if (meant.some(isOtherType) && ownWords) return [{ ...issue, path: [...path], errors: [] }];
  return meant.flatMap((each) => unfold(data, each, path));
}

function closest(ways: Issue[][]): Issue[] {
  return ways.find((way) => !way.some(isOtherType)) ?? ways[0]!;
}

function isOtherType(issue: Issue): boolean {
  return issue.code === "invalid_type" && issue.path.length === 0;
}

/** Keys with a misspelt key in their place. They are not reported as missing. One that is advised about stands for itself. */
function misspeltFor(issue: Issue): string[] {
  if (issue.code !== "unrecognized_keys") return [];
  const path = issue.path as Path;
  return issue.keys.flatMap((key) => {
    const here = showPath([...path, key]);
    const meant = suggest(key, schemaAt(path)?.keys ?? []);
    if (ABSENT[here] !== undefined) return [here];
    return meant === undefined ? [] : [showPath([...path, meant])];
  });
}

/** The keys that would satisfy the rule: the key itself, or keys in `beside` or `inside` of the rule. */
function wanted(issue: Issue): string[] {
  const path = issue.path as Path;
  const hints = issue.code === "custom" ? issue.params : undefined;
  const { beside = [], inside = [] } = (hints ?? {}) as { beside?: string[]; inside?: string[] };
  const keys = [...beside.map((key) => [...path.slice(0, -1), key]), ...inside.map((key) => [...path, key])];
  return [path, ...keys].map(showPath);
}

function fromIssue(data: unknown, issue: Issue): Mistake[] {
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(data, path, key));
  if (issue.code === "invalid_key")
    return [{ path, rule: issue.issues[0]?.message ?? issue.message, got: path.at(-1), ofKey: true }];
  const got = valueAt(data, path);
  const rule = got === undefined && issue.code !== "custom" ? "be given" : issue.message;
  return [{ path, rule, got, advice: advice(path, issue, got) }];
}

/** Keys that users may expect, and the reasons why they do not exist. */
const ABSENT: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["auth.password", "auth.aclFile", "tls.ca", "tls.certificate", "tls.key"].map((source) => [
      `${source}.variable`,
      "Terraform would keep the secret in its state. A variable may bring the ARN, the name or the path.",
    ]),
  ),
  "tls.port": "With `tls`, `redis.port` takes TLS only.",
  "tls.plaintext": "With `tls`, `redis.port` takes TLS only.",
  "deallocation.networkInterfaces": "Spot always deletes them, and its provider cannot change this.",
};

function unknownKey(data: unknown, path: Path, key: string): Mistake {
  const known = schemaAt(path)?.keys ?? ["variable"];
  const absent = ABSENT[showPath([...path, key])];
  const meant = absent === undefined ? suggest(key, known) : undefined;
  const advised = meant
    ? `Did you mean \`${meant}\`?`
    : (absent ?? `Known keys: ${known.filter((each) => each !== "$schema").join(", ")}.`);
  const place = [...path, key];
  // A text in braces is a key without a value; it may be a secret.
  if (meant === undefined && isPrivate(path) && valueAt(data, place) === null)
    return { path, place, rule: "have a value at each key", got: {}, advice: advised, ofKey: true };
  return { path: place, rule: "be a known key", got: key, advice: advised, ofKey: true };
}

function advice(path: Path, issue: Issue, got: unknown): string | undefined {
  const { type, example, meant } = schemaAt(path) ?? {};
  if (got === undefined)
    return example === undefined
      ? undefined
      : `Add it, such as \`${String(path.at(-1))}: ${brief(example)}\`.`;
  // The rule of a list about its items does not depend on how the list is written.
  if (isVariable(got)) return issue.code === "custom" ? undefined : NO_VARIABLE;
  if (issue.code === "invalid_value" && typeof got === "string") {
    const meant = suggest(got, issue.values.map(String));
    return meant && `Did you mean \`${meant}\`?`;
  }
  const intended = isPlain(got) ? meant?.(String(got)) : undefined;
  if (intended !== undefined) return `Did you mean \`${intended}\`?`;
  if (type === "array" && issue.code === "invalid_type" && isPlain(got))
    return `Write it as a list: [${brief(got)}].`;
  if (type === "string" && isPlain(got) && typeof got !== "string") return "Put it in quotes.";
  if (typeof got !== "string") return undefined;
  const unquoted = type === "number" ? /^\d+$/.test(got) : type === "boolean" && /^(true|false)$/.test(got);
  return unquoted ? "Leave out the quotes." : undefined;
}

function isPlain(value: unknown): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

/** A value as YAML on one line. */
function brief(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(brief).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, each]) => `${key}: ${brief(each)}`)
    .join(", ")} }`;
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string | number, unknown>)[step]
        : undefined,
    data,
  );
}
