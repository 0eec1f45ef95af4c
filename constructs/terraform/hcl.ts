import { type IResolvable, type IResolveContext, propertyAccess, Token } from "cdktf";
import { terraformText } from "./escape";

/**
 * An expression in HCL, such as `` hcl`length(${list}) > 0` ``. Values that are known only to Terraform become references,
 * all others become literals.
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
    // cdktf resolves a token within an expression without braces. This expression may be part of another one.
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
    // A property access without a property: cdktf writes tokens in expressions in this way.
    const text = String(context.resolve(propertyAccess(value, [])));
    // The token of a text that is already an expression. In quotes, it is the value, of any type.
    return text.startsWith("${") ? `"${text}"` : text;
  }
  if (Array.isArray(value)) return `[${value.map((item) => expressionOf(item, context)).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    return `{${entries.map(([key, each]) => `${quoted(key)} = ${expressionOf(each, context)}`).join(", ")}}`;
  }
  return typeof value === "string" ? quoted(value) : String(value);
}

/** An HCL literal. */
function quoted(text: string): string {
  return terraformText(JSON.stringify(text));
}
