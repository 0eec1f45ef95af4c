import { reachOf, type Reach } from "./attributes";
import { type Attributes, type ResourceChange } from "./terraform-plan";

/** One attribute that a plan changes. */
export interface Difference {
  readonly attribute: string;
  readonly reach: Reach;
  readonly before: unknown;
  /** Undefined where only the apply brings it. */
  readonly after: unknown;
  readonly unknown: boolean;
  /** Its values are not for display. */
  readonly sensitive: boolean;
}

/** The attributes of a group that a plan changes, sorted by name. */
export function differences({ change }: ResourceChange): Difference[] {
  const before = change.before ?? {};
  const after = change.after ?? {};
  const unknown = (attribute: string): boolean => holdsTrue(part(change.after_unknown, attribute));
  const names = new Set([
    ...Object.keys(before),
    ...Object.keys(after),
    ...(isObject(change.after_unknown) ? Object.keys(change.after_unknown) : []),
  ]);
  return [...names]
    .filter((attribute) => attribute !== "id")
    .filter((attribute) => unknown(attribute) || !isSame(before[attribute], after[attribute]))
    .sort()
    .map((attribute) => ({
      attribute,
      reach: reachOf(attribute, after, before),
      before: before[attribute],
      after: unknown(attribute) ? undefined : after[attribute],
      unknown: unknown(attribute),
      sensitive: [change.before_sensitive, change.after_sensitive].some((mark) =>
        holdsTrue(part(mark, attribute)),
      ),
    }));
}

function isObject(value: unknown): value is Attributes {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a mark, which may be one for the whole resource, says of an attribute. */
function part(mark: unknown, attribute: string): unknown {
  return isObject(mark) ? mark[attribute] : mark;
}

function holdsTrue(mark: unknown): boolean {
  if (typeof mark !== "object" || mark === null) return mark === true;
  return Object.values(mark).some(holdsTrue);
}

/** The provider tells nothing from empty, zero and false: its kind of plugin cannot. */
function isSame(a: unknown, b: unknown): boolean {
  return (isNothing(a) && isNothing(b)) || JSON.stringify(normal(a)) === JSON.stringify(normal(b));
}

function isNothing(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === null || value === "" || value === 0 || value === false;
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, each]) => !isNothing(each));
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, normal(each)]),
  );
}
