#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { DEFAULT_FILE } from "../config/default-file";
import { ConfigError, type Problem } from "../config/problem";
import { version } from "../constructs/redis/release";
import { deferArchiver } from "./archiver";
import { type CommandModule, EXIT, type Exit } from "./command";
import { Output, type Streams } from "./output";

/* eslint-disable @typescript-eslint/no-require-imports -- each command is loaded only where it is asked for, and
   import() of a file of our own wants an extension that not every tool here follows. */
const COMMANDS: readonly { name: string; summary: string; load: () => CommandModule }[] = [
  {
    name: "review",
    summary: "say what a config comes to, with warnings",
    load: () => require("./review") as CommandModule,
  },
  {
    name: "render",
    summary: "print the user data, or write the files it brings",
    load: () => require("./render") as CommandModule,
  },
  {
    name: "synth",
    summary: "write the Terraform JSON, without terraform or cdktf-cli",
    load: () => require("./synth") as CommandModule,
  },
  {
    name: "policy",
    summary: "print the IAM policies: the instances', Spot's, the volume key's",
    load: () => require("./policy") as CommandModule,
  },
];
/* eslint-enable @typescript-eslint/no-require-imports */

type Run = () => Exit | Promise<Exit>;

interface GlobalOptions {
  readonly config?: string[];
  readonly json?: boolean;
  readonly color: boolean;
}

/** Runs one command line (without node and the script) and says how it ended. */
export async function main(argv: readonly string[], streams: Streams = process): Promise<Exit> {
  // The command line may be what is wrong, so this much is known before it is parsed.
  const output = outputFor({ json: argv.includes("--json"), color: !argv.includes("--no-color") }, streams);
  let chosen: Run | undefined;
  try {
    await buildProgram(argv, streams, output, (run) => (chosen = run)).parseAsync([...argv], {
      from: "user",
    });
    // From here the call stack is short: each of cdktf's many tokens writes all of it down.
    return (await chosen?.()) ?? EXIT.fine;
  } catch (error) {
    if (error instanceof CommanderError) return usage(error, output);
    output.fail(problemsOf(error));
    return EXIT.failure;
  }
}

function buildProgram(
  argv: readonly string[],
  streams: Streams,
  output: Output,
  choose: (run: Run) => void,
): Command {
  const program = new Command("redis-elastigroup")
    .description("Redis Cluster replicas on spot instances that recover instead of joining again.")
    .option("-c, --config <file>", `config file; may be given again (default: ${DEFAULT_FILE})`, append)
    .option("--json", "one JSON object on stdout, for programs")
    .option("--no-color", "plain text, as the environment's NO_COLOR")
    .version(version(), "--version")
    .addHelpText(
      "after",
      "\nExit status: 0 fine, 1 failure, 2 differences (`synth --check`, `review --plan`).",
    )
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => (output.json ? undefined : streams.stderr.write(text)),
    })
    .exitOverride();
  for (const { name, summary, load } of COMMANDS) {
    const command = program.command(name).description(summary).copyInheritedSettings(program);
    if (!argv.includes(name)) continue;
    deferArchiver();
    const found = load();
    found.define(command);
    command.action((options: Record<string, unknown>) => {
      const { config = [DEFAULT_FILE] } = program.opts<GlobalOptions>();
      choose(() => found.run({ files: config, options, output }));
    });
  }
  return program;
}

function append(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

function outputFor({ json, color }: { json: boolean; color: boolean }, streams: Streams): Output {
  const colored = color && !process.env["NO_COLOR"] && streams.stdout.isTTY === true;
  return new Output(streams, { json, color: colored });
}

/** Help and version end well; anything else that commander says is a mistake in the command line. */
function usage(error: CommanderError, output: Output): Exit {
  if (error.exitCode === 0) return EXIT.fine;
  if (output.json)
    output.fail([{ file: "redis-elastigroup", message: error.message.replace(/^error: /, "") }]);
  return EXIT.failure;
}

/** A mistake in a config file, or whatever else went wrong, such as a full disk: never a stack trace. */
function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof ConfigError) return error.problems;
  return [
    { file: "redis-elastigroup", message: (error as Partial<Error> | undefined)?.message ?? String(error) },
  ];
}

if (require.main === module) {
  // Whoever reads our output may stop early, such as `head`: that is no failure.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  void main(process.argv.slice(2)).then((exit) => {
    // Not process.exit(): what is still on its way to a pipe would be lost.
    process.exitCode = exit;
  });
}
