import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ending } from "./fault";
import { serverKinds } from "../server-build";
import { faults } from "./index";
import { type Played } from "./played";

const PAGE = join(__dirname, "../../docs/faults.md");
const HEAD = [
  ["fault", "what happens", "on", "outcome", "seconds", "resync", "writes", "lost"],
  ["---", "---", "---", "---", "--:", "---", "--:", "--:"],
];

/** Replaces the rows of the faults that were run in the page's table, and keeps the other rows. */
export function writeTable(played: readonly Played[]): void {
  writeFileSync(PAGE, withRows(readFileSync(PAGE, "utf8"), played));
  execFileSync("npx", ["prettier", "--write", "--log-level", "warn", PAGE]);
}

/** The page with these rows in its only table, in the order of the faults and then of the servers. */
export function withRows(page: string, played: readonly Played[]): string {
  const lines = page.split("\n");
  const first = lines.findIndex((line) => line.startsWith("| fault"));
  const end = lines.findIndex((line, index) => index > first && !line.startsWith("|"));
  if (first < 0) throw new Error("the page has no table of faults");
  const rows = new Map<string, string[]>();
  const put = (each: string[]): unknown => rows.set(`${each[0]} on ${each[2]?.replace(/ ×.*/, "")}`, each);
  lines.slice(first + 2, end).forEach((line) => put(cells(line)));
  played.forEach((each) => put(row(each)));
  const kept = faults.flatMap(({ id }) => {
    return serverKinds.flatMap(({ title }) => {
      const found = rows.get(`${id} on ${title}`);
      return found ? [found] : [];
    });
  });
  const text = [...HEAD, ...kept].map((each) => `| ${each.join(" | ")} |`);
  return [...lines.slice(0, first), ...text, ...lines.slice(end)].join("\n");
}

function row({ fault, server, endings, errors }: Played): string[] {
  const sum = (pick: (ending: Ending) => number | undefined): string => {
    const values = endings.map(pick).filter((value) => value !== undefined);
    return values.length > 0 ? String(values.reduce((total, value) => total + value, 0)) : "";
  };
  const runs = endings.length + errors.length;
  return [
    fault.id,
    fault.title,
    `${server.title} × ${runs}`,
    errors.length > 0 ? `**failed in ${errors.length}**` : unique(endings.map(({ outcome }) => outcome)),
    range(endings.map(({ seconds }) => seconds)),
    joined(
      [unique(endings.map(({ resync }) => resync ?? "")), range(endings.flatMap(({ ratio }) => ratio ?? []))],
      ", ",
    ),
    sum(({ acknowledged }) => acknowledged),
    joined([sum(({ lostAcknowledged }) => lostAcknowledged), sum(({ lostPlain }) => lostPlain)], " / "),
  ];
}

function range(values: readonly number[]): string {
  if (values.length === 0) return "";
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? String(least) : `${least}–${most}`;
}

/** The texts that are not empty. */
function joined(texts: readonly string[], separator: string): string {
  return texts.filter((text) => text !== "").join(separator);
}

function unique(words: readonly string[]): string {
  return [...new Set(words)].join(", ");
}

function cells(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}
