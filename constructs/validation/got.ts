import { type Path } from "./path";

/**
 * Keys whose values may contain a secret: settings of a backend, attributes without a rule, directives and modules of
 * Redis, a proxy, shell code, and the name of a secret's source, where users may have written the secret itself.
 */
const PRIVATE = new Set<string | number>([
  ...["backend", "overrides", "directives", "modules", "proxy", "before", "after"],
  ...["auth", "tls", "secretSources", "secretsManager", "parameter", "file"],
]);

/** Whether a message may not show the value at a path. */
export function isPrivate(path: Path): boolean {
  return path.some((step) => PRIVATE.has(step));
}

/** A value for messages: on one line, shortened, and without texts that look like a Spot token. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "function") return "a function";
  // JSON has no infinite number and no NaN.
  if (typeof value === "number") return String(value);
  const shown = JSON.stringify(value).replace(/"[0-9a-f]{64}"/g, '"(64 hex digits)"');
  return shown.length <= 120 ? shown : `${shown.slice(0, 117)}...`;
}

/** The value of a property in a message. For a value that may contain a secret, only its kind. */
export function showGot(path: Path, got: unknown): string {
  // A message about a key also has the key in its path.
  const isKey = typeof got === "string" && got === path.at(-1);
  if (isPrivate(path) && !isKey) return kind(got);
  return show(withoutPrivate(got));
}

function withoutPrivate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrivate);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, PRIVATE.has(key) ? kind(each) : withoutPrivate(each)]),
  );
}

/** The kind of a value: the keys with a value of a map, the length of a list, or the type of any other value. */
function kind(value: unknown): string {
  if (value === undefined || value === null) return show(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isMap(value)) {
    // `{ hunter2 }` in YAML is a map with a key and no value.
    const keys = Object.keys(value).filter((key) => value[key] !== null);
    return `a map with ${keys.join(", ") || "no keys"}`;
  }
  return typeof value === "string" ? "a text" : `a ${typeof value}`;
}

/** Whether it is a plain object. Terraform values are instances of classes. */
function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
