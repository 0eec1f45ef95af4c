import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./built";
import { BENCHMARKS_PAGE, benchmarksPage, PLOTS } from "./page";
import { plotsOf } from "./plots";
import { recorded } from "./recorded";

// `npm run benchmarks-page`: a test compares the page and its plots with what this would write.
const { first, second } = recorded();
writeFileSync(join(ROOT, BENCHMARKS_PAGE), benchmarksPage(first, second));
rmSync(join(ROOT, PLOTS), { recursive: true, force: true });
mkdirSync(join(ROOT, PLOTS));
for (const [name, svg] of plotsOf(first)) writeFileSync(join(ROOT, PLOTS, `${name}.svg`), svg);
