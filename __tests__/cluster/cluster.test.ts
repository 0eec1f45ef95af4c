import { createServer, type Server as NetServer } from "node:net";
import { Cluster } from "../../cluster/cluster";
import { parseEndpoint } from "../../cluster/endpoint";
import { freePort } from "../../rehearsal/free-port";
import { LoopbackCluster } from "../support/loopback-cluster";
import { describeWith } from "../support/needs";

describeWith(["redis-server"], "Cluster", () => {
  let real: LoopbackCluster;
  let cluster: Cluster;

  beforeAll(async () => {
    real = await LoopbackCluster.start({ masters: 3, replicas: 1 });
  }, 60_000);
  afterAll(() => real?.close());
  beforeEach(() => (cluster = new Cluster([parseEndpoint(real.seeds[0]!, 6379)], {})));
  afterEach(() => cluster.close());

  test("one seed leads to all members, and each is seen alike by every master", async () => {
    const view = await cluster.look();
    expect(view.members).toHaveLength(6);
    expect(view.members.every(({ nodes, info, cluster }) => nodes.known && info.known && cluster.known)).toBe(
      true,
    );
    expect(view.owners.map(({ id }) => id)).toEqual(real.masters.map(({ id }) => id));
    expect(view.uncovered).toBe(0);
    for (const [index, { id }] of real.replicas.entries()) {
      expect(view.agreed(id)?.master).toBe(real.masters[index]!.id);
      expect(view.sightings(id).map(({ node }) => node?.master)).toEqual(
        Array(3).fill(real.masters[index]!.id),
      );
    }
  });

  test("a seed that does not answer is a member without answers", async () => {
    const port = await freePort();
    const seeds = [parseEndpoint(real.seeds[0]!, 6379), { host: "127.0.0.1", port }];
    const view = await new Cluster(seeds, {}).look();
    expect(view.memberAt({ host: "127.0.0.1", port })?.nodes).toMatchObject({
      known: false,
      cause: "unreachable",
      reason: expect.stringContaining(`127.0.0.1:${port}: connect ECONNREFUSED`) as string,
    });
    expect(view.owners).toHaveLength(3);
  });

  test("a server that is asked by its name, and at two addresses, is one member where it is listed", async () => {
    const wide = await LoopbackCluster.start({
      ...{ masters: 1, directives: ["bind 0.0.0.0", "protected-mode no", "cluster-announce-ip 127.0.0.1"] },
    });
    const { id, port } = wide.masters[0]!;
    const seeds = ["127.0.0.9", "localhost", "127.0.0.1"].map((host) => ({ host, port }));
    const some = new Cluster(seeds, {});
    try {
      const members = (await some.look()).membersWith(id);
      expect(
        members.map(({ endpoint, aliases }) => [endpoint.host, aliases?.map(({ host }) => host)]),
      ).toEqual([["127.0.0.1", ["127.0.0.9", "localhost"]]]);
    } finally {
      some.close();
      await wide.close();
    }
  }, 30_000);

  test("a member that hangs, behind a seed that is slow, does not make a look longer than its limit", async () => {
    const [port, next] = [await freePort(), await freePort()];
    const line = (at: number, flags: string): string =>
      `${String(at).padEnd(40, "0")} 127.0.0.1:${at}@1 ${flags} - 0 0 1 connected\n`;
    const nodes = line(port, "myself,master") + line(next, "master");
    // Of three questions, the first one is for the nodes.
    const answers = `$${nodes.length}\r\n${nodes}\r\n`.repeat(3);
    const slow = createServer((socket) => {
      socket.on("error", () => undefined).once("data", () => setTimeout(() => socket.end(answers), 200));
    }).listen(port, "127.0.0.1");
    const hangs = createServer((socket) => socket.on("error", () => undefined)).listen(next, "127.0.0.1");
    const some = new Cluster([{ host: "127.0.0.1", port }], {}, 500);
    const begin = performance.now();
    const { members } = await some.look();
    const took = performance.now() - begin;
    some.close();
    slow.close();
    hangs.close();
    expect(took).toBeLessThan(900);
    expect(members.map(({ nodes: { known } }) => known)).toEqual([true, false]);
    expect(members[1]!.nodes).toMatchObject({
      ...{
        cause: "timeout",
        reason: expect.stringMatching(/CLUSTER: no answer within [123]\d\d ms$/) as string,
      },
    });
  });

  test("an address that only one of several members lists is not asked", async () => {
    let connections = 0;
    const trap: NetServer = createServer((socket) => (connections++, socket.destroy()));
    const port = await freePort();
    await new Promise<void>((resolve) => trap.listen(port, "127.0.0.1", resolve));
    const alone = await LoopbackCluster.start({ masters: 1 });
    try {
      // The liar lists the trap as a node in handshake; the members of the real cluster do not.
      await alone.nodes[0]!.run("CLUSTER", "MEET", "127.0.0.1", String(port), String(await freePort()));
      const view = await new Cluster(
        [...real.seeds, ...alone.seeds].map((seed) => parseEndpoint(seed, 6379)),
        {},
      ).look();
      expect(connections).toBe(0);
      expect(view.memberAt({ host: "127.0.0.1", port })?.nodes).toMatchObject({ known: false });
    } finally {
      await alone.close();
      await new Promise((resolve) => trap.close(resolve));
    }
  }, 30_000);
});
