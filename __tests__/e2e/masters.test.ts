import { setTimeout as sleep } from "node:timers/promises";
import { Masters } from "../../rehearsal/masters";
import { Network } from "../../rehearsal/network";
import { RedisServer } from "../../rehearsal/redis-server";
import { slotOf } from "../../rehearsal/slots";
import { until } from "../../rehearsal/wait";
import { Writer } from "../../rehearsal/writer";
import { describeWith } from "../support/needs";

/** Longer than the writer's timeout: a pulled cable that it notices is not yet a failed master. */
const directives = { "cluster-node-timeout": "4000" };

describeWith(["root", "redis-server"], "masters and the writer", () => {
  let network: Network;
  let masters: Masters;
  let replicas: RedisServer[];

  beforeAll(async () => {
    network = await Network.create();
    masters = await Masters.start(network, { directives });
    replicas = await Promise.all(
      masters.addresses.map((_, index) => RedisServer.create(network, `10.0.2.1${index}`, { directives })),
    );
  });

  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await masters.close();
    await network.close();
  });

  it("forms a complete cluster with an address for each master", async () => {
    const view = await masters.nodes(1);
    expect(view.map(({ address }) => address).sort()).toEqual(masters.addresses);
    const slots = view.flatMap((node) => node.slots).map(([first, last]) => last - first + 1);
    expect(slots.reduce((sum, part) => sum + part)).toBe(16_384);
    expect(await masters.info(0, "replication")).toMatchObject({ repl_backlog_size: String(128 << 20) });
  });

  it("fills every master's own slots", async () => {
    expect(await masters.fill({ megabytes: 8 })).toBe(2048);
    const sizes = await Promise.all([0, 1, 2].map((index) => masters.cli(index, "DBSIZE")));
    expect(sizes.reduce((sum, size) => sum + Number(size), 0)).toBe(2048);
    expect(Math.min(...sizes.map(Number))).toBeGreaterThan(500);
  });

  it("acknowledges no write without a replica, and loses none", async () => {
    const writer = await Writer.start({ seeds: masters.addresses.slice(0, 1), prefix: "alone" });
    await until("it has written", { timeout: 10_000 }, () => writer.counts.plain > 300);
    await writer.stop();
    expect(await writer.verify(masters.addresses)).toMatchObject({
      acknowledged: 0,
      lostPlain: 0,
      failed: 0,
    });
  });

  it("never lets a write that was given up overwrite a later one", async () => {
    const slot = slotOf("{late}");
    const nodes = await masters.nodes(0);
    const { address = "" } = nodes.find(({ slots }) => slots.some(([a, b]) => a <= slot && slot <= b)) ?? {};
    // All keys belong to this master, so every write after the cut goes to it.
    const writer = await Writer.start({ seeds: masters.addresses, prefix: "{late}", keys: 30 });
    await until("it has written", { timeout: 10_000 }, () => writer.counts.plain > 300);
    await network.unplug(address);
    await until("it has given a write up", { timeout: 10_000 }, () => writer.counts.failed > 0);
    await network.plug(address);
    const { plain } = writer.counts;
    await until("it writes on", { timeout: 10_000 }, () => writer.counts.plain > plain + 60);
    await writer.stop();
    // The kernel continues to send the data in the socket: after 3 s for the fourth time.
    await sleep(4000);
    expect(await writer.verify(masters.addresses)).toMatchObject({ lostPlain: 0, unanswered: 0 });
  });

  it("keeps its data through a clean stop", async () => {
    const digest = await masters.digest(1);
    await masters.restart(1);
    await masters.untilWhole();
    expect(await masters.digest(1)).toBe(digest);
  });

  it("finds equal contents on replicas", async () => {
    for (const [index, { node }] of replicas.entries()) {
      await masters.follow(node, index);
      expect(await node.digest()).toBe(await masters.digest(index));
    }
  });

  it("continues to write after a master's failure, and its successor has the acknowledged writes", async () => {
    const writer = await Writer.start({ seeds: masters.addresses, rate: 1000 });
    await until("it is acknowledged", { timeout: 20_000 }, () => writer.counts.acknowledged > 1000);
    await masters.kill(1);
    await replicas[1]?.node.until("replication", "role", "master", { timeout: 30_000 });
    const { plain } = writer.counts;
    await until("it writes on", { timeout: 20_000 }, () => writer.counts.plain > plain + 2000);
    await writer.stop();
    const nodes = [
      masters.addresses[0] ?? "",
      masters.addresses[2] ?? "",
      ...replicas.map((one) => one.address),
    ];
    const verdict = await writer.verify(nodes);
    expect(verdict).toMatchObject({ lostAcknowledged: 0, unanswered: 0 });
    expect(verdict.longestGap).toBeGreaterThan(1000);
    expect(verdict.failed).toBeGreaterThan(0);
  });

  it("counts a write that no node has as lost", async () => {
    const writer = await Writer.start({ seeds: masters.addresses, prefix: "doomed", keys: 30 });
    await until("it has written", { timeout: 20_000 }, () => writer.counts.plain > 300);
    await writer.stop();
    for (const node of [masters.node(0), replicas[1]?.node, masters.node(2)]) await node?.cli("FLUSHALL");
    const verdict = await writer.verify([...masters.addresses, ...replicas.map((one) => one.address)]);
    expect(verdict).toMatchObject({ lostPlain: 30, unanswered: 0 });
    expect(verdict.list).toHaveLength(30);
  });
});
