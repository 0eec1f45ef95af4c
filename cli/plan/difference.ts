import { impactOf, type Impact } from "./change-impact";
import { type Attributes, type ResourceChange } from "./terraform-plan";

/** One attribute that a plan changes. */
export interface Difference {
  readonly attribute: string;
  readonly impact: Impact;
  readonly before: unknown;
  /** Undefined if it is known only after apply. */
  readonly after: unknown;
  readonly unknown: boolean;
  /** Its values must not be printed. */
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
      impact: impactOf(attribute, after, before),
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

/** The mark of an attribute; one mark can stand for the whole resource. */
function part(mark: unknown, attribute: string): unknown {
  return isObject(mark) ? mark[attribute] : mark;
}

function holdsTrue(mark: unknown): boolean {
  if (typeof mark !== "object" || mark === null) return mark === true;
  return Object.values(mark).some(holdsTrue);
}

/** The provider cannot tell an unset value from an empty one, zero or false. */
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
