import { type Command } from "commander";
import { SIZE } from "../constructs/validation/formats";
import { loadConfigs, type LoadedConfig } from "../config/load";
import { ConfigError } from "../config/problem";
import { type ClusterConfig } from "../config/schema";
import { fromStacks } from "./assembly";
import { type Context, EXIT, type Exit } from "./command";
import { interruptionStory } from "./interruption";
import { type Output } from "./output";
import { overview } from "./overview";
import { reviewPlan } from "./plan/review";
import { bytesOf, factsOf, type Surroundings } from "./rules/facts";
import { checkIgnored, judge, type Judgement } from "./rules/judge";
import { sizeToJson, userDataSize, type UserDataSize } from "./user-data";

/** Width of the facts' names. */
const MARGIN = 16;

export function define(command: Command): void {
  command
    .option("--memory <size>", "what the masters' data takes, such as 12gb; `redis.maxMemory` unless told")
    .option("--plan <file>", "say what a plan does to each replica instead: `terraform show -json`, or -")
    .option("--allow-destroy", "with --plan: a destroyed group ends with 2 like other changes, not with 1")
    .addHelpText("after", "\nIt talks to no cluster and no account, and writes nothing.");
}

/** Says what the config comes to, or what a plan does. */
export function run(context: Context): Exit {
  if (context.options["plan"] !== undefined) return reviewPlan(context);
  return reviewConfigs(context);
}

/** Validates, then says what the config comes to. */
function reviewConfigs({ files, options, output }: Context): Exit {
  const surroundings = surroundingsOf(options);
  const loaded = loadConfigs(files);
  checkIgnored(loaded);
  const sizes = fromStacks(loaded, userDataSize);
  const reviews = loaded.map((each, index) => review(each, sizes[index]!, surroundings));
  for (const { file, judgement } of reviews) {
    for (const { rule, severity, message } of judgement.findings)
      output.warn({ file, message, rule, severity });
  }
  output.data(reviews.map((each) => page(each, output)).join("\n"), { clusters: reviews.map(toJson) });
  return EXIT.fine;
}

function surroundingsOf({ memory }: Context["options"]): Surroundings {
  // As every CI system sets it, and hardly anybody else.
  const inPipeline = Boolean(process.env["CI"]);
  if (memory === undefined) return { inPipeline };
  if (typeof memory !== "string" || !SIZE.pattern.test(memory) || bytesOf(memory) === 0) {
    const message = `\`--memory\` must ${SIZE.rule}, got: ${JSON.stringify(memory)}`;
    throw new ConfigError([{ file: "redis-elastigroup", message }]);
  }
  return { inPipeline, memory: bytesOf(memory) };
}

interface Review {
  readonly loaded: LoadedConfig;
  readonly file: string;
  readonly interruption: readonly string[];
  readonly userData: UserDataSize;
  readonly judgement: Judgement;
}

function review(loaded: LoadedConfig, userData: UserDataSize, surroundings: Surroundings): Review {
  return {
    loaded,
    file: loaded.source.file,
    interruption: interruptionStory(loaded.config),
    userData,
    judgement: judge(factsOf(loaded.config, surroundings)),
  };
}

function page({ file, loaded: { config }, interruption, userData }: Review, output: Output): string {
  return [
    output.heading(`${config.name} (${file})`),
    ...overview(config, userData).flatMap(([label, ...lines]) =>
      lines.map((line, index) => `  ${(index === 0 ? label : "").padEnd(MARGIN)} ${line}`),
    ),
    "",
    output.heading("When an instance is interrupted"),
    ...interruption.map((sentence) => `  ${sentence}`),
    "",
  ].join("\n");
}

function toJson({
  file,
  loaded: { config },
  interruption,
  userData,
  judgement,
}: Review): Record<string, unknown> {
  const { findings, outcomes, ignored } = judgement;
  return {
    file,
    // Its settings may hold credentials, and this goes into logs.
    config: { ...config, backend: backendType(config) },
    user_data: sizeToJson(userData),
    interruption,
    findings,
    rules: Object.fromEntries(outcomes),
    ignored,
  };
}

function backendType({ backend }: ClusterConfig): string | undefined {
  return typeof backend === "object" ? Object.keys(backend)[0] : backend;
}
