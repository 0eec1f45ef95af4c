/** A benchmark. It gets its own arguments of the command line and resolves to an exit code. */
export interface Bench {
  run(argv: readonly string[]): Promise<number>;
}

/* eslint-disable @typescript-eslint/no-require-imports -- only the selected benchmark is loaded */
const BENCHES: readonly { name: string; summary: string; load: () => Bench }[] = [
  {
    name: "synth",
    summary: "the command line against a minimal CDKTF app and `cdktf synth`  [--runs N] [--json]",
    load: () => require("./synth") as Bench,
  },
  {
    name: "boot",
    summary:
      "first boots and replacements against a bare boot  [--runs N] [--megabytes N] [--no-source] [--json]",
    load: () => require("./boot") as Bench,
  },
];
/* eslint-enable @typescript-eslint/no-require-imports */

async function main([name, ...argv]: readonly string[]): Promise<number> {
  const bench = BENCHES.find((each) => each.name === name);
  if (bench) return bench.load().run(argv);
  const list = BENCHES.map((each) => `  ${each.name.padEnd(8)}${each.summary}\n`).join("");
  if (name === undefined) process.stdout.write(`npm run bench -- NAME [options]\n${list}`);
  else process.stderr.write(`unknown benchmark: ${name}; the benchmarks are:\n${list}`);
  return name === undefined ? 0 : 64;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
