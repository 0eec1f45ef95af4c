import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A value of a Terraform variable or output. */
export type TerraformValue =
  null | boolean | number | string | readonly TerraformValue[] | { readonly [name: string]: TerraformValue };

/** The variables of a run. */
export type TerraformVariables = Readonly<Record<string, TerraformValue>>;

/** The result of a plan. */
export interface TerraformPlan {
  /** 0: no changes; 2: changes. */
  readonly exitCode: 0 | 2;
  /** The text of the plan. */
  readonly text: string;
}

/** A Terraform command that failed or timed out. */
export class TerraformError extends Error {
  constructor(
    /** For example `terraform apply`. */
    readonly command: string,
    /** Null if a signal or the timeout ended it. */
    readonly exitCode: number | null,
    readonly stdout: string,
    readonly stderr: string,
    reason: string,
  ) {
    super(`${command} ${reason}\n${tail(stderr.trim() === "" ? stdout : stderr)}`);
    this.name = "TerraformError";
  }
}

/** Options of a Terraform run. */
export interface TerraformOptions {
  /**
   * The timeout of one command, in milliseconds.
   * @default 120000
   */
  readonly timeoutMs?: number;
}

/** Variables that would change the result of a run. They are removed unless the caller sets them. */
const foreign = /^(TF_|SPOTINST_|AWS_)/;

/** The proxy variables of this machine. */
const network = /^(SSL_CERT_(FILE|DIR)|(https?|no|all)_proxy)$/i;

const planFile = "terraform.plan";
const variablesFile = "variables.json";

/**
 * Runs the real Terraform in a directory. The given environment is added to that of this process. State, data and plan
 * stay in the directory. Terraform finds its providers in the user's local mirror, or by the user's CLI configuration.
 */
export class Terraform {
  private readonly environment: NodeJS.ProcessEnv;
  private readonly installing: NodeJS.ProcessEnv;
  private readonly timeoutMs: number;

  constructor(
    private readonly directory: string,
    environment: Readonly<Record<string, string>> = {},
    { timeoutMs = 120_000 }: TerraformOptions = {},
  ) {
    const own = Object.entries(process.env);
    const kept = own.filter(([name]) => !foreign.test(name) || name === "TF_CLI_CONFIG_FILE");
    this.environment = {
      ...Object.fromEntries(kept.filter(([name]) => !network.test(name))),
      TF_IN_AUTOMATION: "1",
      TF_INPUT: "0",
      TF_DATA_DIR: join(directory, ".terraform"),
      CHECKPOINT_DISABLE: "1",
      ...environment,
    };
    const given = Object.entries(this.environment).filter(([name]) => !network.test(name));
    this.installing = Object.fromEntries([...given, ...own.filter(([name]) => network.test(name))]);
    this.timeoutMs = timeoutMs;
  }

  /** Installs the providers, through the proxy of this machine if Terraform needs a registry. */
  async init(): Promise<void> {
    await this.run("init");
  }

  /** Validates the configuration without network access. */
  async validate(): Promise<void> {
    await this.run("validate");
  }

  /** Plans. `show("plan")` then returns the plan as JSON. */
  async plan(variables: TerraformVariables = {}): Promise<TerraformPlan> {
    const flags = ["-detailed-exitcode", `-out=${planFile}`, ...(await this.given(variables))];
    const { exitCode, stdout } = await this.run("plan", flags, [0, 2]);
    return { exitCode: exitCode === 2 ? 2 : 0, text: stdout };
  }

  /** Plans and applies. Returns the output. */
  async apply(variables: TerraformVariables = {}): Promise<string> {
    const flags = ["-auto-approve", ...(await this.given(variables))];
    return (await this.run("apply", flags)).stdout;
  }

  /** The state, or the last plan, in Terraform's JSON format. */
  async show(what: "state" | "plan" = "state"): Promise<TerraformVariables> {
    const { stdout } = await this.run("show", ["-json", ...(what === "plan" ? [planFile] : [])]);
    return JSON.parse(stdout) as TerraformVariables;
  }

  /** The values of all outputs. */
  async output(): Promise<Record<string, TerraformValue>> {
    const { stdout } = await this.run("output", ["-json"]);
    const outputs = JSON.parse(stdout) as Record<string, { value: TerraformValue }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** Imports an existing resource. */
  async import(address: string, id: string, variables: TerraformVariables = {}): Promise<void> {
    await this.run("import", [...(await this.given(variables)), address, id]);
  }

  /** Destroys everything in the state. */
  async destroy(variables: TerraformVariables = {}): Promise<string> {
    return (await this.run("destroy", ["-auto-approve", ...(await this.given(variables))])).stdout;
  }

  /** In a file, lists, maps and numbers need no quoting, as they would on the command line. */
  private async given(variables: TerraformVariables): Promise<string[]> {
    if (Object.keys(variables).length === 0) return [];
    await writeFile(join(this.directory, variablesFile), JSON.stringify(variables));
    return [`-var-file=${variablesFile}`];
  }

  private run(
    command: string,
    flags: readonly string[] = [],
    fine: readonly number[] = [0],
  ): Promise<Finished> {
    const asked = `terraform ${command}`;
    return new Promise((resolve, reject) => {
      const child = spawn("terraform", [command, "-no-color", ...flags], {
        cwd: this.directory,
        env: command === "init" ? this.installing : this.environment,
        stdio: ["ignore", "pipe", "pipe"],
      });
      let stdout = "";
      let stderr = "";
      let late = false;
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      // On SIGINT, Terraform stops its providers and saves the state. It is killed only if it does not end.
      const timers = [
        setTimeout(() => {
          late = true;
          child.kill("SIGINT");
        }, this.timeoutMs),
        setTimeout(() => child.kill("SIGKILL"), this.timeoutMs + 10_000),
      ];
      child.once("error", (error) => {
        timers.forEach(clearTimeout);
        reject(new TerraformError(asked, null, stdout, stderr, `did not start: ${error.message}`));
      });
      child.once("close", (exitCode) => {
        timers.forEach(clearTimeout);
        if (!late && exitCode !== null && fine.includes(exitCode)) resolve({ exitCode, stdout });
        else {
          const reason = late ? `took longer than ${this.timeoutMs} ms` : `exited with ${exitCode}`;
          reject(new TerraformError(asked, exitCode, stdout, stderr, reason));
        }
      });
    });
  }
}

interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
}

/** The end of the output, which has Terraform's error. */
function tail(text: string): string {
  return text.trim().split("\n").slice(-25).join("\n");
}
