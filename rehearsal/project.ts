import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY, redisElastigroup, TSX } from "./redis-elastigroup";
import { must } from "./run";
import { Terraform } from "./terraform";

type Environment = Readonly<Record<string, string>>;

/** A user's project: a folder with a config file and a cdktf.json, and the commands that users run in it. */
export class Project {
  private constructor(
    readonly directory: string,
    private readonly environment: Environment,
  ) {}

  /** Writes a project below `parent`. `environment` has the variables of the Spot provider for its Terraform runs. */
  static async create(parent: string, config: object, environment: Environment): Promise<Project> {
    await mkdir(parent, { recursive: true });
    const project = new Project(await mkdtemp(join(parent, "project-")), environment);
    const cdktf = {
      language: "typescript",
      app: `${TSX} ${REPOSITORY}/main.ts`,
      projectId: "rehearsal",
      sendCrashReports: "false",
    };
    await writeFile(join(project.directory, "cdktf.json"), JSON.stringify(cdktf));
    await project.configure(config);
    return project;
  }

  /** Replaces the config file. JSON is valid YAML. */
  async configure(config: object): Promise<void> {
    await writeFile(join(this.directory, "redis-replicas.yaml"), JSON.stringify(config, null, 2));
  }

  /** Runs `redis-elastigroup` and returns its output. */
  async redisElastigroup(...args: string[]): Promise<string> {
    return redisElastigroup(args, this.options(60_000));
  }

  /** Runs `cdktf deploy` without the lock file, which needs a registry. */
  async deploy(stack: string): Promise<string> {
    return this.cdktf("deploy", stack, "--auto-approve", "--skip-provider-lock");
  }

  async destroy(stack: string): Promise<string> {
    return this.cdktf("destroy", stack, "--auto-approve", "--skip-provider-lock");
  }

  /** Terraform in the folder of a synthesized stack, as in a CI pipeline. */
  terraform(stack: string): Terraform {
    return new Terraform(join(this.directory, "cdktf.out/stacks", stack), this.environment);
  }

  /** The synthesized JSON. */
  async json(stack: string): Promise<string> {
    return readFile(join(this.directory, "cdktf.out/stacks", stack, "cdk.tf.json"), "utf8");
  }

  private cdktf(...args: string[]): Promise<string> {
    return must([join(REPOSITORY, "node_modules/.bin/cdktf"), ...args], this.options(180_000));
  }

  private options(timeout: number): {
    readonly cwd: string;
    readonly env: NodeJS.ProcessEnv;
    readonly timeout: number;
  } {
    const quiet = {
      CI: "1",
      CHECKPOINT_DISABLE: "1",
      DISABLE_VERSION_CHECK: "1",
      NODE_PATH: join(REPOSITORY, "node_modules"),
    };
    return { cwd: this.directory, env: { ...process.env, ...quiet, ...this.environment }, timeout };
  }
}
