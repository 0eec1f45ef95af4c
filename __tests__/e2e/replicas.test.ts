import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { hostAgent } from "../../rehearsal/agent";
import { type Instance } from "../../rehearsal/instance";
import { Project } from "../../rehearsal/project";
import { RedisNode } from "../../rehearsal/redis-node";
import { type JsonObject } from "../../rehearsal/spot-api/json";
import { Stage } from "../../rehearsal/stage";
import { Writer } from "../../rehearsal/writer";
import { workDirectory } from "../../rehearsal/inside";
import { describeWith, missing } from "../support/needs";

const STACK = "redis-replicas";

/** The parts of a request to create a group that a test touches. */
interface Body extends JsonObject {
  group: JsonObject & {
    capacity: JsonObject;
    compute: JsonObject & {
      availabilityZones: (JsonObject & { name: string })[];
      launchSpecification: JsonObject & { userData: string };
    };
  };
}

/** The request body as the real provider sent it, except for the user data, which is compared separately. */
const recorded = JSON.parse(
  readFileSync(join(__dirname, "../../rehearsal/recorded/create-group.json"), "utf8"),
) as JsonObject;

const ways = [
  { way: "a package", replicas: 3, redis: () => ({ install: "package" }) },
  { way: "source", replicas: 1, redis: (stage: Stage) => ({ install: "source", ...stage.source }) },
];

const withoutProvider = missing(["terraform", "spotinst provider"]).length > 0;

describeWith(["root", "systemd-nspawn", "mmdebstrap", "redis-server"], "replicas", () => {
  describe.each(ways)("with Redis from $way", ({ way, replicas, redis }) => {
    let stage: Stage;
    let project: Project;
    let groupId: string;
    let before: Awaited<ReturnType<Stage["replicas"]>>;

    beforeAll(async () => {
      // The source release is 7.0, like this machine's own server: an older server cannot follow a newer one.
      stage = await Stage.open(way === "source" ? { masters: { server: "redis-server" } } : {});
      await stage.masters.fill({ megabytes: 50 });
      const config = {
        name: STACK,
        region: "us-west-2",
        masters: [stage.masters.addresses[0]],
        replicas,
        imageId: "ami-0123456789abcdef0",
        instanceTypes: { onDemand: "r6i.large", spot: ["r6i.large", "r5.large"] },
        availabilityZones: { "us-west-2a": ["subnet-0a1b"], "us-west-2b": ["subnet-0a2b"] },
        securityGroupIds: ["sg-0123456789abcdef0"],
        redis: { ...redis(stage), directives: { "enable-debug-command": "yes" } },
        bootScript: { agent: await hostAgent(stage.mirror) },
      };
      project = await Project.create(join(workDirectory(), "projects"), config, stage.api.environment());
    });

    afterAll(() => stage.close());

    const instances = (): Instance[] =>
      stage.api
        .statefulInstances(groupId)
        .flatMap(({ instance }) => (instance ? [stage.fleet.instance(instance.id)] : []));

    const nodeOf = (instance: Instance): RedisNode => new RedisNode(instance.privateIp);

    async function digestsAgree(): Promise<void> {
      for (const { address, master } of await stage.replicas(replicas)) {
        const all = await stage.masters.nodes(0);
        const owner = new RedisNode(all.find(({ id }) => id === master)?.address ?? "");
        await expect(new RedisNode(address).digest()).resolves.toBe(await owner.digest());
      }
    }

    async function syncs(): Promise<{ full: number; partial: number }> {
      const stats = await Promise.all(stage.masters.servers.map(({ node }) => node.info("stats")));
      const sum = (name: string): number => stats.reduce((total, each) => total + Number(each[name]), 0);
      return { full: sum("sync_full"), partial: sum("sync_partial_ok") };
    }

    test(
      withoutProvider
        ? "the recorded request (spotinst provider not found) starts the group"
        : "cdktf deploy starts the group",
      async () => {
        if (withoutProvider) {
          const body = structuredClone(recorded) as Body;
          body.group.capacity = { minimum: replicas, maximum: replicas, target: replicas, unit: "instance" };
          body.group.compute.launchSpecification.userData = gzipSync(
            await project.redisElastigroup("render"),
          ).toString("base64");
          groupId = (stage.api.groups.create(body) as { id: string }).id;
        } else {
          await project.deploy(STACK);
          groupId = (stage.api.groups.list() as { id: string }[])[0]?.id ?? "";
        }
        expect(groupId).toMatch(/^sig-/);
        await stage.api.settle();
        expect(instances()).toHaveLength(replicas);
      },
    );

    function withProvider(name: string, run: () => Promise<void>): void {
      if (withoutProvider) test.skip(`${name} (spotinst provider not found)`, run);
      else test(name, run);
    }

    withProvider(
      "the provider sent the recorded request, with the output of `render` as user data",
      async () => {
        const sent = stage.api.requests.find(({ method }) => method === "POST")?.body as unknown as Body;
        const { userData } = sent.group.compute.launchSpecification;
        expect(gunzipSync(Buffer.from(userData, "base64")).toString()).toBe(
          await project.redisElastigroup("render"),
        );
        const comparable = structuredClone(sent);
        comparable.group.compute.launchSpecification.userData = "";
        // The provider sends them from a map, in any order.
        comparable.group.compute.availabilityZones.sort((one, other) => (one.name < other.name ? -1 : 1));
        comparable.group.capacity = { minimum: 3, maximum: 3, target: 3, unit: "instance" };
        expect(comparable).toEqual(recorded);
      },
    );

    withProvider("a second plan is empty", async () => {
      await expect(project.terraform(STACK).plan()).resolves.toMatchObject({ exitCode: 0 });
    });

    test("user data succeeds on every instance", async () => {
      for (const instance of instances()) {
        await expect(instance.waitForUserData(400_000)).resolves.toMatchObject({
          succeeded: true,
          errors: [],
        });
      }
    });

    test("every master lists every replica, spread evenly, with the link up", async () => {
      before = await stage.replicas(replicas);
      expect(new Set(before.map(({ master }) => master)).size).toBe(replicas);
      for (const instance of instances()) {
        await nodeOf(instance).until("replication", "master_link_status", "up", { timeout: 20_000 });
      }
    });

    test("contents are equal to the master's", digestsAgree);

    test("an interrupted replica comes back with its node ID, a partial resync and no lost write", async () => {
      const [victim] = stage.api.statefulInstances(groupId);
      if (!victim?.instance) throw new Error("no instance runs");
      const old = stage.fleet.instance(victim.instance.id);
      const id = await nodeOf(old).cli("CLUSTER", "MYID");
      const counted = await syncs();
      const writer = await Writer.start({ seeds: [...stage.masters.addresses] });

      stage.api.interrupt([victim.instance.id]);
      await stage.api.settle();
      const replacement = instances().find(({ privateIp }) => privateIp === old.privateIp);
      expect(replacement?.instanceId).not.toBe(old.instanceId);
      await expect(replacement?.waitForUserData()).resolves.toMatchObject({ succeeded: true });
      await writer.stop();

      await expect(stage.replicas(replicas)).resolves.toEqual(before);
      await expect(nodeOf(old).cli("CLUSTER", "MYID")).resolves.toBe(id);
      // The log is on the kept volume: it has both boots, and only one installation.
      expect(replacement?.cloudInitLog().match(/waiting: (building Redis|installing redis)/g)).toHaveLength(
        1,
      );
      await expect(syncs()).resolves.toEqual({ full: counted.full, partial: counted.partial + 1 });
      const kept = await writer.verify(stage.masters.addresses);
      expect(kept).toMatchObject({ lostAcknowledged: 0, lostPlain: 0, unanswered: 0 });
      expect(kept.plain).toBeGreaterThan(0);
      await digestsAgree();
    });

    withProvider("cdktf destroy deletes the group, its machines and their volumes", async () => {
      await project.destroy(STACK);
      await stage.api.settle();
      expect(stage.api.groups.list()).toEqual([]);
      expect(stage.fleet.all().filter(({ running }) => running)).toEqual([]);
      expect(stage.api.orphaned).toEqual([]);
    });
  });
});
