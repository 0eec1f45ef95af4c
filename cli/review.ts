import { type Command, Option } from "commander";
import { SIZE } from "../constructs/validation/formats";
import { bytesOf } from "../constructs/redis/memory-size";
import { loadConfigs, type LoadedConfig } from "../config/load";
import { type ClusterConfig } from "../config/schema";
import { fromStacks } from "./assembly";
import { type Context, EXIT, type Exit } from "./command";
import { plural, showFinding } from "./findings";
import { interruptionSteps } from "./interruption";
import { checkIgnored, evaluate, type Evaluation, type Finding } from "./rules/evaluation";
import { type Environment, factsOf } from "./rules/facts";
import { RULES } from "./rules/index";
import { summary } from "./summary";
import { type Line, styled, wrap } from "./terminal";
import { sizeToJson, userDataSize, type UserDataSize } from "./user-data";
import { misuse } from "./misuse";

/** Characters before the values of the summary. */
const MARGIN = 19;

export function define(command: Command): void {
  command
    .option("--memory <size>", "size of the masters' data, such as 12gb (default: `redis.maxMemory`)")
    .addOption(new Option("--plan [file]").hideHelp())
    .addOption(new Option("--allow-destroy").hideHelp())
    .addHelpText("after", "\nNo cluster and no account is contacted, and no file is written.");
}

/** Validates, then prints a summary of what will be deployed, and the findings. */
export function run({ files, options, output }: Context): Exit {
  refuseFormerOptions(options);
  const environment = environmentOf(options);
  const loaded = loadConfigs(files);
  checkIgnored(loaded);
  const sizes = fromStacks(loaded, userDataSize);
  const reviews = loaded.map((each, index) => review(each, sizes[index]!, environment));
  for (const { file, evaluation } of reviews)
    for (const finding of evaluation.findings) output.record({ file, ...findingToJson(finding) });
  output.data(
    reviews.flatMap((each, index) => [...(index === 0 ? [] : [""]), ...page(each, output.width)]),
    { clusters: reviews.map(toJson) },
  );
  return EXIT.success;
}

/** `review --plan FILE` of earlier versions. */
function refuseFormerOptions({ plan, allowDestroy }: Context["options"]): void {
  if (plan === undefined && allowDestroy === undefined) return;
  const file = typeof plan === "string" ? plan : "FILE";
  const command = `redis-elastigroup plan ${file}${allowDestroy === true ? " --allow-destroy" : ""}`;
  const message = `\`review --plan\` is now the command \`plan\`; run \`${command}\``;
  throw misuse(message);
}

function environmentOf({ memory }: Context["options"]): Environment {
  // Every CI system sets it.
  const inPipeline = Boolean(process.env["CI"]);
  if (memory === undefined) return { inPipeline };
  if (typeof memory !== "string" || !SIZE.pattern.test(memory)) {
    const meant = typeof memory === "string" ? SIZE.meant?.(memory) : undefined;
    const advice = meant === undefined ? "" : `. Did you mean \`${meant}\`?`;
    const message = `\`--memory\` must ${SIZE.rule}, got: ${JSON.stringify(memory)}${advice}`;
    throw misuse(message);
  }
  return { inPipeline, memory: bytesOf(memory) };
}

interface Review {
  readonly loaded: LoadedConfig;
  readonly file: string;
  readonly interruption: readonly string[];
  readonly userData: UserDataSize;
  readonly evaluation: Evaluation;
}

function review(loaded: LoadedConfig, userData: UserDataSize, environment: Environment): Review {
  return {
    loaded,
    file: loaded.source.file,
    interruption: interruptionSteps(loaded.config),
    userData,
    evaluation: evaluate(factsOf(loaded.config, environment)),
  };
}

function page(
  { file, loaded: { config, source }, interruption, userData, evaluation }: Review,
  width: number,
): Line[] {
  const rest = " ".repeat(MARGIN);
  return [
    [styled("bold", `${config.name} (${file})`)],
    ...summary(config, userData).flatMap(([label, ...lines]) =>
      lines.flatMap((line, index) =>
        wrap(line, width, index === 0 ? `  ${label}`.padEnd(MARGIN) : rest, rest),
      ),
    ),
    "",
    [styled("bold", "When an instance is interrupted")],
    ...interruption.flatMap((sentence) => wrap(sentence, width, "  ")),
    "",
    [styled("bold", `Findings: ${count(evaluation)}`)],
    ...evaluation.findings.flatMap((finding) => [
      "",
      ...showFinding(finding, RULES.get(finding.rule)!.keys, source, width),
    ]),
  ];
}

function count({ findings, ignored }: Evaluation): string {
  const of = (severity: Finding["severity"]): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return [plural(of("warning"), "warning"), plural(of("note"), "note")]
    .concat(ignored.length > 0 ? `${ignored.length} ignored` : [])
    .join(", ");
}

function toJson({
  file,
  loaded: { config },
  interruption,
  userData,
  evaluation,
}: Review): Record<string, unknown> {
  const { findings, results, ignored } = evaluation;
  return {
    file,
    // Its settings can hold credentials, and this goes into logs.
    config: { ...config, backend: backendType(config) },
    user_data: sizeToJson(userData),
    interruption,
    findings: findings.map(findingToJson),
    rules: Object.fromEntries(results),
    ignored: ignored.map((finding) => ({ ...findingToJson(finding), reason: finding.reason })),
  };
}

function findingToJson({ rule, severity, cause, remedy }: Finding) {
  return { rule, severity, message: `${cause} ${remedy}` };
}

function backendType({ backend }: ClusterConfig): string | undefined {
  return typeof backend === "object" ? Object.keys(backend)[0] : backend;
}
