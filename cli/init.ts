import { type Command } from "commander";
import { lstatSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { ConfigError, type Problem } from "../config/problem";
import { type ClusterConfig } from "../config/schema";
import { type Context, EXIT, type Exit, type Terminal } from "./command";
import { type Output } from "./output";
import { filesOf, type Kind, KINDS, pathsOf } from "./project";
import { Prompt } from "./prompt";
import { type Answers, configOf, KIND, mistakesOf, type Question, QUESTIONS } from "./questions";
import { writeFile } from "./write-file";

export function define(command: Command): void {
  command.argument("[dir]", "folder of the project (default: the current one)");
  for (const { flag, text } of QUESTIONS) command.option(`--${flag} <value>`, text);
  command
    .option("-y, --yes", "ask nothing; use examples for missing flags")
    .option("--force", "overwrite files")
    .addHelpText("after", "\nOn a terminal, it asks for missing flags.");
}

/** Writes a project. If anything is wrong, it writes nothing. */
export async function run({ args, options, output, terminal }: Context): Promise<Exit> {
  const directory = args[0] ?? ".";
  const folder = basename(resolve(directory));
  const isForced = options["force"] === true;
  const takesExamples = options["yes"] === true;
  const asked = takesExamples ? undefined : terminal();
  const given = answersIn(options);
  const answers = asked ? new Map(given) : withFallbacks(given, folder, takesExamples);
  refuse([
    ...(asked ? [] : missingFlags(answers)),
    ...mistakesOf(answers).map(inCommand),
    ...obstacles(directory, answers, isForced),
  ]);
  // As soon as the files are known, so that other answers are not lost.
  const check = (question: Question): void => {
    if (question === KIND) refuse(obstacles(directory, answers, isForced));
  };
  if (asked) await ask(asked, { answers, folder, output, check });
  const files = write(directory, answers);
  const examples = QUESTIONS.filter((each) => isExample(each, given, answers, folder));
  report({ directory, files, examples }, output);
  return EXIT.success;
}

function answersIn(options: Context["options"]): Map<Question, string> {
  return new Map(
    QUESTIONS.flatMap((question) => {
      // As commander names the options.
      const name = question.flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
      const answer = options[name];
      return typeof answer === "string" ? [[question, answer] as const] : [];
    }),
  );
}

function withFallbacks(given: Answers, folder: string, takesExamples: boolean): Map<Question, string> {
  const answers = new Map(given);
  for (const question of QUESTIONS)
    if (!answers.has(question) && (takesExamples || !question.isExample))
      answers.set(question, question.fallback(answers, folder));
  return answers;
}

function missingFlags(answers: Answers): Problem[] {
  const flags = QUESTIONS.filter((each) => !answers.has(each)).map(({ flag }) => `--${flag}`);
  if (flags.length === 0) return [];
  const message = `without a terminal to ask on, these flags are needed: ${flags.join(", ")}; or --yes for examples`;
  return [inCommand(message)];
}

interface Interview {
  readonly answers: Map<Question, string>;
  readonly folder: string;
  readonly output: Output;
  /** Throws if the answer rules out the project. */
  readonly check: (question: Question) => void;
}

/** Asks each open question until its answer is valid. */
async function ask(terminal: Terminal, { answers, folder, output, check }: Interview): Promise<void> {
  const prompt = new Prompt(terminal.input, terminal.output);
  try {
    for (const question of QUESTIONS.filter((each) => !answers.has(each))) {
      let mistakes: string[];
      do {
        const fallback = question.fallback(answers, folder);
        const answer = await prompt.ask(`${question.text} [${fallback}]`);
        if (answer === undefined) throw new Error("stopped before the last answer; no file was written");
        answers.set(question, answer || fallback);
        mistakes = mistakesOf(answers);
        for (const mistake of mistakes) output.info(mistake);
      } while (mistakes.length > 0);
      check(question);
    }
  } finally {
    prompt.close();
  }
}

/** What stands in the way of the files. */
function obstacles(directory: string, answers: Answers, isForced: boolean): Problem[] {
  const kind = KINDS.find((each) => each === answers.get(KIND));
  const found = (kind === undefined ? [] : pathsOf(kind)).flatMap((path) => {
    const problem = obstacle(join(directory, path), isForced);
    return problem === undefined ? [] : [[problem.file, problem] as const];
  });
  // A parent that is no folder is in the way of several files.
  return [...new Map(found).values()];
}

function obstacle(path: string, isForced: boolean): Problem | undefined {
  const there = statOf(path, lstatSync);
  if (there?.isDirectory())
    return { file: path, message: "this is a folder, and the project has a file there" };
  if (there !== undefined)
    return isForced ? undefined : { file: path, message: "the file exists; overwrite it with --force" };
  let parent = dirname(path);
  while (statOf(parent, lstatSync) === undefined && parent !== dirname(parent)) parent = dirname(parent);
  // The target of a link counts.
  if (statOf(parent, statSync)?.isDirectory()) return undefined;
  return { file: parent, message: "this is not a folder, and the project has one there" };
}

function statOf(path: string, stat: (path: string) => Stats): Stats | undefined {
  try {
    return stat(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ConfigError(problems);
}

function inCommand(message: string): Problem {
  return { file: "redis-elastigroup", message };
}

/** Writes the files, and returns their paths. Each question has an answer that is valid, so the config is complete. */
function write(directory: string, answers: Answers): string[] {
  const files = filesOf(answers.get(KIND) as Kind, configOf(answers) as ClusterConfig);
  for (const [path, text] of files) writeFile(join(directory, path), text);
  return [...files.keys()];
}

/** Whether an answer is only an example, such as the id of an image that does not exist. */
function isExample(question: Question, given: Answers, answers: Answers, folder: string): boolean {
  if (!question.isExample || given.has(question)) return false;
  return answers.get(question) === question.fallback(answers, folder);
}

interface Written {
  readonly directory: string;
  readonly files: readonly string[];
  readonly examples: readonly Question[];
}

function report({ directory, files, examples }: Written, output: Output): void {
  const keys = examples.flatMap(({ key }) => key ?? []);
  output.data(
    files.map((path) => join(directory, path)),
    { directory, files, examples: keys },
  );
  output.info(`${directory}: ${files.length} files written; README.md has the next steps`);
  if (keys.length > 0) output.info(`replace these examples before you deploy: ${keys.join(", ")}`);
}
