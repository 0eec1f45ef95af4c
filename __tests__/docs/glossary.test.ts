import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/folder";

const GLOSSARY = "docs/glossary.md";
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const terms = [...read(GLOSSARY).matchAll(/^## (.+)$/gm)].map(({ 1: term = "" }) => term);

test("the terms of the glossary are in alphabetical order", () => {
  expect(terms).toEqual([...terms].sort((one, other) => one.localeCompare(other, "en")));
});

test("each term of the glossary has one to three sentences", () => {
  const texts = read(GLOSSARY)
    .split(/^## .+$/m)
    .slice(1);
  const long = texts.filter((text) => text.trim().split(/[.:](?:\s|$)/).length > 5);
  expect(long).toEqual([]);
});

test("each term of the glossary is linked from another page", () => {
  const pages = ["README.md", ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`)];
  const text = pages
    .filter((page) => page.endsWith(".md") && page !== GLOSSARY)
    .map(read)
    .join("\n");
  const anchors = terms.map((term) => `glossary.md#${term.toLowerCase().replaceAll(" ", "-")}`);
  expect(
    anchors.filter((anchor) => !text.includes(`(${anchor})`) && !text.includes(`(docs/${anchor})`)),
  ).toEqual([]);
});
