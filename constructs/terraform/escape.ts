import { Fn, Token, Tokenization } from "cdktf";

/** Rewrites a text that may hold tokens: its literal parts one way, its tokens (as strings) another. */
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
 * The text as Terraform must read it to yield exactly this text: `${` and `%{` of literal parts are
 * escaped, tokens stay references. (Terraform's rawstring escape leaves `%{` alone and spoils newlines.)
 */
export function terraformText(text: string): string {
  return rewrite(
    text,
    (part) => part.replace(/[$%]\{/g, (start) => start[0] + start),
    (part) => part,
  );
}

/** The text as one word of shell, whatever it holds; what a token yields is quoted by Terraform. */
export function shellWord(text: string): string {
  const quoted = rewrite(
    text,
    (part) => part.replace(/'/g, `'\\''`),
    // One backslash more: cdktf writes the argument into a quoted Terraform string as it is.
    (part) => Fn.replace(part, "'", `'\\\\''`),
  );
  return `'${quoted}'`;
}

/** A list as one text of words; a list that only Terraform knows is joined by Terraform. */
export function wordList(values: string[]): string {
  return Token.isUnresolved(values) ? Fn.join(" ", values) : values.join(" ");
}
