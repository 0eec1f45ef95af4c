import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { count } from "../rehearsal/count";
import { enclose } from "../rehearsal/enclosure";
import { prepare } from "../rehearsal/prepare";
import { progress } from "../rehearsal/progress";
import { type Bench, type Extent } from "./bench";
import { ROOT } from "./built";
import { compare } from "./compare";
import { thisMachine } from "./machine";
import { missing } from "./needs";
import { currentLoad, merged, type Recording, readRecording, type Result, writeRecording } from "./record";
import { Series } from "./series";
import { Sheet } from "./sheet";
import { spreadCells, table } from "./table";
import { verdicts } from "./targets";

/* eslint-disable @typescript-eslint/no-require-imports -- only the selected benchmark is loaded */
const BENCHES: readonly { readonly name: string; readonly summary: string; readonly load: () => Bench }[] = [
  {
    name: "synth",
    summary: "the command line beside a minimal CDKTF app and `cdktf synth`",
    load: () => require("./synth") as Bench,
  },
  {
    name: "agent",
    summary: "a look of the agent, its memory, and the user data",
    load: () => require("./agent") as Bench,
  },
  {
    name: "verify",
    summary: "`verify --digest` of 1,000,000 keys, and the load on their master",
    load: () => require("./verify") as Bench,
  },
  {
    name: "scale",
    summary: "up to 24 replicas at once, and looks at up to 1,000 nodes",
    load: () => require("./scale") as Bench,
  },
  {
    name: "boot",
    summary: "first boots beside a bare boot and the tutorials' recipe",
    load: () => require("./boot") as Bench,
  },
  {
    name: "recover",
    summary: "replacements beside a bare boot and the time that Redis loads its data",
    load: () => require("./recover") as Bench,
  },
];
/* eslint-enable @typescript-eslint/no-require-imports */

const USAGE = `Usage: npm run bench -- NAME... | all [--quick] [--runs N] [--output FILE]
       npm run bench -- compare FILE FILE

${BENCHES.map(({ name, summary }) => `  ${name.padEnd(9)}${summary}\n`).join("")}
  --quick        fewer sizes and repetitions: all of them in about 20 minutes
  --runs N       how often each thing is measured
  --output FILE  writes the figures into this file, in place of those that it has of the same benchmarks

boot and recover, and the instances of scale, need root on Debian 12: see docs/rehearsal.md. What is missing is left out.
compare lists the figures of two files whose spreads do not overlap.
`;

/** What booted instances need. */
const INSTANCES = ["systemd-nspawn", "mmdebstrap", "redis-server", "redis-cli", "unshare", "ip"];

interface Request {
  readonly names: readonly string[];
  readonly extent: Extent;
  readonly runs?: number;
  readonly command?: string;
  readonly output?: string;
  /** The file in which a process in an enclosure leaves what it measured. */
  readonly measured?: string;
}

async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === "compare") return compare(argv.slice(1));
  const request = parse(argv);
  if (request === undefined) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (request.measured !== undefined) {
    writeFileSync(request.measured, JSON.stringify(await measured(request.names[0] ?? "", request)));
    // After a failure, servers may still run and keep this process from ending. The enclosure ends them.
    process.exit(0);
  }
  const machine = await thisMachine();
  let recording: Recording = { machine, results: {} };
  const { output } = request;
  // Before hours of measurements, not after them.
  if (output !== undefined) merged(readRecording(output), recording, output);
  let hasFailed = false;
  for (const name of request.names) {
    const result = await resultOf(name, request);
    if (result === undefined) continue;
    if (result.failure !== undefined) {
      hasFailed = true;
      process.stderr.write(`${name}: ${result.failure}\n`);
    }
    recording = { machine, results: { ...recording.results, [name]: shortened(result) } };
    process.stdout.write(text(name, { machine, results: { [name]: result } }, request.extent));
    if (output !== undefined) writeRecording(output, merged(readRecording(output), recording, output));
  }
  return hasFailed ? 1 : 0;
}

/** A failure can have the end of a log. A recording has its first line. */
function shortened({ failure, ...result }: Result): Result {
  return failure === undefined ? result : { ...result, failure: failure.split("\n")[0] };
}

/** Undefined if the usage is asked for. */
function parse(argv: readonly string[]): Request | undefined {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      tiny: { type: "boolean", default: false },
      runs: { type: "string" },
      // For tests, like `tiny`.
      command: { type: "string" },
      output: { type: "string" },
      measured: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (positionals.length === 0 || values.help) return undefined;
  const known = BENCHES.map(({ name }) => name);
  const unknown = positionals.filter((name) => name !== "all" && !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`a benchmark must be one of ${known.join(", ")} or all, got: ${unknown.join(", ")}`);
  }
  return {
    names: positionals.includes("all") ? known : positionals,
    extent: values.tiny ? "tiny" : values.quick ? "quick" : "full",
    runs: values.runs === undefined ? undefined : count("--runs", values.runs),
    command: values.command,
    output: values.output,
    measured: values.measured,
  };
}

/** Undefined if this machine cannot run the benchmark. */
async function resultOf(name: string, request: Request): Promise<Result | undefined> {
  const { boots } = benchOf(name);
  const absent = boots === "never" || request.extent === "tiny" ? [] : missing(INSTANCES);
  if (absent.length > 0) {
    const what = boots === "always" ? "" : " booted instances";
    process.stdout.write(
      `${name}:${what} skipped: ${absent.map((need) => `${need} not found`).join(", ")}\n`,
    );
    if (boots === "always") return undefined;
  }
  progress(name);
  const begun = Date.now();
  const load = currentLoad();
  const isEnclosed =
    boots !== "never" && absent.length === 0 && !(boots === "partly" && request.extent === "tiny");
  const outcome = isEnclosed ? await enclosed(name, request) : await measured(name, request);
  const seconds = Math.round((Date.now() - begun) / 1000);
  return {
    command: `npm run bench -- ${[name, ...optionsOf(request)].join(" ")}`,
    seconds,
    load,
    ...outcome,
  };
}

type Outcome = Pick<Result, "figures" | "failure">;

/** Runs a benchmark in an enclosure. Its process leaves what it measured in a file. */
async function enclosed(name: string, request: Request): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    await prepare();
    const file = join(folder, "measured");
    const tsx = join(ROOT, "node_modules/.bin/tsx");
    const code = await enclose([tsx, __filename, name, ...optionsOf(request), "--measured", file]);
    if (code === 0) return JSON.parse(readFileSync(file, "utf8")) as Outcome;
    return { failure: `the process in the enclosure ended with ${code}`, figures: {} };
  } catch (error) {
    return { failure: messageOf(error), figures: {} };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a benchmark measured, to its end or until it failed: hours of measurements are not lost by the last one. */
async function measured(name: string, { extent, runs, command }: Request): Promise<Outcome> {
  const note = (line: string): void => progress(`${name}: ${line}`);
  const series = new Series(note);
  try {
    await benchOf(name).measure({ extent, runs, command, series, note });
    return { figures: series.figures };
  } catch (error) {
    return { failure: messageOf(error), figures: series.figures };
  }
}

function benchOf(name: string): Bench {
  return BENCHES.find((each) => each.name === name)!.load();
}

function optionsOf({ extent, runs, command }: Request): string[] {
  return [
    ...(extent === "full" ? [] : [`--${extent}`]),
    ...(runs === undefined ? [] : ["--runs", String(runs)]),
    ...(command === undefined ? [] : ["--command", command]),
  ];
}

/** The figures as a table, and the targets. Those of a tiny run have no meaning. */
function text(name: string, recording: Recording, extent: Extent): string {
  const sheet = new Sheet(recording);
  const figures = Object.entries(sheet.result(name)?.figures ?? {});
  const rows = figures.map(([key, figure]) => [
    `${name}.${key}`,
    figure.unit,
    ...spreadCells(figure),
    figure.runs,
  ]);
  const judged = (extent === "tiny" ? [] : verdicts(sheet)).map(({ what, got, limit, isMet }) => {
    return `${isMet ? "met" : "NOT MET"}: ${what}: ${got} (target: ${limit})\n`;
  });
  return `${table(["", "unit", "min", "median", "max", "runs"], rows)}${judged.join("")}\n`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
