/* eslint-disable no-control-regex -- these patterns match control characters */

/** C0 except tab and line feed, DEL, C1, and characters that change the direction of a line or start a new one. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text of several lines, with control characters as escapes such as `\u001b`. */
export function printable(text: string): string {
  return text.replace(CONTROL, escaped);
}

/** The same for one line. */
export function printableLine(text: string): string {
  return printable(text.replaceAll("\n", "⏎").replaceAll("\t", " "));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
