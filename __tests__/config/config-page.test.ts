import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CONFIG_PAGE, configPage } from "../../config/config-page";
import { words } from "../support/words";
import { ROOT } from "../support/folder";

const committed = readFileSync(join(ROOT, CONFIG_PAGE), "utf8");

const table = (names: string): string => `<!-- keys: ${names} -->\n\n<!-- end of keys -->\n`;

/** The first cells of the rows of a page. */
const keysIn = (page: string): string[] =>
  [...page.matchAll(/^\| `([^`]+)`<br>/gm)].map(({ 1: key = "" }) => key);

test("the committed page is the output of `npm run config-page`", () => {
  expect(words(configPage(committed))).toBe(words(committed));
});

test("text between the tables stays", () => {
  expect(configPage(`# Before\n\n${table("all others")}\nAfter.\n`)).toMatch(/^# Before\n[^]*\nAfter\.\n$/);
});

test("a table has the keys that it names, each with those below it", () => {
  const [first = "", second = ""] = configPage(table("all others") + table("persistence, protect")).split(
    "<!-- end of keys -->",
  );
  const named = [
    "persistence",
    "persistence.rootVolume",
    "persistence.privateIp",
    "persistence.dataVolume",
    "protect",
  ];
  expect(keysIn(second)).toEqual(named);
  expect(keysIn(first)).toEqual(expect.arrayContaining(["name", "redis.port", "shards[].name"]));
  expect(keysIn(first).filter((key) => named.includes(key))).toEqual([]);
});

test.each([
  ["a table of a key that does not exist", table("all others") + table("protected")],
  ["a key in two tables", table("all others") + table("redis") + table("redis, protect")],
])("%s is refused", (_, page) => {
  expect(() => configPage(page)).toThrow(/must be a key, and in one table only$/);
});

test("a page that would miss a new key is refused", () => {
  expect(() => configPage(table("redis"))).toThrow("a table must be of all others");
});

test.each([
  ["name", "text; required", /^The name of the group .* Must be 1 to 100 letters, /],
  ["replicas", "number; variable", / Must be a whole number from 1 to 1000\.$/],
  ["masters", "list; required; variable: list or items", / Each must be an IP or DNS name /],
  ["availabilityZones", "map; required; variable: map, lists or items", / Must be a map from zones /],
  ["network.openMasters", "true or false; default `false`", /\w\.$/],
  ["strategy.utilizeReservedInstances", "true", / Must be true or be left out /],
  ["strategy.revertToSpot", "text or list; default `never`", / Must be always, never or a list of windows /],
  ["strategy.minimumInstanceLifetime", "number", / Must be one of 1, 3, 6, 12, 24\.$/],
  ["shards[].replicas", "number; required; variable", / Must be a whole number from 1 to 1000\.$/],
])(
  "the row of %s has its type, its default, where a variable may stand, and its rule",
  (key, value, description) => {
    const rows = configPage(table("all others")).split("\n");
    const row = rows.find((each) => each.startsWith(`| \`${key}\`<br>`)) ?? "";
    const [first, last = ""] = row.slice("| ".length, -" |".length).split(" | ");
    expect(first).toBe(`\`${key}\`<br>${value}`);
    expect(last).toMatch(description);
  },
);
