import { Token } from "cdktf";
import { type Path } from "./path";
import { ValidationError } from "./validation-error";

/**
 * What a value is made of: the compiler sees to it in TypeScript, and nothing does in JavaScript. A shape throws where
 * a value has another one, so that the rules, which come after it, need not ask. Tokens have any shape.
 */
export type Shape = (path: Path, value: unknown) => void;

/** The shapes of an object's properties; those without one are up to their rules. */
export type Shapes<Props> = { readonly [prop in keyof Props]?: Shape };

/** A class that makes its objects itself: as constants, or by functions. */
interface Closed {
  readonly name: string;
  [Symbol.hasInstance](value: unknown): boolean;
}

/** Throws where a property has another shape than its own. */
export function validateShapes<Props extends object>(props: Props, shapes: Shapes<Props>): void {
  object(shapes)([], props);
}

/** A list, whose items may have a shape too. */
export function list(item?: Shape): Shape {
  return shape("be a list", Array.isArray, (path, value) => {
    if (item) (value as unknown[]).forEach((each, index) => item([...path, index], each));
  });
}

/** An object with properties of these shapes. */
export function object<Props>(shapes: Shapes<Props> = {}): Shape {
  const isObject = (value: unknown): boolean =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  return shape("be an object", isObject, (path, value) => {
    for (const [prop, each] of Object.entries<Shape | undefined>(shapes))
      each?.([...path, prop], (value as Record<string, unknown>)[prop]);
  });
}

/** One of a class's constants, or what one of its functions makes. */
export function oneOf(kind: Closed, ...makers: readonly string[]): Shape {
  const isOne = (value: unknown): boolean => value instanceof kind;
  const constants = Object.entries(kind).flatMap(([name, value]) => (isOne(value) ? [name] : []));
  const ways = [...constants, ...makers.map((maker) => `${maker}(...)`)].map((way) => `${kind.name}.${way}`);
  return shape(`be ${ways.length > 1 ? "one of " : ""}${ways.join(", ")}`, isOne);
}

/** A value that must be there. */
export function required(given: Shape): Shape {
  return (path, value) => {
    if (value === undefined) throw new ValidationError(path, "be given", value);
    given(path, value);
  };
}

function shape(rule: string, holds: (value: unknown) => boolean, further?: Shape): Shape {
  return (path, value) => {
    if (value === undefined || Token.isUnresolved(value)) return;
    if (!holds(value)) throw new ValidationError(path, rule, showable(value));
    further?.(path, value);
  };
}

/** A value as a message can show it: constructs hold themselves, and functions are no data. */
function showable(value: unknown): unknown {
  const { name } = (value as object | null)?.constructor ?? {};
  return name === undefined || ["Object", "Array", "String", "Number", "Boolean"].includes(name)
    ? value
    : `an object of ${name}`;
}
