import { Cluster } from "../../cluster/cluster";
import { type NodeStatus, statusOf } from "../../cluster/node-status";
import { until } from "../../rehearsal/wait";
import { LoopbackCluster } from "../support/loopback-cluster";
import { describeWith } from "../support/needs";

describeWith(["redis-server"], "statusOf", () => {
  let real: LoopbackCluster;
  let cluster: Cluster;

  beforeAll(async () => {
    real = await LoopbackCluster.start({ masters: 3, replicas: 1 });
    cluster = real.connect();
  }, 60_000);
  afterAll(async () => {
    cluster?.close();
    await real?.close();
  });

  const replica = () => real.replicas[0]!;
  const status = async (): Promise<NodeStatus> => statusOf(await cluster.look(), replica().id);
  const kinds = ({ contradictions }: NodeStatus) => [...new Set(contradictions.map(({ kind }) => kind))];
  const becomes = (what: string, holds: (found: NodeStatus) => boolean): Promise<unknown> =>
    until(what, { timeout: 20_000, every: 100 }, async () => holds(await status()));
  const isWellAgain = () => becomes("in sync again", ({ isInSync }) => isInSync);

  test("a replica that every master lists and its own counts is in sync", async () => {
    expect(await status()).toMatchObject({
      role: "replica",
      master: real.masters[0]!.id,
      link: "up",
      silence: undefined,
      contradictions: [],
      isInSync: true,
    });
  });

  test("masters are owners and not in sync with anything", async () => {
    const owner = statusOf(await cluster.look(), real.masters[1]!.id);
    expect(owner).toMatchObject({ role: "owner", contradictions: [], isInSync: false });
  });

  test("forgotten by one master, with its link up: named with that master", async () => {
    const [, second] = real.masters;
    await second!.run("CLUSTER", "FORGET", replica().id);
    const found = await status();
    expect(found).toMatchObject({ link: "up", isInSync: false });
    expect(found.contradictions).toEqual([
      { kind: "forgotten", detail: `127.0.0.1:${second!.port} does not list it` },
    ]);
    await second!.run("CLUSTER", "MEET", "127.0.0.1", String(replica().port), await bus());
    await isWellAgain();
  });

  test("replication is down while every master lists it as connected", async () => {
    await replica().run("CONFIG", "SET", "masterauth", "wrong");
    await real.masters[0]!.run("CONFIG", "SET", "requirepass", "");
    // The master asks for a password from now on: connected clients keep their connections.
    await real.masters[0]!.run("ACL", "SETUSER", "default", "resetpass", ">other");
    await real.masters[0]!.run("CLIENT", "KILL", "TYPE", "replica");
    await becomes("down", ({ link }) => link === "down");
    const found = await status();
    expect(kinds(found)).toEqual(["replication_down"]);
    expect(found.isInSync).toBe(false);
    await real.masters[0]!.run("ACL", "SETUSER", "default", "nopass");
    await replica().run("CONFIG", "SET", "masterauth", "");
    await isWellAgain();
  });

  test("a stopped process: the reason is why it did not answer", async () => {
    real.pause(replica(), true);
    try {
      const found = await status();
      expect(found.silence).toMatch(/no answer within/);
      expect(found.isInSync).toBe(false);
    } finally {
      real.pause(replica(), false);
    }
    await isWellAgain();
  }, 30_000);

  test("its master has lost its slots to another: it follows a master without slots", async () => {
    const [first, second, third] = real.masters;
    const slots = Array.from({ length: 5461 }, (_, slot) => String(slot));
    // A message of the first one that is under way can give it the slots again.
    await until("the second one has the slots", { timeout: 10_000, every: 50 }, async () => {
      for (const node of [first!, third!, ...real.replicas, second!])
        await node.run("CLUSTER", "DELSLOTS", ...slots).catch(() => undefined);
      return second!.run("CLUSTER", "ADDSLOTSRANGE", "0", "5460").then(
        () => true,
        () => false,
      );
    });
    await second!.run("CLUSTER", "BUMPEPOCH");
    await becomes("without slots", (found) => kinds(found).includes("master_without_slots"));
    expect((await status()).isInSync).toBe(false);
  }, 30_000);

  async function bus(): Promise<string> {
    const { value } = (await replica().server.directive("cluster-port")) as { value: string };
    return value;
  }
});

describeWith(
  ["redis-server"],
  "statusOf, with replicas that connect from another address than they announce",
  () => {
    test("they are in sync, and a further one that no member lists is named", async () => {
      const directives = ["bind 0.0.0.0", "protected-mode no", "cluster-announce-ip 127.0.0.1"];
      const real = await LoopbackCluster.start({
        ...{ masters: 1, replicas: 1 },
        directives: [...directives, "bind-source-addr 127.0.0.7"],
      });
      const [master] = real.masters;
      const cluster = new Cluster([master!], {});
      const kinds = async (id: string) =>
        statusOf(await cluster.look(), id).contradictions.map(({ kind }) => kind);
      try {
        expect(statusOf(await cluster.look(), real.replicas[0]!.id)).toMatchObject({
          contradictions: [],
          isInSync: true,
        });
        expect(await kinds(master!.id)).toEqual([]);
        const further = await real.add({ directives: ["cluster-enabled no"] });
        await further.run("REPLICAOF", "127.0.0.1", String(master!.port));
        await until("it is named", { timeout: 10_000 }, async () =>
          (await kinds(master!.id)).includes("unlisted_replica"),
        );
      } finally {
        cluster.close();
        await real.close();
      }
    }, 60_000);
  },
);
