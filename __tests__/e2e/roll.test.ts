import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Answer } from "../../cluster/answer";
import { type Info } from "../../cluster/info";
import { Server } from "../../cluster/server";
import { hostAgent } from "../../rehearsal/agent";
import { workDirectory } from "../../rehearsal/inside";
import { Project } from "../../rehearsal/project";
import { RedisNode } from "../../rehearsal/redis-node";
import { type JsonObject, merge } from "../../rehearsal/spot-api/json";
import { Stage } from "../../rehearsal/stage";
import { until } from "../../rehearsal/wait";
import { Writer } from "../../rehearsal/writer";
import { json, run } from "../cli/run";
import { describeWith } from "../support/needs";

/** More of them take longer: each one is booted twice. */
const REPLICAS = Number(process.env["ROLL_REPLICAS"] ?? 3);

/** Whether a node answered a question of this time, with its link up. */
interface Sample {
  readonly address: string;
  readonly at: number;
  readonly isUp: boolean;
  readonly reason: string;
}

const recorded = JSON.parse(
  readFileSync(join(__dirname, "../../rehearsal/recorded/create-group.json"), "utf8"),
) as JsonObject;

describeWith(["root", "systemd-nspawn", "mmdebstrap", "redis-server"], "roll on booted instances", () => {
  let stage: Stage;
  let project: Project;
  let groupId: string;
  const environment = { ...process.env };

  const config = (directives: Record<string, string>) => async () => ({
    name: "redis-replicas",
    region: "us-west-2",
    masters: stage.masters.addresses.slice(0, 3),
    replicas: REPLICAS,
    imageId: "ami-0123456789abcdef0",
    instanceTypes: { onDemand: "r6i.large", spot: ["r6i.large", "r5.large"] },
    availabilityZones: { "us-west-2a": ["subnet-0a1b"], "us-west-2b": ["subnet-0a2b"] },
    securityGroupIds: ["sg-0123456789abcdef0"],
    redis: { install: "package", directives: { "enable-debug-command": "yes", ...directives } },
    bootScript: { agent: await hostAgent(stage.mirror) },
  });
  const userData = async (): Promise<string> =>
    gzipSync(await project.redisElastigroup("render")).toString("base64");
  const stateful = () => stage.api.statefulInstances(groupId);
  const nodes = (): RedisNode[] => stateful().map(({ privateIp }) => new RedisNode(privateIp ?? ""));
  const setting = (): Promise<string[]> =>
    Promise.all(nodes().map(async (node) => (await node.cli("CONFIG", "GET", "hz")).split("\n")[1] ?? ""));

  beforeAll(async () => {
    stage = await Stage.open();
    await stage.masters.fill({ megabytes: 20 });
    // A shard has two copies while its replica is away.
    for (let master = 0; REPLICAS < 6 && master < 3; master++) await stage.masters.addReplica(master);
    const projects = join(workDirectory(), "projects");
    project = await Project.create(projects, await config({ hz: "10" })(), stage.api.environment());
    const capacity = { minimum: REPLICAS, maximum: REPLICAS, target: REPLICAS };
    const body = merge(recorded, {
      group: { capacity, compute: { launchSpecification: { userData: await userData() } } },
    });
    groupId = (stage.api.groups.create(body) as { id: string }).id;
    await stage.api.settle();
    for (const instance of stage.fleet.all())
      await expect(instance.waitForUserData(200_000)).resolves.toMatchObject({ succeeded: true });
    await stage.replicas(stage.masters.servers.length - 3 + REPLICAS);
    Object.assign(process.env, stage.api.environment());
  });
  afterAll(async () => {
    process.env = environment;
    await stage?.close();
  });

  /** Watches until it is called again, and returns each time at which two nodes of a shard were away. */
  function watchAway(shards: ReadonlyMap<string, string>): () => Promise<string[]> {
    const samples: Sample[] = [];
    const ask = async (address: string): Promise<void> => {
      const at = Date.now();
      const reply = await replicationOf(address);
      // Away until its link is up again. At a hand-over, all nodes of the shard answer, and connect to their new master.
      const isUp = hasLink(reply);
      if (!reply.known || isUp) samples.push({ address, at, isUp, reason: reply.known ? "" : reply.reason });
    };
    const asked: Promise<void>[] = [];
    const timer = setInterval(() => asked.push(...[...shards.keys()].map(ask)), 200);
    return async () => {
      clearInterval(timer);
      await Promise.all(asked);
      samples.sort((one, other) => one.at - other.at);
      const away = new Map<string, string>();
      return samples.flatMap(({ address, isUp, reason }) => {
        const wasAway = away.has(address);
        if (isUp) away.delete(address);
        else away.set(address, reason);
        const others = [...away].filter(([other]) => shards.get(other) === shards.get(address));
        return !isUp && !wasAway && others.length > 1 ? [others.map(([, each]) => each).join("; ")] : [];
      });
    };
  }

  test("brings a changed setting to every replica under writes, and loses no acknowledged write", async () => {
    expect(await setting()).toEqual(Array(REPLICAS).fill("10"));
    const placed = await stage.replicas(stage.masters.servers.length - 3 + REPLICAS);
    const shards = new Map(placed.map(({ address, master }) => [address, master]));
    const own = nodes().map(({ address }) => [address, shards.get(address) ?? ""] as const);
    // The first one owns slots, so it has to hand over.
    const promoted = nodes()[0]!;
    await promoted.cli("CLUSTER", "FAILOVER");
    await promoted.until("replication", "role", "master", { timeout: 20_000 });
    const ids = await Promise.all(nodes().map((node) => node.cli("CLUSTER", "MYID")));
    await project.configure(await config({ hz: "25" })());
    stage.api.groups.update(groupId, {
      group: { compute: { launchSpecification: { userData: await userData() } } },
    });
    const writer = await Writer.start({ seeds: [...stage.masters.addresses] });
    const awayTogether = watchAway(new Map(own));
    const begun = Date.now();

    const file = join(project.directory, "redis-replicas.yaml");
    const ended = await run("-c", file, "roll", "--yes", "--json", "--settle", "20");

    const seconds = (Date.now() - begun) / 1000;
    const together = await awayTogether();
    await writer.stop();
    if (process.env["ROLL_REPLICAS"] !== undefined)
      process.stderr.write(`${ended.stdout}${JSON.stringify({ seconds, together, ...writer.counts })}\n`);
    expect({ ...ended, stdout: ended.exit === 0 ? "" : ended.stdout }).toEqual({
      exit: 0,
      stdout: "",
      stderr: "",
    });
    const { replicas } = json(ended) as any;
    expect(replicas.map(({ phase }: any) => phase)).toEqual(Array(REPLICAS).fill("in_sync"));
    expect(Object.keys(replicas.at(-1).seconds)[0]).toBe("handing_over");
    // User data restarts the server with the setting. Until then, the roll does not go on.
    for (const { seconds: each } of replicas) expect(each.settling).toBeGreaterThan(0);
    expect(await setting()).toEqual(Array(REPLICAS).fill("25"));
    expect(await Promise.all(nodes().map((node) => node.cli("CLUSTER", "MYID")))).toEqual(ids);
    expect(together).toEqual([]);
    const recycled = stage.api.requests.filter(({ path }) => path.includes("/recycle"));
    expect(new Set(recycled.map(({ path }) => path)).size).toBe(REPLICAS);
    expect(recycled).toHaveLength(REPLICAS);
    const kept = await writer.verify([...stage.masters.addresses, ...nodes().map(({ address }) => address)]);
    expect(kept).toMatchObject({ lostAcknowledged: 0, unanswered: 0 });
    expect(kept.acknowledged).toBeGreaterThan(1000);
  });

  /** Seconds from the request to recycle a replica until it is in sync for all masters, by questions of its own. */
  async function recoveryOf(address: string, id: string): Promise<number> {
    const every = { timeout: 120_000, every: 20 };
    await until("it is requested", every, () =>
      stage.api.requests.some(({ path }) => path.includes("/recycle")),
    );
    const begun = Date.now();
    let [wasGone, isBack] = [false, false];
    const question = async (): Promise<void> => {
      const reply = await replicationOf(address, 500);
      wasGone ||= !reply.known;
      isBack ||= wasGone && hasLink(reply);
    };
    const questions = setInterval(() => void question(), 50);
    await until("it is back", every, () => isBack).finally(() => clearInterval(questions));
    const masters = stage.masters.addresses.slice(0, 3).map((host) => new Server({ host, port: 6379 }, {}));
    await until("all masters list it as connected", every, async () => {
      const views = await Promise.all(masters.map((master) => master.ask<string>(["CLUSTER", "NODES"])));
      const lines = views.map((view) => (view.known ? view.value : "").split("\n"));
      return lines.every((all) =>
        / slave\S* .* connected/.test(all.find((line) => line.startsWith(id)) ?? ""),
      );
    });
    const seconds = (Date.now() - begun) / 1000;
    masters.forEach((master) => master.close());
    return seconds;
  }

  test("a drill measures what others see, within a tenth", async () => {
    const [node] = nodes().slice(-1);
    const id = await node!.cli("CLUSTER", "MYID");
    stage.api.clearRequests();
    const recovered = recoveryOf(node!.address, id);
    const file = join(project.directory, "redis-replicas.yaml");
    const ended = await run("-c", file, "drill", "--only", id, "--yes", "--json");
    expect({ exit: ended.exit, stderr: ended.stderr }).toEqual({ exit: 0, stderr: "" });
    const { seconds, writes, resync } = json(ended) as any;
    const measured = await recovered;
    expect(Math.abs(seconds.in_sync - measured) / measured).toBeLessThan(0.1);
    expect(resync).toMatchObject({ kind: "partial", full: 0 });
    expect(writes).toMatchObject({ lost: 0, lost_on_replica: 0, unread: 0 });
  });
});

/** INFO of a node, by a connection of its own: to an address without a server, one takes seconds to fail. */
async function replicationOf(host: string, timeout?: number): Promise<Answer<Info>> {
  const server = new Server({ host, port: 6379 }, {}, timeout);
  const reply = await server.info("replication");
  server.close();
  return reply;
}

function hasLink(replication: Answer<Info>): boolean {
  return replication.known && replication.value["master_link_status"] === "up";
}
