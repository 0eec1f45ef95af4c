import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { workDirectory } from "../inside";
import { Project } from "../project";
import { type Provider } from "../provider";
import { type JsonObject, stringAt } from "../spot-api/json";
import { type SpotApi } from "../spot-api/spot-api";

/** The parts of a recorded request that depend on the config. */
interface Recorded extends JsonObject {
  group: JsonObject & {
    name: string;
    capacity: JsonObject;
    compute: JsonObject & { availabilityZones: JsonObject[]; launchSpecification: JsonObject };
  };
}

export interface DeploymentProps {
  readonly api: SpotApi;
  readonly config: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly replicas: number;
  readonly provider: Provider;
}

/** A user's project with a config file, and what it has deployed. */
export class Deployment {
  private rendered?: Promise<string>;

  private constructor(
    private readonly project: Project,
    private readonly props: DeploymentProps,
  ) {}

  static async create(props: DeploymentProps): Promise<Deployment> {
    const { api, config, provider } = props;
    const terraform = "cliConfig" in provider ? { TF_CLI_CONFIG_FILE: provider.cliConfig } : undefined;
    const environment = { ...api.environment(), ...terraform };
    const project = await Project.create(join(workDirectory(), "projects"), config, environment);
    return new Deployment(project, props);
  }

  /** What `apply` does, for the progress. */
  get command(): string {
    const { provider } = this.props;
    return "cliConfig" in provider
      ? "cdktf deploy, with the provider of Spot"
      : `a recorded request of the provider of Spot creates the group (${provider.missing})`;
  }

  /** The user data, before compression. */
  userData(): Promise<string> {
    return (this.rendered ??= this.project.redisElastigroup("render"));
  }

  async apply(): Promise<void> {
    const { api, provider, name } = this.props;
    if ("cliConfig" in provider) await this.project.deploy(name);
    else api.groups.create(await this.recorded());
  }

  async destroy(): Promise<void> {
    const { api, provider, name } = this.props;
    if ("cliConfig" in provider) await this.project.destroy(name);
    else
      for (const id of this.groupIds)
        api.groups.delete(id, { statefulDeallocation: { shouldDeleteVolumes: true } });
  }

  get groupIds(): string[] {
    return this.props.api.groups.list().map((group) => stringAt(group, "id") ?? "");
  }

  /** The request that the real provider sent for an example, with the parts that instances depend on. */
  private async recorded(): Promise<Recorded> {
    const { config, name, replicas } = this.props;
    const file = join(__dirname, "../recorded/create-group.json");
    const body = JSON.parse(readFileSync(file, "utf8")) as Recorded;
    const userData = gzipSync(await this.userData()).toString("base64");
    const zones = Object.entries(config["availabilityZones"] as Record<string, JsonObject[string]>);
    const { group } = body;
    const capacity = { minimum: replicas, maximum: replicas, target: replicas, unit: "instance" };
    return {
      ...body,
      group: {
        ...{ ...group, name, capacity },
        compute: {
          ...group.compute,
          availabilityZones: zones.map(([zone, subnetIds]) => ({ name: zone, subnetIds })),
          launchSpecification: { ...group.compute.launchSpecification, userData },
        },
      },
    };
  }
}
