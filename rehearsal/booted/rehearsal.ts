import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hostAgent } from "../agent";
import { NspawnFleet } from "../fleet";
import { image } from "../image";
import { workDirectory } from "../inside";
import { Masters } from "../masters";
import { Metadata } from "../metadata";
import { Mirror, prepareMirror } from "../mirror";
import { Network } from "../network";
import { NodeWatch } from "../play/node-watch";
import { Played } from "../play/play";
import { type Provider } from "../provider";
import { Progress } from "../report/progress";
import { type Result, seconds } from "../report/result";
import { defaultServer, serverBuild } from "../server-build";
import { SpotApi } from "../spot-api/spot-api";
import { AgentStates } from "./agent-states";
import { Cluster } from "./cluster";
import { type RehearsedConfig } from "./rehearsed-config";
import { Deployment } from "./deployment";
import { type BootedFault } from "./faults/fault";
import { ReportedFleet } from "./fleet";

/** Seconds between an interruption notice and the power-off. EC2 gives 120. */
const NOTICE = 3;
const MEGABYTES = 10;

export interface RehearsalProps {
  readonly config: RehearsedConfig;
  readonly provider: Provider;
  readonly faults: readonly BootedFault[];
}

/** Deploys the config, plays the faults and destroys everything. To be called in an enclosure. */
export async function rehearse(props: RehearsalProps, write: (line: string) => void): Promise<Result> {
  const progress = new Progress(write);
  const played = new Played();
  const watch = new NodeWatch(props.config.port, progress);
  let leftBehind: readonly string[] = [];
  let error: string | undefined;
  let server = "";
  try {
    const stage = await setUp(props.config, progress);
    ({ server } = stage);
    watch.add("master", ...stage.masters.addresses);
    leftBehind = await perform(props, stage, { progress, played, watch });
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  await watch.stop();
  return {
    title: `${props.config.masters.length} masters and ${props.config.replicas} replicas on booted instances`,
    ...{ server, rows: played.rows, pauses: played.pauses, events: progress.events },
    ...{ lanes: watch.lanes, milliseconds: progress.now, ...(error !== undefined && { error }), leftBehind },
  };
}

type Stage = Awaited<ReturnType<typeof setUp>>;

/** The masters, and what stands in for AWS and Spot. */
async function setUp(config: RehearsedConfig, progress: Progress) {
  const ami = await image();
  const network = await Network.create();
  const metadata = await Metadata.start();
  const mirror = await Mirror.start(await prepareMirror(ami));
  const server = (await serverBuild(defaultServer, ami))?.server;
  const { masters: addresses, port, busPort, nodeTimeout } = config;
  const masters = await Masters.start(network, {
    ...{ count: addresses.length, addresses, server },
    directives: {
      port: String(port),
      "cluster-node-timeout": String(nodeTimeout),
      ...(busPort !== undefined && { "cluster-port": String(busPort) }),
    },
  });
  await masters.fill({ megabytes: MEGABYTES });
  const version = (await masters.info(0, "server"))["redis_version"] ?? "";
  const list = addresses.join(", ");
  progress.note(
    `${addresses.length} masters run at ${list}, with Redis ${version} and ${MEGABYTES} MB of data`,
  );
  const { hasDataVolume: dataVolumes } = config;
  const booted = new NspawnFleet({ network, metadata, image: ami, noticeSeconds: NOTICE, dataVolumes });
  const fleet = new ReportedFleet(booted, progress, NOTICE);
  const api = await SpotApi.start({ fleet, account: config.account });
  progress.note(`the Spot API listens at ${api.url}; instances boot Debian's ${ami.suite} as ${ami.id}`);
  return { server: `Redis ${version}`, network, metadata, mirror, masters, fleet, api };
}

interface Recording {
  readonly progress: Progress;
  readonly played: Played;
  readonly watch: NodeWatch;
}

/** Resolves to what is left after the destroy. */
async function perform(
  { config, provider, faults }: RehearsalProps,
  stage: Stage,
  { progress, played, watch }: Recording,
): Promise<string[]> {
  const { api, fleet, masters, mirror } = stage;
  const bootScript = {
    ...(config.config["bootScript"] as object | undefined),
    agent: await hostAgent(mirror),
  };
  const deployment = await Deployment.create({
    ...{ api, provider, name: config.name, replicas: config.replicas },
    config: { ...config.config, bootScript },
  });
  const bytes = (await deployment.userData()).length;
  progress.note(`the stack ${config.name} has ${bytes} bytes of user data`);
  progress.note(deployment.command);
  const begin = progress.now;
  await deployment.apply();
  await api.settle();
  progress.note(`applied in ${seconds(progress.now - begin)} s; the agents install Redis and join`);
  const agents = new AgentStates(() => fleet.booted.all(), progress);
  try {
    const { groupIds } = deployment;
    const cluster = new Cluster({ config, masters, fleet, api, agents, groupIds, progress });
    watch.add("replica", ...cluster.replicas.map(({ instance }) => instance.privateIp));
    await cluster.join();
    progress.note(`all ${cluster.replicas.length} replicas are in sync`);
    await played.playAll(cluster, faults);
  } finally {
    await agents.stop();
  }
  progress.heading("the group is destroyed");
  await deployment.destroy();
  await api.settle();
  const left = leftOfGroup(api, fleet);
  await watch.stop();
  await masters.close();
  await Promise.all([api.close(), mirror.close(), stage.metadata.close()]);
  await stage.network.close();
  return [...left, ...leftOfStage()];
}

/** Groups, instances and volumes that Spot and the fleet still have. */
function leftOfGroup(api: SpotApi, { booted }: ReportedFleet): string[] {
  return [
    ...api.groups.list().map((group) => `group ${JSON.stringify(group["id"])}`),
    ...api.orphaned.map(({ id }) => `the volumes of ${id}`),
    ...booted.keptIds.map((id) => `the volume and the address of ${id}`),
    ...booted
      .all()
      .filter(({ running }) => running)
      .map(({ instanceId }) => `instance ${instanceId}`),
  ];
}

/** Volumes on disk, mounts and network namespaces, after all parts are closed. */
function leftOfStage(): string[] {
  const work = workDirectory();
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  return [
    ...entriesOf(join(work, "volumes")).map((name) => `volume ${name}`),
    ...entriesOf("/run/netns").map((name) => `network namespace ${name}`),
    ...mounts.filter((line) => line.includes(`${work}/`)).map((line) => `mount ${line.split(" ")[1]}`),
  ];
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
