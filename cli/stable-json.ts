/** JSON as cdktf writes it: keys in order, two spaces a level, and a line break even in an empty object or list. */
export function stableJson(value: unknown, indent = "\n"): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    // Such as the lines of a script. A text in JSON has no line breaks, so the indent can be replaced.
    if (value.length > 0 && value.every(isText))
      return JSON.stringify(value, undefined, 2).replaceAll("\n", indent);
    return `[${value.map((each) => inner + stableJson(each, inner)).join(",")}${indent}]`;
  }
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = members.map(([key, each]) => `${inner}${JSON.stringify(key)}: ${stableJson(each, inner)}`);
  return `{${shown.join(",")}${indent}}`;
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}
