import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../rehearsal/wait";
import { temporaryFolder } from "../support/folder";
import { describeWith } from "../support/needs";
import { Live } from "./live";
import { json } from "./run";

interface Contradictory {
  readonly contradictions: readonly { readonly kind: string; readonly detail: string }[];
}
interface StatusJson {
  readonly replicas: readonly { readonly node: Contradictory | null; readonly state: string }[];
  readonly findings: readonly { readonly subject: string; readonly kind: string }[];
}

/** States in which the node, or its masters, look healthy. Each one is provoked in a cluster of its own. */
describeWith(["redis-server"], "a state that looks healthy", () => {
  const folder = temporaryFolder();
  let live: Live;

  beforeEach(async () => {
    live = await Live.start(folder);
  }, 60_000);
  afterEach(() => live?.close());

  const replica = () => live.cluster.replicas[0]!;
  const clusters = async (command: string, ...argv: string[]) => {
    const ended = await live.run(command, "--json", ...argv);
    const { clusters: found } = json(ended) as { clusters: [Record<string, unknown>] };
    return { exit: ended.exit, found: found[0] };
  };

  /** Waits until both commands name the state, and exit with 2. */
  async function areNamed(kind: string, ...argv: string[]): Promise<void> {
    await until(`status names ${kind}`, { timeout: 30_000, every: 200 }, async () => {
      const { exit, found } = await clusters("status");
      const { findings } = found as unknown as StatusJson;
      return exit === 2 && findings.some((each) => each.kind === kind);
    });
    const { exit, found } = await clusters("verify", ...argv);
    const all = found["replicas"] as readonly Contradictory[];
    expect(exit).toBe(2);
    expect(all.flatMap(({ contradictions }) => contradictions).map((each) => each.kind)).toContain(kind);
  }

  test("forgotten by every master: its own link is up", async () => {
    const { id, host, port } = replica();
    for (const node of live.cluster.nodes.filter((each) => each.id !== id))
      await node.run("CLUSTER", "FORGET", id);
    await areNamed("forgotten", "--node", `${host}:${port}`);
    const { stdout } = await live.run("status");
    expect(stdout).toContain(`${host} (ssi-00000001): 127.0.1.1:${port} does not list it`);
  }, 60_000);

  test("its bus port cannot be reached: its link is up, and its own cluster state is ok", async () => {
    await replica().run("CONFIG", "SET", "cluster-announce-bus-port", "1");
    await areNamed("bus_unreachable");
    expect(await replica().server.clusterInfo()).toMatchObject({ value: { cluster_state: "ok" } });
  }, 60_000);

  test("it announces an address at which nothing answers: its link is up", async () => {
    const { host, port } = replica();
    await replica().run("CONFIG", "SET", "cluster-announce-ip", "127.0.1.99");
    await areNamed("wrong_address", "--node", `${host}:${port}`);
  }, 60_000);

  test("its password for the master is wrong: every master lists it as connected", async () => {
    const [master] = live.cluster.masters;
    await replica().run("CONFIG", "SET", "masterauth", "wrong");
    await master!.run("ACL", "SETUSER", "default", "resetpass", ">other");
    await master!.run("CLIENT", "KILL", "TYPE", "replica");
    const link = async () =>
      (await replica().server.info("replication")) as { value?: Record<string, string> };
    await until(
      "link down",
      { timeout: 20_000 },
      async () => (await link()).value?.["master_link_status"] === "down",
    );
    await master!.run("ACL", "SETUSER", "default", "nopass");
    // A replica tries again each second, and a password is wrong also where none is needed.
    await master!.run("ACL", "SETUSER", "default", "resetpass", ">other", ">");
    await master!.run("ACL", "SETUSER", "reader", "on", ">right", "~*", "&*", "+@all");
    process.env["REDISCLI_AUTH"] = "right";
    for (const node of live.cluster.nodes.filter((each) => each !== master))
      await node.run("ACL", "SETUSER", "reader", "on", ">right", "~*", "&*", "+@all");
    const { exit, stdout } = await live.run("status", "--user", "reader");
    const verified = await live.run("verify", "--user", "reader");
    delete process.env["REDISCLI_AUTH"];
    expect([exit, verified.exit]).toEqual([2, 2]);
    for (const text of [stdout, verified.stdout])
      expect(text).toMatch(/its link to 127\.0\.1\.1:\d+ is down/);
  }, 60_000);

  test("two servers have one ID: the master feeds both", async () => {
    const { host, port } = replica();
    const twin = { host: "127.0.1.77", port };
    mkdirSync(live.cluster.folderOf(twin), { recursive: true });
    copyFileSync(
      join(live.cluster.folderOf({ host, port }), "nodes.conf"),
      join(live.cluster.folderOf(twin), "nodes.conf"),
    );
    await live.cluster.add({ host: twin.host, meet: false });
    const further = ["--node", `${host}:${port}`, "--node", `${twin.host}:${port}`];
    await until("status names it", { timeout: 30_000, every: 200 }, async () => {
      const { exit, stdout } = await live.run("status", ...further);
      return exit === 2 && /answer with its ID/.test(stdout);
    });
    await areNamed("duplicate_id", ...further).catch(async () => {
      expect((await live.run("verify", ...further)).stdout).toMatch(/answer with its ID/);
    });
  }, 90_000);

  test("it has moved, and lists itself at its old address: its masters know the new one", async () => {
    await live.cluster.restart(replica(), { host: "127.0.1.55" });
    await areNamed("stale_own_address");
  }, 60_000);

  test("its master owns no slots: its link is up", async () => {
    const [first, second] = live.cluster.masters;
    const slots = Array.from({ length: 5461 }, (_, slot) => String(slot));
    for (const node of live.cluster.nodes)
      await node.run("CLUSTER", "DELSLOTS", ...slots).catch(() => undefined);
    await second!.run("CLUSTER", "ADDSLOTSRANGE", "0", "5460");
    await second!.run("CLUSTER", "BUMPEPOCH");
    await areNamed("master_without_slots");
    expect(first!.id).not.toBe(second!.id);
  }, 60_000);

  test("it is stopped: its master still lists it as online", async () => {
    live.cluster.pause(replica(), true);
    await areNamed("not_acknowledging");
    const { stdout } = await live.run("status");
    expect(stdout).toMatch(/no answer within 3000 ms/);
    live.cluster.pause(replica(), false);
  }, 60_000);
});
