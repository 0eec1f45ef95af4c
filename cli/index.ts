#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { DEFAULT_FILE } from "../config/default-file";
import { ConfigError, type Problem } from "../config/problem";
import { version } from "../constructs/redis/release";
import { deferArchiver } from "./archiver";
import { type CommandModule, EXIT, type Exit, type Terminal } from "./command";
import { Output, type Streams } from "./output";

/* eslint-disable @typescript-eslint/no-require-imports -- only the command that runs is loaded, and import() of a local
   file needs an extension that not every tool here supports. */
const COMMANDS: readonly { name: string; summary: string; load: () => CommandModule }[] = [
  {
    name: "init",
    summary: "write a new project: a config file, a pipeline, or an app",
    load: () => require("./init") as CommandModule,
  },
  {
    name: "review",
    summary: "print a summary of what will be deployed, and findings",
    load: () => require("./review") as CommandModule,
  },
  {
    name: "policy",
    summary: "print the IAM policies of the instances, Spot's role and the volume's KMS key",
    load: () => require("./policy") as CommandModule,
  },
  {
    name: "check",
    summary: "check the running cluster and the groups in Spot",
    load: () => require("./check") as CommandModule,
  },
  {
    name: "render",
    summary: "print the user data, or write its files",
    load: () => require("./render") as CommandModule,
  },
  {
    name: "synth",
    summary: "write the Terraform JSON (needs neither terraform nor cdktf-cli)",
    load: () => require("./synth") as CommandModule,
  },
  {
    name: "plan",
    summary: "print what a Terraform plan does to each replica",
    load: () => require("./plan") as CommandModule,
  },
  {
    name: "status",
    summary: "print the state of each replica, as Spot and as the cluster see it",
    load: () => require("./status") as CommandModule,
  },
  {
    name: "verify",
    summary: "compare each replica with its master",
    load: () => require("./verify") as CommandModule,
  },
  {
    name: "roll",
    summary: "recycle running replicas one at a time, each in sync before the next",
    load: () => require("./roll") as CommandModule,
  },
  {
    name: "retire",
    summary: "take replicas out of the cluster and their group, or forget nodes that are gone",
    load: () => require("./retire") as CommandModule,
  },
  {
    name: "drill",
    summary: "recycle one replica under writes, and measure its recovery",
    load: () => require("./drill") as CommandModule,
  },
];
/* eslint-enable @typescript-eslint/no-require-imports */

type Run = () => Exit | Promise<Exit>;

interface GlobalOptions {
  readonly config?: string[];
  readonly json?: boolean;
  readonly color: boolean;
}

/** Runs a command line (without node and the script) and returns its exit code. */
export async function main(argv: readonly string[], streams: Streams = process): Promise<Exit> {
  // Before parsing, since the command line itself can be wrong.
  const output = outputFor({ json: argv.includes("--json"), color: !argv.includes("--no-color") }, streams);
  let chosen: Run | undefined;
  try {
    await buildProgram(argv, streams, output, (run) => (chosen = run)).parseAsync([...argv], {
      from: "user",
    });
    // Not inside commander: each of cdktf's many tokens records the call stack, which should be short.
    return (await chosen?.()) ?? EXIT.success;
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
    .description("Redis Cluster replicas on spot instances that keep their node ID, address and data.")
    .option(
      "-c, --config <file>",
      `config file, or - for standard input; can be repeated (default: ${DEFAULT_FILE})`,
      append,
    )
    .option("--json", "print one JSON object on stdout")
    .option("--no-color", "no colors, like the environment variable NO_COLOR")
    .version(version(), "-v, --version")
    .addHelpText(
      "after",
      "\nExit codes: 0 success, 1 failure, 2 differences, findings, or stopped before the end; see each command's help.",
    )
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => output.usage(text),
    })
    .exitOverride();
  for (const { name, summary, load } of COMMANDS) {
    const command = program.command(name).description(summary).copyInheritedSettings(program);
    if (!argv.includes(name)) continue;
    deferArchiver();
    const found = load();
    found.define(command);
    command.action(() => {
      const { config = [DEFAULT_FILE] } = program.opts<GlobalOptions>();
      const context = { files: config, args: command.args, options: command.opts(), output };
      choose(() => found.run({ ...context, terminal: () => terminalOf(streams, output) }));
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

/** A terminal with a person at it. Pipelines can have a terminal, too. */
function terminalOf(streams: Streams, { json }: Output): Terminal | undefined {
  if (json || process.env["CI"]) return undefined;
  const { stdin, stderr } = streams;
  return stdin?.isTTY && stderr.isTTY ? { input: stdin, output: stderr as NodeJS.WritableStream } : undefined;
}

/** Help and version are successful. Any other error of commander is a mistake in the command line. */
function usage(error: CommanderError, output: Output): Exit {
  if (error.exitCode === 0) return EXIT.success;
  if (output.json)
    output.fail([{ file: "redis-elastigroup", message: error.message.replace(/^error: /, "") }]);
  return EXIT.failure;
}

/** The mistakes in a config file, or any other error, such as a full disk: never a stack trace. */
function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof ConfigError) return error.problems;
  return [
    { file: "redis-elastigroup", message: (error as Partial<Error> | undefined)?.message ?? String(error) },
  ];
}

if (require.main === module) {
  // A reader such as `head` can stop early, and a terminal can be closed. That is no failure. A full disk is one.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
      if (code === "EPIPE" || (code === "EIO" && stream.isTTY)) return;
      if (stream === process.stdout) process.stderr.write(`redis-elastigroup: ${message}\n`);
      process.exit(EXIT.failure);
    });
  }
  void main(process.argv.slice(2)).then((exit) => {
    process.exitCode = exit;
    // A name that is still looked up would keep the process. It ends after pipes have taken the output, and errors of that.
    process.stdout.write("", () => process.stderr.write("", () => setImmediate(() => process.exit())));
  });
}
