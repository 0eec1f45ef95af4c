import { Token } from "cdktf";
import { type Path } from "./path";
import { ValidationError } from "./validation-error";

/**
 * The type of a value at run time. The compiler checks it in TypeScript, but not for callers in JavaScript. A shape throws
 * if a value has another type, so that later rules need not check it. Tokens have every shape.
 */
export type Shape = (path: Path, value: unknown) => void;

/** The shapes of an object's properties. Other properties are checked only by their rules. */
export type Shapes<Props> = { readonly [prop in keyof Props]?: Shape };

/** A class whose objects are static constants or results of static functions. */
interface Closed {
  readonly name: string;
  [Symbol.hasInstance](value: unknown): boolean;
}

/** Throws if a property does not have its shape. */
export function validateShapes<Props extends object>(props: Props, shapes: Shapes<Props>): void {
  object(shapes)([], props);
}

/** A list. Its items may also have a shape. */
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

/** A constant of a class, or a result of one of its functions. */
export function oneOf(kind: Closed, ...makers: readonly string[]): Shape {
  const isOne = (value: unknown): boolean => value instanceof kind;
  const constants = Object.entries(kind).flatMap(([name, value]) => (isOne(value) ? [name] : []));
  const ways = [...constants, ...makers.map((maker) => `${maker}(...)`)].map((way) => `${kind.name}.${way}`);
  return shape(`be ${ways.length > 1 ? "one of " : ""}${ways.join(", ")}`, isOne);
}

/** A required value. */
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

/** A value for a message. Constructs contain cycles, and functions are not data, so only their names are shown. */
function showable(value: unknown): unknown {
  const { name } = (value as object | null)?.constructor ?? {};
  return name === undefined || ["Object", "Array", "String", "Number", "Boolean"].includes(name)
    ? value
    : `an object of ${name}`;
}
