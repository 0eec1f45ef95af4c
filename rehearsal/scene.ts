import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type AgentArchive, BootScript, type BootSteps, Failover, RedisInstall } from "../constructs";
import { hostAgent } from "./agent";
import { DataDisk } from "./data-disk";
import { NspawnFleet } from "./fleet";
import { type Image, image } from "./image";
import { type Instance } from "./instance";
import { Masters } from "./masters";
import { Metadata } from "./metadata";
import { Mirror, prepareMirror } from "./mirror";
import { Network } from "./network";
import { type Login } from "../cluster/login";
import { progress } from "./progress";
import { type ClusterNode } from "../cluster/cluster-nodes";
import { RedisNode } from "./redis-node";
import { isSecured } from "./secured";
import { Security } from "./security";
import { defaultServer, serverBuild, serverKind } from "./server-build";
import { withShellAgent } from "./shell-agent";
import { type Snapshot } from "./volume";
import { until } from "./wait";
import { type Verdict, Writer } from "./writer";

export interface SceneProps {
  /** The number of replicas. @default 1 */
  readonly replicas?: number;
  /** The size of the initial data, in MB. @default 20 */
  readonly megabytes?: number;
  /** Milliseconds of `cluster-node-timeout`. @default 2000 */
  readonly nodeTimeout?: number;
  /** The server of masters and machines, by name. @default - Debian's package */
  readonly server?: string;
  /** The server of the masters, by name. @default - the same as on the machines */
  readonly masterServer?: string;
  /** @default 3 */
  readonly masters?: number;
  /** Directives that replace the defaults of the masters. */
  readonly masterDirectives?: Readonly<Record<string, string>>;
  /** Directives that replace the defaults of the replicas. */
  readonly replicaDirectives?: Readonly<Record<string, string>>;
  /** The number of masters in the settings, from the first one. @default all */
  readonly seeds?: number;
  /** The zones of the masters, in the settings, and of the machines, by place. @default - the settings have none */
  readonly zones?: { readonly masters: readonly string[]; readonly machines: readonly string[] };
  /** The index of the master whose shard the settings name. @default - none: replicas are spread over all shards */
  readonly shard?: number;
  /** @default Failover.ALLOWED */
  readonly failover?: Failover;
  /** Whether each machine has a data volume for Redis. @default false */
  readonly dataVolumes?: boolean;
  /** The agent of the first boots. @default current */
  readonly agent?: MachineSettings["agent"];
  /** Whether the cluster has access control lists and TLS. @default - as the run has */
  readonly secured?: boolean;
}

/** The settings in the user data, besides the masters. */
export interface MachineSettings {
  /** @default - the package, or the server of the image if it has one */
  readonly install?: RedisInstall;
  /** @default none */
  readonly directives?: Readonly<Record<string, string>>;
  /** @default none */
  readonly steps?: BootSteps;
  /** @default current */
  readonly agent?: "current" | "shell";
}

/** The replication bytes of one server since its start. */
export interface Traffic {
  readonly address: string;
  /** The address of its master, if it is a replica. */
  readonly master?: string;
  readonly sent: number;
  readonly got: number;
}

/** A cluster with replicas on machines, for a fault. Machines are identified by their place: 0, 1, … */
export class Scene {
  private launches = 0;
  private readonly moved = new Map<number, string>();
  private writer?: Writer;
  private settings: MachineSettings = {};

  private constructor(
    readonly ami: Image,
    readonly network: Network,
    readonly metadata: Metadata,
    readonly mirror: Mirror,
    private readonly agent: AgentArchive,
    readonly masters: Masters,
    readonly fleet: NspawnFleet,
    /** The masters that the settings name. */
    private readonly seeds: string[],
    private readonly failover: Failover,
    private dataVolumes: boolean,
    private readonly directives: Readonly<Record<string, string>>,
    private readonly shard?: string,
    readonly security?: Security,
    private readonly zones?: SceneProps["zones"],
  ) {}

  static async open(props: SceneProps = {}): Promise<Scene> {
    const { replicas = 1, megabytes = 20, nodeTimeout = 2000, failover = Failover.ALLOWED } = props;
    const { dataVolumes = false, replicaDirectives: directives = {} } = props;
    const bare = await image();
    const kind = props.server === undefined ? defaultServer : serverKind(props.server);
    const build = await serverBuild(kind, bare);
    const ami = build?.image ?? bare;
    const { masterServer } = props;
    const ofMasters = masterServer === undefined ? build : await serverBuild(serverKind(masterServer), bare);
    const network = await Network.create();
    const metadata = await Metadata.start();
    const mirror = await Mirror.start(await prepareMirror(bare));
    const agent = await hostAgent(mirror);
    const servers = {
      masters: ofMasters?.server ?? "redis-server",
      replicas: build?.server ?? "redis-server",
    };
    const security = (props.secured ?? isSecured()) ? await Security.start({ metadata, servers }) : undefined;
    progress(`starting ${props.masters ?? 3} masters`);
    const timeout = { "cluster-node-timeout": String(nodeTimeout) };
    const masters = await Masters.start(network, {
      count: props.masters,
      directives: { ...security?.directives, ...timeout, ...props.masterDirectives },
      server: ofMasters?.server,
      login: security?.login,
    });
    const files = await security?.instanceFiles();
    const fleet = new NspawnFleet({ network, metadata, image: ami, noticeSeconds: 0, dataVolumes, files });
    const seeds = masters.addresses.slice(0, props.seeds);
    const parts = [ami, network, metadata, mirror, agent, masters, fleet] as const;
    const shard = props.shard === undefined ? undefined : masters.addresses[props.shard];
    const rest = [directives, shard, security, props.zones] as const;
    const scene = new Scene(...parts, seeds, failover, dataVolumes, ...rest);
    scene.configure({ agent: props.agent });
    progress(`writing ${megabytes} MB`);
    await masters.fill({ megabytes });
    if (replicas > 0) progress(`booting machines until they are in sync: ${replicas}`);
    await Promise.all(Array.from({ length: replicas }, (_, place) => scene.launch(place)));
    await Promise.all(Array.from({ length: replicas }, (_, place) => scene.inSync(place)));
    return scene;
  }

  private get userData(): Buffer {
    const { install = this.ownInstall, directives, steps, agent: kind } = this.settings;
    const redis = {
      install,
      directives: { "enable-debug-command": "yes", ...this.directives, ...directives },
    };
    const dataVolume = this.dataVolumes ? true : undefined;
    const { failover, shard, agent } = this;
    const masters = this.seeds.map((host, index) => {
      const zone = this.zones?.masters[index];
      return zone === undefined ? host : { host, zone };
    });
    const secrets = this.security?.props;
    const script = new BootScript({ masters, redis, failover, dataVolume, shard, steps, agent, ...secrets });
    return gzipSync(kind === "shell" ? withShellAgent(script) : script.text);
  }

  /** How the run logs in to all servers. */
  get login(): Login {
    return this.security?.login ?? {};
  }

  /** How applications log in to all servers. */
  get applicationLogin(): Login {
    return this.security?.loginOf("application") ?? {};
  }

  private get ownInstall(): RedisInstall {
    return this.ami.over === undefined ? RedisInstall.fromPackage() : RedisInstall.fromImage();
  }

  /** From the next boot on, user data has these settings. */
  configure(settings: MachineSettings): void {
    this.settings = settings;
  }

  /** Boots a machine with a new instance ID on the volume and address of its place. */
  async launch(place: number): Promise<Instance> {
    const instanceId = `i-${place}-${this.launches++}`;
    await this.fleet.launch({
      statefulInstanceId: `ssi-${place}`,
      instanceId,
      privateIp: this.address(place),
      availabilityZone: this.zones?.machines[place] ?? "us-west-2a",
      subnetId: "subnet-0a1b",
      instanceType: "r6i.large",
      lifecycle: "SPOT",
      userData: this.userData,
    });
    return this.fleet.instance(instanceId);
  }

  address(place: number): string {
    return this.moved.get(place) ?? `10.0.2.${10 + place}`;
  }

  /** From the next boot on, a place has another address. */
  move(place: number, address: string): void {
    this.moved.set(place, address);
  }

  /** The path of a file on a volume. No machine may be running on the volume. */
  file(place: number, path: string): string {
    return join(this.fleet.volume(`ssi-${place}`).upper, path);
  }

  /** The data volume of a place. */
  disk(place: number): DataDisk {
    const [disk] = this.fleet.disks(`ssi-${place}`);
    if (!disk) throw new Error(`place ${place} has no data volume`);
    return disk;
  }

  /** Sets the data volumes of a place, from its next boot on. */
  exchange(place: number, ...disks: readonly DataDisk[]): void {
    this.fleet.exchange(`ssi-${place}`, disks);
  }

  /** Adds a data volume to a place without one, from its next boot on. */
  async addDisk(place: number): Promise<void> {
    this.dataVolumes = true;
    this.exchange(place, await DataDisk.create());
  }

  /** A snapshot of the data volume while its machine runs. */
  async diskSnapshot(place: number): Promise<string> {
    const disk = this.disk(place);
    await this.run(place, ["sync", "-f", "/var/lib/redis-volume"]);
    return this.instance(place).still(() => disk.snapshot());
  }

  instance(place: number): Instance {
    return this.fleet.byAddress(this.address(place));
  }

  node(place: number): RedisNode {
    return this.nodeAt(this.address(place));
  }

  nodeAt(address: string): RedisNode {
    return new RedisNode(address, this.login);
  }

  /** The nodes of all running servers and machines. */
  private get running(): RedisNode[] {
    const machines = this.fleet.all().filter(({ running }) => running);
    return [
      ...this.masters.running.map(({ node }) => node),
      ...machines.map(({ privateIp }) => this.nodeAt(privateIp)),
    ];
  }

  /** Runs a command on a machine and returns its output. Throws if it fails. */
  async run(place: number, argv: readonly string[], input = ""): Promise<string> {
    const { code, stdout, stderr } = await this.instance(place).exec(argv, { input });
    if (code !== 0) throw new Error(`${argv.join(" ")}: ${code} ${stderr}`);
    return stdout;
  }

  /** The process ID of Redis on a machine; 0 if it does not run. */
  async pid(place: number): Promise<number> {
    const argv = ["systemctl", "show", "--property=MainPID", "--value", "redis-replica"];
    return Number((await this.instance(place).exec(argv)).stdout);
  }

  /** Waits until Redis runs with another process ID. */
  async anotherPid(place: number, before: number): Promise<void> {
    const evidence = (): Promise<string> => this.instance(place).journal(30);
    const options = { timeout: 60_000, evidence };
    await until(`Redis at place ${place} has another process ID than ${before}`, options, async () => {
      const pid = await this.pid(place);
      return pid !== 0 && pid !== before;
    });
  }

  /** Ends a machine by a power cut or a shutdown. */
  async stop(place: number, how: "clean" | "gone"): Promise<void> {
    await this.fleet.stop(this.instance(place).instanceId, how);
  }

  /** An interruption notice, its waiting time, and the power-off. */
  async interrupt(place: number, noticeSeconds: number): Promise<void> {
    await this.instance(place).interrupt({ noticeSeconds });
  }

  async snapshot(place: number): Promise<Snapshot> {
    return this.instance(place).snapshot({ pause: true });
  }

  /** Resets a volume to an older snapshot and boots a machine with a new instance ID on it. */
  async restore(place: number, snapshot: Snapshot): Promise<Instance> {
    await this.fleet.restore(`ssi-${place}`, snapshot);
    return this.launch(place);
  }

  /** The state of the agent. */
  async status(place: number): Promise<{ readonly code: number; readonly text: string }> {
    const { code, stdout } = await this.instance(place).exec(["redis-replica", "status"]);
    return { code, text: stdout.trim() };
  }

  /** Waits until the agent's state matches. */
  async reaches(place: number, state: RegExp, timeout = 120_000): Promise<string> {
    let seen = "";
    const evidence = async (): Promise<string> => `${seen}\n${await this.instance(place).journal(60)}`;
    return until(`${this.address(place)} is ${state}`, { timeout, evidence, every: 200 }, async () => {
      seen = (await this.status(place).catch(() => ({ text: "" }))).text;
      return state.test(seen) ? seen : undefined;
    });
  }

  /** Runs `reconcile` once, as its timer does every 15 seconds, and waits for its end. */
  async look(place: number): Promise<void> {
    await this.instance(place).exec(["systemctl", "start", "redis-replica-reconcile.service"]);
  }

  /** The same without waiting. */
  async startLook(place: number): Promise<void> {
    await this.run(place, ["systemctl", "start", "--no-block", "redis-replica-reconcile.service"]);
  }

  async inSync(place: number, timeout?: number): Promise<void> {
    await this.reaches(place, /^in sync/, timeout);
  }

  /** Starts a writer that writes to all slots and records the acknowledged writes. */
  async write(prefix = "writer"): Promise<Writer> {
    this.writer = await Writer.start({
      ...this.login,
      seeds: [...this.masters.addresses],
      rate: 500,
      prefix,
    });
    return this.writer;
  }

  /** Stops the writer and reads the acknowledged writes from every live node. */
  async verdict(): Promise<Verdict> {
    if (!this.writer) throw new Error("no writer was started");
    await this.writer.stop();
    return this.writer.verify(this.running.map(({ address }) => address));
  }

  /** Whether the contents of a replica and its master are equal. No client may write meanwhile. */
  async equal(place: number): Promise<boolean> {
    const info = await this.node(place).info("replication");
    const master = this.nodeAt(info["master_host"] ?? "");
    return (await this.node(place).digest()) === (await master.digest());
  }

  /** The line for a node in CLUSTER NODES of each master that replies. */
  async seen(id: string): Promise<(ClusterNode | undefined)[]> {
    return Promise.all(
      this.masters.running.map(async ({ node }) => (await node.nodes()).find((line) => line.id === id)),
    );
  }

  /** Waits until every master lists a replica at its address, live and eligible for election. This takes a ping. */
  async listed(place: number, id: string, timeout = 10_000): Promise<void> {
    let seen: (ClusterNode | undefined)[] = [];
    const evidence = (): string => JSON.stringify(seen);
    await until(`every master lists ${id} as a replica`, { timeout, evidence }, async () => {
      seen = await this.seen(id);
      return seen.every((line) => line?.address === this.address(place) && line.flags.join() === "slave");
    });
  }

  /** The index of a replica's master in the list of masters. */
  async masterOf(place: number): Promise<number> {
    const info = await this.node(place).info("replication");
    return this.masters.addresses.indexOf(info["master_host"] ?? "");
  }

  /** The total numbers of full and partial resyncs of all masters. */
  async syncs(): Promise<{ readonly full: number; readonly partial: number }> {
    const stats = await Promise.all(this.masters.running.map(({ node }) => node.info("stats")));
    const sum = (name: string): number => stats.reduce((total, each) => total + Number(each[name]), 0);
    return { full: sum("sync_full"), partial: sum("sync_partial_ok") };
  }

  /** The bytes that each running server has sent to its replicas and received from its master. */
  async traffic(): Promise<Traffic[]> {
    return Promise.all(
      this.running.map(async (node): Promise<Traffic> => {
        const stats = await node.info("stats").catch(() => undefined);
        const replication = await node.info("replication").catch(() => undefined);
        return {
          address: node.address,
          master: replication?.["master_host"],
          sent: Number(stats?.["total_net_repl_output_bytes"]),
          got: Number(stats?.["total_net_repl_input_bytes"]),
        };
      }),
    );
  }

  /** The resync of the running Redis: full, or partial from an offset on. */
  async resync(place: number): Promise<{ readonly full: boolean; readonly from: number }> {
    const show = ["systemctl", "show", "--property=InvocationID", "--value", "redis-replica"];
    const id = (await this.instance(place).exec(show)).stdout.trim();
    const argv = ["journalctl", `_SYSTEMD_INVOCATION_ID=${id}`, "--output=cat"];
    // The journal may lag behind Redis.
    return until("the log has the kind of resync", { timeout: 10_000 }, async () => {
      const { stdout } = await this.instance(place).exec(argv);
      const full = /Full resync from|PSYNC is not possible/.test(stdout);
      if (!full && !/accepted a Partial Resynchronization/.test(stdout)) return undefined;
      const asked = [...stdout.matchAll(/partial resynchronization \(request \w+:(\d+)\)/g)].at(-1)?.[1];
      return { full, from: Number(asked) - 1 };
    });
  }

  /** Whether every running node reports `cluster_state:ok`. */
  async whole(): Promise<boolean> {
    const states = await Promise.all(this.running.map((node) => node.clusterState().catch(() => "")));
    return states.every((state) => state === "ok");
  }

  /** Whether every running master replies. */
  async mastersAnswer(): Promise<boolean> {
    return (await Promise.all(this.masters.running.map(({ node }) => node.answers()))).every(Boolean);
  }

  async close(): Promise<void> {
    await this.writer?.stop();
    await this.fleet.close();
    await this.masters.close();
    await this.mirror.close();
    await this.security?.close();
    await this.metadata.close();
    await this.network.close();
  }
}
