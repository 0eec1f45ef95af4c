import { type Key, keys } from "./keys";

/** The reference of the config file. */
export const CONFIG_PAGE = "docs/config.md";

/** What stands in place of the keys of one table: all that no other table has, so that a new key needs no edit. */
const OTHERS = "all others";

/** A table; its comment names keys at the top of the file, and the keys below them come along. */
const TABLE = /(<!-- keys: (.+) -->\n)[^]*?(\n<!-- end of keys -->)/g;

/** The page with its tables written from the schema, before prettier has lined up the columns; its text stays. */
export function configPage(page: string): string {
  const all = keys();
  const tops = new Set(all.map(topOf));
  const named = [...page.matchAll(TABLE)].flatMap(({ 2: names = "" }) => names.split(", "));
  const wrong = named.find(
    (name, index) => named.indexOf(name) !== index || !(tops.has(name) || name === OTHERS),
  );
  if (wrong !== undefined) throw new Error(`\`${wrong}\` must be a key, and in one table only`);
  if (!named.includes(OTHERS)) throw new Error(`a table must be of ${OTHERS}`);
  return page.replace(TABLE, (_, start: string, names: string, end: string) => {
    const shown = names === OTHERS ? [...tops].filter((top) => !named.includes(top)) : names.split(", ");
    const rows = shown.flatMap((top) => all.filter((key) => topOf(key) === top).map(row));
    return [start, ...HEAD, ...rows, end].join("\n");
  });
}

/** The key at the top of the file that a key is below of. */
function topOf({ name }: Key): string {
  return name.replace(/[.[].*/, "");
}

const HEAD = ["| key | description |", "| --- | --- |"];

/** Two columns: names of keys are long, and a page is often read at the width of half a screen. */
function row(key: Key): string {
  const value = [key.types.join(" or "), ...defaultOf(key), ...variableOf(key)].join("; ");
  return `| \`${key.name}\`<br>${value} | ${textOf(key)} |`;
}

function defaultOf({ isRequired, default: value }: Key): string[] {
  if (isRequired) return ["required"];
  if (value === undefined) return [];
  return [`default \`${typeof value === "string" ? value : JSON.stringify(value)}\``];
}

function variableOf({ variables }: Key): string[] {
  if (variables.length === 0) return [];
  if (variables.join() === "value") return ["variable"];
  return [`variable: ${variables.join(", ").replace(/, (\w+)$/, " or $1")}`];
}

function textOf({ description, rule, itemRule }: Key): string {
  const must = rule === undefined ? [] : [`Must ${rule}.`];
  const each = itemRule === undefined ? [] : [`Each must ${itemRule}.`];
  return [description, ...must, ...each].join(" ");
}
