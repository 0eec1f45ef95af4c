import { App, type TerraformStack } from "cdktf";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type ApiDefaults, off } from "../../rehearsal/spot-api/defaults";
import { PaperFleet } from "../../rehearsal/spot-api/paper-fleet";
import { type RecordedRequest } from "../../rehearsal/spot-api/recorder";
import { SpotApi } from "../../rehearsal/spot-api/spot-api";
import { Terraform, type TerraformVariables } from "../../rehearsal/terraform";
import { type Json } from "./support";

/** The dotted paths of all attributes in a request, in order. */
export function sentPaths(request: RecordedRequest | undefined): string[] {
  return paths((request?.body as Json).group).sort();
}

function paths(value: Json, path = ""): string[] {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, each]) => paths(each, path === "" ? key : `${path}.${key}`));
}

/** Stacks with the same ID, synthesized one after the other, with the real provider and a Spot API without machines. */
export class Workbench {
  private initialized = false;

  private constructor(
    readonly api: SpotApi,
    private readonly directory: string,
    readonly terraform: Terraform,
  ) {}

  static async open(defaults: ApiDefaults = off): Promise<Workbench> {
    const api = await SpotApi.start({ fleet: new PaperFleet(), defaults });
    const directory = mkdtempSync(join(tmpdir(), "workbench-"));
    return new Workbench(
      api,
      directory,
      new Terraform(join(directory, "out/stacks/redis"), api.environment()),
    );
  }

  /** Synthesizes a stack in place of the last one. Its ID must be `redis`. */
  write(build: (app: App) => TerraformStack): void {
    const app = new App({ outdir: join(this.directory, "out") });
    build(app);
    app.synth();
  }

  /** Synthesizes and applies a stack. Returns the requests, without reads. */
  async apply(
    build: (app: App) => TerraformStack,
    variables?: TerraformVariables,
  ): Promise<RecordedRequest[]> {
    this.write(build);
    if (!this.initialized) await this.terraform.init();
    this.initialized = true;
    this.api.clearRequests();
    await this.terraform.apply(variables);
    await this.api.settle();
    return this.api.requests.filter(({ method }) => method !== "GET");
  }

  /** The current state of the only group of the API. */
  get group(): Json {
    const groups = this.api.groups.list();
    expect(groups).toHaveLength(1);
    return groups[0];
  }

  /** The user data of its instances. */
  get userData(): string {
    return gunzipSync(Buffer.from(this.group.compute.launchSpecification.userData, "base64")).toString();
  }

  /** Terraform in the same folder, with additional environment variables. */
  terraformWith(environment: Readonly<Record<string, string>>): Terraform {
    return new Terraform(this.stackDirectory, { ...this.api.environment(), ...environment });
  }

  /** Removes the local state of a stack. */
  forget(): void {
    rmSync(join(this.stackDirectory, "terraform.tfstate"));
  }

  /** The folder in which Terraform runs. */
  get stackDirectory(): string {
    return join(this.directory, "out/stacks/redis");
  }

  async close(): Promise<void> {
    await this.api.close();
    rmSync(this.directory, { recursive: true });
  }
}
