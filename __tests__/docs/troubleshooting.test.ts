import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/folder";
import { describeWith } from "../support/needs";

/** What the agent can print, as __tests__/templates/reasons.py collects it from the sources. */
interface Printed {
  readonly reasons: readonly string[];
  readonly logs: readonly string[];
}

const page = readFileSync(join(ROOT, "docs/troubleshooting.md"), "utf8");

/** The cells of the tables on a page whose first heading begins with one of these words. */
function rows(text: string, ...headings: readonly string[]): string[][] {
  const tables = text.match(/(?:^\|.*\n)+/gm) ?? [];
  return tables.flatMap((table) => {
    const [head = [], , ...body] = table.trimEnd().split("\n").map(cells);
    return headings.some((heading) => head[0]?.startsWith(heading)) ? body : [];
  });
}

function cells(line: string): string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** The texts in code style in the first column. */
function entries(text: string): string[] {
  return rows(text, "reason", "line").flatMap(([first = ""]) =>
    [...first.matchAll(/(`+) ?(.+?) ?\1(?!`)/g)].map(({ 2: code = "" }) => code),
  );
}

function undocumented(text: string, { reasons, logs }: Printed): string[] {
  const documented = new Set(entries(text));
  return [...reasons, ...logs].filter((each) => !documented.has(each));
}

describeWith(["python3 >= 3.9"], "docs/troubleshooting.md", () => {
  let printed: Printed;

  beforeAll(() => {
    const script = join(ROOT, "__tests__/templates/reasons.py");
    const { stdout, stderr } = spawnSync("python3", [script], { encoding: "utf8" });
    expect(stderr).toBe("");
    printed = JSON.parse(stdout) as Printed;
  });

  test("has an entry for every reason of a state and every line of the journal", () => {
    expect(printed.reasons.length).toBeGreaterThan(80);
    expect(printed.logs.length).toBeGreaterThan(10);
    expect(undocumented(page, printed)).toEqual([]);
  });

  test("has no entry for a text that is never printed", () => {
    const texts = [...printed.reasons, ...printed.logs];
    expect(entries(page).filter((entry) => !texts.includes(entry))).toEqual([]);
  });

  test("has no text twice", () => {
    const all = entries(page);
    expect(all.filter((entry, index) => all.indexOf(entry) !== index)).toEqual([]);
  });

  test("has a cause and a remedy for every reason", () => {
    expect(rows(page, "reason").filter((row) => row.length !== 3 || row.includes(""))).toEqual([]);
  });

  test("would miss any entry that is removed", () => {
    for (const entry of entries(page))
      expect(undocumented(page.replaceAll(entry, ""), printed)).toContain(entry);
  });
});

test("docs/troubleshooting.md has every state and its exit code", () => {
  const states = ["in sync", "promoted", "waiting", "refused", "not started"];
  const codes = new Map(
    rows(page, "`redis-replica status` prints").map(([state = "", code]) => [state, code]),
  );
  for (const state of states) expect([...codes.keys()].join("\n")).toContain(`\`${state}`);
  expect(new Set(codes.values())).toEqual(new Set(["0", "10", "20", "127"]));
});
