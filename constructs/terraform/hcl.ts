import { type IResolvable, type IResolveContext, propertyAccess, Token } from "cdktf";
import { terraformText } from "./escape";

/**
 * An expression in Terraform's own language, such as `` hcl`length(${list}) > 0` ``: values that only Terraform knows
 * become what they refer to, any other becomes a literal.
 */
export function hcl(text: TemplateStringsArray, ...values: readonly unknown[]): IResolvable {
  return new Expression(text.raw, values);
}

class Expression implements IResolvable {
  public readonly creationStack: string[] = [];

  constructor(
    private readonly text: readonly string[],
    private readonly values: readonly unknown[],
  ) {}

  public resolve(context: IResolveContext): string {
    // What cdktf resolves within an expression has no braces of its own; this one may be within another.
    const inner = context.suppressBraces;
    context.suppressBraces = true;
    const expression = this.text
      .map((part, index) => (index === 0 ? part : `${expressionOf(this.values[index - 1], context)}${part}`))
      .join("");
    context.suppressBraces = inner;
    return inner ? expression : `\${${expression}}`;
  }

  public toString(): string {
    return Token.asString(this);
  }
}

/** A value within an expression. */
function expressionOf(value: unknown, context: IResolveContext): string {
  if (Token.isUnresolved(value)) {
    // Access to no property at all is how cdktf itself writes a token there.
    const text = String(context.resolve(propertyAccess(value, [])));
    // A token of a text that is an expression already: in quotes it is its value, of whatever type.
    return text.startsWith("${") ? `"${text}"` : text;
  }
  if (Array.isArray(value)) return `[${value.map((item) => expressionOf(item, context)).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    return `{${entries.map(([key, each]) => `${quoted(key)} = ${expressionOf(each, context)}`).join(", ")}}`;
  }
  return typeof value === "string" ? quoted(value) : String(value);
}

/** A literal of Terraform's own language. */
function quoted(text: string): string {
  return terraformText(JSON.stringify(text));
}
