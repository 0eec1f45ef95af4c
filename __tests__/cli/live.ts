import { join } from "node:path";
import { PaperFleet } from "../../rehearsal/spot-api/paper-fleet";
import { SpotApi } from "../../rehearsal/spot-api/spot-api";
import { exampleText } from "../config/example";
import { file } from "../support/folder";
import { groupBody } from "../rehearsal/spot-api/fixtures";
import { LoopbackCluster, type LoopbackClusterOptions } from "../support/loopback-cluster";
import { type Ended, run } from "./run";

const VARIABLES = ["SPOTINST_TOKEN", "SPOTINST_ACCOUNT", "SPOTINST_API_URL", "SPOTINST_CREDENTIALS_FILE"];

/** What the group of the example config has. */
export const EXAMPLE_GROUP = {
  strategy: { persistence: { shouldPersistBlockDevices: false, blockDevicesMode: null } },
  compute: {
    instanceTypes: { ondemand: "r6i.large", spot: ["r6i.large", "r6a.large", "r5.large", "r5a.large"] },
    availabilityZones: [
      { name: "us-west-2a", subnetIds: ["subnet-0a1b2c3d4e5f60001"] },
      { name: "us-west-2b", subnetIds: ["subnet-0a1b2c3d4e5f60002"] },
    ],
  },
};

/** A real cluster on loopback addresses, and a simulated Spot API whose stateful instances are its replicas. */
export class Live {
  private readonly before = VARIABLES.map((name) => [name, process.env[name]] as const);

  private constructor(
    readonly cluster: LoopbackCluster,
    readonly api: SpotApi,
    readonly group: string,
    private readonly folder: string,
  ) {}

  static async start(folder: string, options: LoopbackClusterOptions = {}): Promise<Live> {
    const cluster = await LoopbackCluster.start({ masters: 3, replicas: 1, ownAddresses: true, ...options });
    const api = await SpotApi.start({ fleet: new PaperFleet(cluster.replicas.map(({ host }) => host)) });
    const { id } = api.groups.create(groupBody(EXAMPLE_GROUP)) as { id: string };
    await api.settle();
    const live = new Live(cluster, api, id, folder);
    live.useSpot();
    return live;
  }

  /** Sets the credentials of the simulated API. */
  useSpot(): void {
    const environment = this.api.environment();
    for (const name of VARIABLES) process.env[name] = environment[name] ?? "";
    process.env["SPOTINST_CREDENTIALS_FILE"] = join(this.folder, "none");
  }

  /** Removes all credentials. */
  dropSpot(): void {
    for (const name of ["SPOTINST_TOKEN", "SPOTINST_ACCOUNT"]) delete process.env[name];
  }

  /** The path of a config of this cluster. */
  config(changes: Record<string, unknown> = {}): string {
    const [first] = this.cluster.masters;
    const masters = this.cluster.masters.map(({ host }) => host);
    return file(this.folder, "live.yaml", exampleText({ masters, redis: { port: first!.port }, ...changes }));
  }

  /** Runs a command with the config of this cluster. */
  run(command: string, ...argv: readonly string[]): Promise<Ended> {
    return run(command, "-c", this.config(), ...argv);
  }

  async close(): Promise<void> {
    for (const [name, value] of this.before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await this.api.close();
    await this.cluster.close();
  }
}
