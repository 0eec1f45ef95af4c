import { printableLine } from "../config/printable";

/** Breaks a text between words. `first` and `rest` begin the lines; a word longer than the width stays whole. */
export function wrap(text: string, width: number, first: string, rest = first): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      [line, isEmpty] = [rest, true];
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

const STYLES = { bold: [1, 22], red: [31, 39], yellow: [33, 39], cyan: [36, 39], dim: [2, 22] } as const;

/** A part of a line in a style. */
export interface Styled {
  readonly style: keyof typeof STYLES;
  readonly text: string;
}

/** One line of output. */
export type Line = string | readonly (string | Styled)[];

/** A text in a style. */
export function styled(style: Styled["style"], text: string): Styled {
  return { style, text };
}

/** A line as a terminal gets it. */
export function render(line: Line, isColored: boolean): string {
  return (typeof line === "string" ? [line] : line)
    .map((part) => {
      if (typeof part === "string") return printableLine(part);
      const [on, off] = STYLES[part.style];
      const text = printableLine(part.text);
      return isColored ? `\u001b[${on}m${text}\u001b[${off}m` : text;
    })
    .join("");
}

/** Longest value shown; a set of objects can be long. */
const LONGEST_VALUE = 160;

/** A text of at most `LONGEST_VALUE` characters. */
export function shorten(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 1)}…`;
}
