/* eslint-disable no-control-regex -- control characters are what is looked for */

/** C0 without tab and line feed, DEL, C1, and what changes the direction of a line or starts a new one. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text of several lines with every character that would control a terminal as an escape such as `\u001b`. */
export function printable(text: string): string {
  return text.replace(CONTROL, escaped);
}

/** The same on one line. */
export function printableLine(text: string): string {
  return printable(text.replaceAll("\n", "⏎").replaceAll("\t", " "));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
