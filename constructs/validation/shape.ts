import { TerraformProvider, Token } from "cdktf";
import { type Path } from "./path";
import { ValidationError } from "./validation-error";

/**
 * The type of a value at run time. The compiler checks it in TypeScript, but not for callers in JavaScript. A shape throws
 * if a value has another type, so that later rules need not check it. Tokens have every shape.
 */
export type Shape = (path: Path, value: unknown) => void;

/** The shapes of all properties of an object. */
export type Shapes<Props> = { readonly [prop in keyof Props]-?: Shape };

/** A class whose objects are static constants or results of static functions. */
interface Closed {
  readonly name: string;
  [Symbol.hasInstance](value: unknown): boolean;
}

/** Throws if a property does not have its shape. */
export function validateShapes<Props extends object>(props: Props, shapes: Shapes<Props>): void {
  if (!isObject(props)) throw new ValidationError("props", "be an object", showable(props));
  object(shapes)([], props);
}

/** Text. */
export function text(): Shape {
  return shape("be text", (value) => typeof value === "string");
}

/** A number. */
export function number(): Shape {
  return shape("be a number", (value) => typeof value === "number");
}

/** A boolean. */
export function boolean(): Shape {
  return shape("be true or false", (value) => typeof value === "boolean");
}

/** A list whose items all have a shape. */
export function list(item: Shape): Shape {
  return shape("be a list", Array.isArray, (path, value) =>
    (value as unknown[]).forEach((each, index) => required(item)([...path, index], each)),
  );
}

/** Several texts. */
export function texts(): Shape {
  return list(text());
}

/** Text, or several. */
export function textOrTexts(): Shape {
  return (path, value) => (Array.isArray(value) ? texts() : text())(path, value);
}

/** An object with any keys, whose values all have a shape. */
export function map(item: Shape): Shape {
  return shape("be an object", isObject, (path, value) =>
    Object.entries(value as object).forEach(([key, each]) => required(item)([...path, key], each)),
  );
}

/** An object with properties of these shapes. */
export function object<Props>(shapes: Shapes<Props>): Shape {
  return shape("be an object", isObject, (path, value) => {
    for (const [prop, each] of Object.entries<Shape | undefined>(shapes))
      each?.([...path, prop], (value as Record<string, unknown>)[prop]);
  });
}

/** Whether its properties are its content. Those of a list or of a `Map` are not. */
function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !(Symbol.iterator in value);
}

/** A provider. */
export const PROVIDER = shape("be a provider", (value) => TerraformProvider.isTerraformProvider(value));

/** What a resource can depend on. */
export const DEPENDABLE = shape(
  "be a Terraform resource",
  (value) => isObject(value) && "fqn" in (value as object),
);

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
