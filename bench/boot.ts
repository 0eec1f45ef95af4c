import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { BootScript, RedisInstall } from "../constructs";
import { hostAgent } from "../rehearsal/agent";
import { enclose, insideEnclosure } from "../rehearsal/enclosure";
import { prepare } from "../rehearsal/prepare";
import { missing } from "./needs";
import { recipe } from "./recipe";
import { type Figure, Rounds } from "./rounds";
import { type Spread } from "./spread";
import { spreadCells, table } from "./table";

const NEEDS = ["systemd-nspawn", "mmdebstrap", "redis-server", "redis-cli", "unshare", "ip"];
/** Milliseconds that a replacement may take in addition to a bare boot and the time Redis takes to load its data. */
const ALLOWANCE = 1000;

interface Options {
  readonly runs: number;
  readonly megabytes: number;
  readonly source: boolean;
  readonly json: boolean;
}

/** Measures boots of real instances beside real masters: bare boots, first boots and replacements. */
export async function run(argv: readonly string[]): Promise<number> {
  const options = parse(argv);
  const absent = missing(NEEDS);
  if (absent.length > 0) {
    process.stdout.write(`skipped: ${absent.map((need) => `${need} not found`).join(", ")}\n`);
    return 0;
  }
  if (!insideEnclosure()) {
    await prepare();
    const tsx = resolve(__dirname, "../node_modules/.bin/tsx");
    return enclose([tsx, resolve(__dirname, "index.ts"), "boot", ...argv]);
  }
  const figures = await measureAll(options);
  process.stdout.write(
    options.json ? `${JSON.stringify(toJson(options, figures), null, 2)}\n` : text(figures),
  );
  return 0;
}

function parse(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      runs: { type: "string", default: "3" },
      megabytes: { type: "string", default: "50" },
      "no-source": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const [runs, megabytes] = [Number(values.runs), Number(values.megabytes)];
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs must be 1 or more, got: ${values.runs}`);
  if (!(megabytes > 0)) throw new Error(`--megabytes must be more than 0, got: ${values.megabytes}`);
  return { runs, megabytes, source: !values["no-source"], json: values.json };
}

async function measureAll({ runs, megabytes, source }: Options): Promise<Figure[]> {
  const rounds = await Rounds.open({ megabytes, talk: (line) => process.stderr.write(`${line}\n`) });
  try {
    const { stage } = rounds;
    const agent = await hostAgent(stage.mirror);
    const userData = (install: RedisInstall): Buffer => {
      const masters = [stage.masters.addresses[0]!];
      return gzipSync(new BootScript({ masters, redis: { install }, agent }).text);
    };
    // A build takes a minute or more, and its duration varies little.
    if (source) {
      await rounds.firstBoot("source", userData(RedisInstall.fromSource(stage.source)));
      const [master] = rounds.filled.split(":");
      await rounds.firstBoot("recipe", gzipSync(recipe({ url: stage.source.url, master: master! })));
    }
    for (let each = 0; each < runs; each++) {
      await rounds.bareBoot("first");
      await rounds.firstBoot("package", userData(RedisInstall.fromPackage()));
    }
    await rounds.settle(userData(RedisInstall.fromPackage()));
    for (let each = 0; each < runs; each++) await rounds.replacement();
    await rounds.reconciles(10);
    return rounds.figures();
  } finally {
    await rounds.close();
  }
}

function text(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, unit, spread }) => [what, unit, ...spreadCells(spread), spread.runs]);
  return `${table(["", "unit", "min", "median", "max", "runs"], rows)}\n${verdicts(figures)
    .map(({ what, got, wanted }) => `${what}: ${got} (target: ${wanted})\n`)
    .join("")}`;
}

interface Verdict {
  readonly what: string;
  readonly got: string;
  readonly wanted: string;
}

/** The targets, each compared with the medians. */
function verdicts(figures: readonly Figure[]): Verdict[] {
  const median = (key: string): number => {
    return figures.find((figure) => figure.key === key)?.spread.median ?? NaN;
  };
  const ofRecipe = (kind: string): string => (median(`${kind}.synced`) / median("recipe.synced")).toFixed(2);
  const comparisons = figures.some(({ key }) => key === "recipe.synced")
    ? [
        { what: "first boot from source / the recipe", got: ofRecipe("source"), wanted: "<= 0.65" },
        { what: "first boot from a package / the recipe", got: ofRecipe("package"), wanted: "<= 0.15" },
      ]
    : [];
  return [
    ...comparisons,
    {
      what: "replacement beyond a bare boot and the load",
      got: `${Math.round(median("replacement.beyond"))} ms`,
      wanted: `<= ${ALLOWANCE} ms`,
    },
    {
      what: "CPU of a reconcile run on a healthy replica",
      got: `${Math.round(median("reconcile.cpu"))} ms`,
      wanted: "<= 100 ms",
    },
    { what: "bytes sent / bytes missed", got: median("replacement.ratio").toFixed(2), wanted: "<= 1.2" },
  ];
}

function toJson(options: Options, figures: readonly Figure[]): Record<string, unknown> {
  const entries = figures.map(
    ({ key, what, unit, spread }): [string, Spread & { what: string; unit: string }] => {
      return [key, { what, unit, ...spread }];
    },
  );
  return { bench: "boot", ...options, figures: Object.fromEntries(entries), verdicts: verdicts(figures) };
}
