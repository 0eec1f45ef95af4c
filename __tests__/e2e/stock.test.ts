import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { workDirectory } from "../../rehearsal/inside";
import { Masters } from "../../rehearsal/masters";
import { Network } from "../../rehearsal/network";
import { RedisServer } from "../../rehearsal/redis-server";
import { until } from "../../rehearsal/wait";
import { type Verdict, Writer } from "../../rehearsal/writer";
import { describeWith } from "../support/needs";

const nodeTimeout = 5000;
const directives = { "cluster-node-timeout": String(nodeTimeout) };

/**
 * Shows why the agent is needed: the faults F13q and F12q on servers without it. If a release of Redis loses no data
 * here, the agent no longer has to handle these faults.
 */
describeWith(
  ["root", "redis-server"],
  "stock Redis, promoted and restored at once from an older image",
  () => {
    let network: Network;
    let masters: Masters;
    /** The replicas of the first and of the second master. */
    let replicas: RedisServer[];

    beforeAll(async () => {
      network = await Network.create();
      masters = await Masters.start(network, { directives });
      replicas = await Promise.all(
        ["10.0.2.10", "10.0.2.11"].map((address) => RedisServer.create(network, address, { directives })),
      );
      await Promise.all(replicas.map(({ node }, shard) => masters.follow(node, shard)));
      await write("before");
    });

    afterAll(async () => {
      await Promise.all(replicas.map((replica) => replica.close()));
      await masters.close();
      await network.close();
    });

    function addresses(): string[] {
      return [...masters.addresses, ...replicas.map(({ address }) => address)];
    }

    /** Writes 1000 keys, most of them twice. The writes to shards with a replica are acknowledged. */
    async function write(prefix: string): Promise<Writer> {
      const writer = await Writer.start({ seeds: addresses(), prefix, rate: 1000 });
      await until(`it has written ${prefix}`, { timeout: 20_000 }, () => writer.counts.acknowledged >= 1200);
      await writer.stop();
      return writer;
    }

    /** Copies the volume, with its present data and role, to an image. */
    async function take(replica: RedisServer): Promise<string> {
      await replica.node.cli("SAVE");
      const image = join(workDirectory(), `image-${replica.address}`);
      cpSync(replica.directory, image, { recursive: true });
      return image;
    }

    /** Kills the master, so that its replica is elected and the old master comes back as its replica. */
    async function promote(shard: number, replica: RedisServer): Promise<void> {
      await masters.kill(shard);
      await replica.node.until("replication", "role", "master", { timeout: 30_000 });
      await masters.server(shard).start();
      await masters.node(shard).until("replication", "master_link_status", "up", { timeout: 30_000 });
      await whole();
    }

    /** Replaces the replica on the image, long before the others could flag it as failed. */
    async function restore(replica: RedisServer, image: string): Promise<void> {
      await replica.kill();
      rmSync(replica.directory, { recursive: true });
      cpSync(image, replica.directory, { recursive: true });
      await replica.start();
    }

    async function whole(): Promise<void> {
      const nodes = [...masters.servers, ...replicas].map(({ node }) => node);
      await until("the cluster state is ok on every node", { timeout: 30_000 }, async () => {
        const states = await Promise.all(nodes.map((node) => node.clusterState()));
        return states.every((state) => state === "ok");
      });
    }

    function print(
      what: string,
      { plain, acknowledged, lostPlain, lostAcknowledged, unanswered }: Verdict,
    ): void {
      const counts = { plain, acknowledged, lostPlain, lostAcknowledged, unanswered };
      process.stderr.write(`stock, ${what}: ${JSON.stringify(counts)}\n`);
    }

    it("from after the promotion: its replica is overwritten, and both lose acknowledged writes", async () => {
      const [replica] = replicas as [RedisServer];
      await promote(0, replica);
      const image = await take(replica);
      const writer = await write("after");
      await restore(replica, image);
      await masters.node(0).until("replication", "master_link_status", "up", { timeout: 30_000 });
      await whole();
      const verdict = await writer.verify(addresses());
      print("image from after the promotion", verdict);
      expect(verdict.unanswered).toBe(0);
      // All keys of the shard, which are a third of all keys.
      expect(verdict.lostAcknowledged).toBeGreaterThan(300);
      expect(verdict.list.filter(({ found }) => found !== undefined)).toEqual([]);
      expect(await masters.digest(0)).toBe(await replica.node.digest());
    });

    it("from before the promotion: both are replicas of each other, and no node serves the shard", async () => {
      const [, replica] = replicas as [RedisServer, RedisServer];
      const image = await take(replica);
      await promote(1, replica);
      const writer = await write("later");
      await restore(replica, image);
      await sleep(3 * nodeTimeout); // much longer than an election takes
      const [one, other] = await Promise.all([
        masters.info(1, "replication"),
        replica.node.info("replication"),
      ]);
      expect([one["role"], one["master_host"]]).toEqual(["slave", replica.address]);
      expect([other["role"], other["master_host"]]).toEqual(["slave", masters.addresses[1]]);
      const verdict = await writer.verify(addresses());
      print("image from before the promotion", verdict);
      expect(verdict.unanswered).toBeGreaterThan(300);
    });
  },
);
