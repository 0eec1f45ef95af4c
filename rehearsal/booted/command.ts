import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { enclosed } from "../enclosure";
import { faultsOf } from "../play/fault";
import { prepare } from "../prepare";
import { findProvider, type Provider } from "../provider";
import { REPOSITORY, redisElastigroup, TSX } from "../redis-elastigroup";
import { fromUser, optionsHelp, report, reportOptions } from "../report/report";
import { type Result } from "../report/result";
import { endBySignals } from "../signals";
import { readConfig, rehearsedConfig, type RehearsedConfig } from "./rehearsed-config";
import { faults } from "./faults";
import { type Order } from "./inside";
import { checkRequirements } from "./requirements";

export const USAGE = `Usage: npm run rehearse -- [OPTION...]

Deploys a config file on this machine and interrupts its replicas: masters, a simulated Spot API, Terraform with the real
provider where it is found, and instances that boot Debian. Needs root on Debian, and takes a few minutes. Nothing is
left behind.
  -c, --config FILE the config file (default: redis-replicas.yaml of this repository)
${optionsHelp(faults.map(({ name }) => name))}`;

/** Runs a rehearsal with booted instances. Resolves to the exit status: 0 only if nothing was lost and nothing is left. */
export async function runBooted(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      ...reportOptions,
      config: { type: "string", short: "c" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const chosen = values.faults === undefined ? faults : faultsOf(faults, values.faults);
  checkRequirements();
  const file =
    values.config === undefined ? join(REPOSITORY, "redis-replicas.yaml") : fromUser(values.config);
  const release = endBySignals("the rehearsal is ended; nothing is left behind");
  const { config, provider } = await inTemporaryFolder((folder) => prepareFor(file, folder));
  const playable = chosen.filter(({ name, impossible }) => {
    const reason = impossible?.(config);
    if (reason !== undefined) say(`left out: ${name}, since ${reason}`);
    return reason === undefined;
  });
  if (playable.length === 0) throw new Error("no fault can be played with this config");
  release();
  const order: Order = { config, provider, faults: playable.map(({ name }) => name) };
  const inside = [TSX, join(__dirname, "inside.ts"), JSON.stringify(order)];
  const { code, output, leftBehind } = await enclosed(inside);
  if (output === "") {
    const left = leftBehind.length === 0 ? "nothing is left behind" : `left behind: ${leftBehind.join(", ")}`;
    say(`\nThe rehearsal ended early, with status ${code}; ${left}`);
    return code === 0 ? 1 : code;
  }
  const result = JSON.parse(output) as Result;
  return report({ ...result, leftBehind: [...result.leftBehind, ...leftBehind] }, values);
}

/** Reads the config, and makes all that needs a package registry, which an enclosure cannot reach. */
async function prepareFor(
  file: string,
  folder: string,
): Promise<{ readonly config: RehearsedConfig; readonly provider: Provider }> {
  await redisElastigroup(["-c", file, "--no-color", "review"]);
  const config = rehearsedConfig(readConfig(file));
  say(`${relative(process.cwd(), file)}: ${config.replicas} replicas. For the rehearsal:`);
  for (const line of config.replaced) say(`  ${line}`);
  const rehearsed = join(folder, "redis-replicas.json");
  writeFileSync(rehearsed, JSON.stringify(config.config));
  await redisElastigroup(["-c", rehearsed, "synth", "-o", folder]);
  const stack = readFileSync(join(folder, "stacks", config.name, "cdk.tf.json"), "utf8");
  const { terraform } = JSON.parse(stack) as { terraform: { required_providers: object } };
  const provider = await findProvider(terraform.required_providers);
  checkVariables(config, provider);
  await prepare();
  return { config, provider };
}

/** Variables have no value in a recorded request, and Terraform reads them from the environment. */
function checkVariables({ variables, config }: RehearsedConfig, provider: Provider): void {
  if ("missing" in provider && config["shards"] !== undefined)
    throw new Error(`a config with shards needs the provider of Spot: ${provider.missing}`);
  if ("missing" in provider && variables.length > 0)
    throw new Error(`a config with variables needs the provider of Spot: ${provider.missing}`);
  const unset = variables.filter((name) => process.env[`TF_VAR_${name}`] === undefined);
  if (unset.length === 0) return;
  const names = unset.map((name) => `TF_VAR_${name}`).join(", ");
  throw new Error(`the config has variables; set their values in the environment: ${names}`);
}

/** All temporary files of the preparation are in one folder, which does not outlive this process. */
async function inTemporaryFolder<T>(act: (folder: string) => Promise<T>): Promise<T> {
  const before = process.env["TMPDIR"];
  const folder = mkdtempSync(join(tmpdir(), "rehearsal-preparation-"));
  // apt reads its files as another user.
  chmodSync(folder, 0o755);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.on("exit", remove);
  process.env["TMPDIR"] = folder;
  try {
    return await act(folder);
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    process.off("exit", remove);
    remove();
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
