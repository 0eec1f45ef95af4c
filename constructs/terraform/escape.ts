import { Fn, Token, Tokenization } from "cdktf";

/** Rewrites a text with tokens, with one function for literal parts and one for tokens (as strings). */
function rewrite(text: string, literal: (part: string) => string, token: (part: string) => string): string {
  let rest = text;
  let result = "";
  for (const found of Tokenization.reverseString(text).tokens) {
    const marker = Token.asString(found);
    const at = rest.indexOf(marker);
    result += literal(rest.slice(0, at)) + token(marker);
    rest = rest.slice(at + marker.length);
  }
  return result + literal(rest);
}

/**
 * The text in Terraform's syntax: `${` and `%{` in literal parts are escaped, and tokens stay references. (The escaping of
 * Fn.rawString does not handle `%{` and breaks newlines.)
 */
export function terraformText(text: string): string {
  return rewrite(
    text,
    (part) => part.replace(/[$%]\{/g, (start) => start[0] + start),
    (part) => part,
  );
}

/** The text as one quoted word of shell. Terraform quotes the values of tokens. */
export function shellWord(text: string): string {
  const quoted = rewrite(
    text,
    (part) => part.replace(/'/g, `'\\''`),
    // One more backslash: cdktf writes the argument unescaped into a quoted Terraform string.
    (part) => Fn.replace(part, "'", `'\\\\''`),
  );
  return `'${quoted}'`;
}

/** A list as one text. A list that is known only to Terraform is joined by an expression. */
export function joined(values: string[], separator: string): string {
  return Token.isUnresolved(values) ? Fn.join(separator, values) : values.join(separator);
}
