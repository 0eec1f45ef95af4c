import { Cluster } from "../../../cluster/cluster";
import { evaluate, type Evaluation } from "../../../cluster/checks/evaluation";
import { readFacts } from "../../../cluster/checks/facts";
import { parseEndpoint } from "../../../cluster/endpoint";
import { freePort } from "../../../rehearsal/free-port";
import { until } from "../../../rehearsal/wait";
import { LoopbackCluster } from "../../support/loopback-cluster";
import { describeWith } from "../../support/needs";
import { EXPECTED, findingsOf } from "./samples";

describeWith(["redis-server"], "Rules about the nodes of a running cluster", () => {
  let real: LoopbackCluster;

  beforeAll(async () => {
    real = await LoopbackCluster.start({ masters: 3, replicas: 1 });
  }, 90_000);
  afterAll(() => real?.close());

  async function evaluated(seeds = real.seeds): Promise<Evaluation> {
    const cluster = new Cluster(
      seeds.map((seed) => parseEndpoint(seed, 6379)),
      {},
    );
    try {
      return evaluate(
        await readFacts(cluster, await cluster.look(), EXPECTED, { spot: undefined, sample: 50 }),
      );
    } finally {
      cluster.close();
    }
  }

  const lists = async (text: string): Promise<boolean> =>
    String(await real.masters[0]!.run("CLUSTER", "NODES")).includes(text);
  const hasFailed = (flags = "slave,fail "): Promise<unknown> =>
    until("it has failed", { timeout: 30_000, every: 100 }, () => lists(flags));

  test("a server without cluster mode is found, and its cluster is not", async () => {
    const plain = await LoopbackCluster.start({ masters: 0 });
    try {
      const node = await plain.add({ directives: ["cluster-enabled no"] });
      const evaluation = await evaluated([...real.seeds, `127.0.0.1:${node.port}`]);
      expect(findingsOf("cluster-disabled", evaluation)).toEqual([
        expect.stringContaining(`\`cluster_enabled\` is 0 at 127.0.0.1:${node.port}.`),
      ]);
    } finally {
      await plain.close();
    }
  }, 60_000);

  test("a node in handshake is a ghost, and no unreachable master", async () => {
    const port = await freePort();
    await Promise.all(
      real.masters.map(({ run }) => run("CLUSTER", "MEET", "127.0.0.1", String(port), String(port + 1))),
    );
    const evaluation = await evaluated();
    const [finding] = findingsOf("ghost-node", evaluation);
    expect(findingsOf("unreachable-node", evaluation)).toEqual([]);
    expect(finding).toContain(`(127.0.0.1:${port}) is listed with the flags handshake`);
  });

  test("a node that one master has forgotten is seen differently", async () => {
    const [first] = real.masters;
    const { id } = real.replicas[1]!;
    await first!.run("CLUSTER", "FORGET", id);
    const [finding] = findingsOf("unequal-views", await evaluated());
    expect(finding).toContain(`Masters disagree about the node ${id}`);
    expect(finding).toContain(`not listed (by 127.0.0.1:${first!.port})`);
  });

  test("a replica that hangs is a ghost that must not be forgotten", async () => {
    const replica = real.replicas[2]!;
    real.pause(replica, true);
    try {
      await hasFailed();
      const [finding] = findingsOf("ghost-node", await evaluated()).filter((text) =>
        text.includes(replica.id),
      );
      expect(finding).toContain("it hangs. Do not forget it; restart the server.");
      expect(finding).not.toContain("FORGET");
    } finally {
      real.pause(replica, false);
    }
    await until("it is back", { timeout: 20_000, every: 100 }, async () => !(await lists("slave,fail ")));
  }, 60_000);

  test("a replica that has failed is a ghost, with the commands that forget it", async () => {
    const replica = real.replicas[2]!;
    await real.end(replica);
    await hasFailed();
    const evaluation = await evaluated();
    const [finding] = findingsOf("ghost-node", evaluation).filter((text) => text.includes(replica.id));
    for (const { port } of real.masters)
      expect(finding).toContain(`redis-cli -h 127.0.0.1 -p ${port} CLUSTER FORGET ${replica.id}`);
    expect(findingsOf("unreachable-node", evaluation)).toEqual([
      expect.stringMatching(`^warning: No answer from 127.0.0.1:${replica.port}: connect ECONNREFUSED`),
    ]);
    expect(findingsOf("no-second-copy", evaluation).length).toBe(1);
  }, 60_000);

  test("a dead master, its bus link and its state are found, and its other rules are not checked", async () => {
    const dead = real.masters[2]!;
    await real.end(dead);
    await hasFailed("master,fail ");
    const evaluation = await evaluated();
    const dead_ = `127.0.0.1:${dead.port}`;
    expect(findingsOf("unreachable-node", evaluation).join("\n")).toContain(
      `error: No answer from ${dead_}: connect ECONNREFUSED`,
    );
    expect(findingsOf("broken-bus-link", evaluation)).toEqual([
      expect.stringContaining(`The bus link to the master ${dead_} is broken: 127.0.0.1:`),
    ]);
    expect(findingsOf("cluster-down", evaluation).join("\n")).toContain("`cluster_state` is fail at");
    const reason = evaluation.notChecked.filter(({ reason: text }) => text.startsWith(dead_));
    expect(reason).toHaveLength(1);
    expect(reason[0]!.rules).toContain("zero-validity-factor");
  }, 60_000);

  test("slots that a dead master had are uncovered once they are taken from it, and two masters are few", async () => {
    for (const { run } of real.masters.slice(0, 2)) await run("CLUSTER", "DELSLOTSRANGE", "10922", "16383");
    const evaluation = await evaluated();
    expect(findingsOf("uncovered-slots", evaluation)).toEqual([
      expect.stringContaining("5462 of 16384 slots have no owner."),
    ]);
    expect(findingsOf("few-masters", evaluation)).toEqual([expect.stringContaining("2 masters own slots.")]);
  }, 30_000);
});
