import { evaluate, type Evaluation } from "../../../cluster/checks/evaluation";
import { readFacts } from "../../../cluster/checks/facts";
import { type Login } from "../../../cluster/login";
import { LoopbackCluster } from "../../support/loopback-cluster";
import { describeWith } from "../../support/needs";
import { EXPECTED, findingsOf } from "./samples";

const RULES = [
  ...["on", ">agent-secret", "resetkeys", "~{redis-replica}:placement", "resetchannels", "-@all"],
  ...["+ping", "+psync", "+replconf", "+info", "+role", "+time", "+dbsize", "+get", "+set", "+pttl", "+del"],
  ...["+eval", "+shutdown", "+client|kill", "+config|get", "+config|set", "+cluster|nodes", "+cluster|info"],
  ...["+cluster|myid", "+cluster|meet", "+cluster|forget", "+cluster|replicate", "+cluster|failover"],
];

describeWith(["redis-server"], "Rules about users", () => {
  let real: LoopbackCluster;
  const login: Login = { user: "default", password: "admin-secret" };

  beforeAll(async () => {
    real = await LoopbackCluster.start({
      login,
      directives: [
        ...["requirepass admin-secret", "masterauth agent-secret", "masteruser replica", "save 3600 1"],
        ...["maxmemory 1gb", `user replica ${RULES.join(" ")}`],
      ],
    });
  }, 90_000);
  afterAll(() => real?.close());

  async function evaluated(as: Login = login, username = "replica"): Promise<Evaluation> {
    const cluster = real.connect(as);
    try {
      const expected = { ...EXPECTED, username };
      return evaluate(
        await readFacts(cluster, await cluster.look(), expected, { spot: undefined, sample: 50 }),
      );
    } finally {
      cluster.close();
    }
  }

  const rulesOf = ({ findings }: Evaluation) => findings.map(({ rule }) => rule);

  test("the documented rights are sufficient, and equal users are not found", async () => {
    const evaluation = await evaluated();
    expect(rulesOf(evaluation).filter((rule) => rule !== "no-second-copy")).toEqual([
      "full-coverage-required",
    ]);
    expect(evaluation.notChecked.filter(({ severity }) => severity !== "note")).toEqual([]);
  });

  test("each missing right is named, and the command grants it", async () => {
    const { run, port } = real.masters[0]!;
    await run("ACL", "SETUSER", "replica", "-psync", "-cluster|forget", "resetkeys");
    const evaluation = await evaluated();
    expect(findingsOf("missing-right", evaluation)).toEqual([
      expect.stringContaining(
        `The user replica lacks at 127.0.0.1:${port}: +psync +cluster|forget ~{redis-replica}:placement.`,
      ),
    ]);
    expect(findingsOf("unequal-users", evaluation)).toEqual([
      expect.stringContaining("The user replica has different rules or passwords"),
    ]);
    await run("ACL", "SETUSER", "replica", "+psync", "+cluster|forget", "~{redis-replica}:placement");
    expect(findingsOf("missing-right", await evaluated())).toEqual([]);
    await Promise.all(real.masters.map(({ run: at }) => at("ACL", "SETUSER", "replica", "reset", ...RULES)));
  });

  test("where ACL DRYRUN cannot be used, the user's own rules are compared", async () => {
    const admin = ["on", ">auditor-secret", "allkeys", "allchannels", "+@all", "-acl|dryrun"];
    await Promise.all(real.masters.map(({ run }) => run("ACL", "SETUSER", "auditor", "reset", ...admin)));
    const { run, port } = real.masters[0]!;
    await run("ACL", "SETUSER", "replica", "-psync", "-cluster|forget", "resetkeys");
    const evaluation = await evaluated({ user: "auditor", password: "auditor-secret" });
    await run("ACL", "SETUSER", "replica", "reset", ...RULES);
    const fine = await evaluated({ user: "auditor", password: "auditor-secret" });
    await Promise.all(real.masters.map(({ run: at }) => at("ACL", "DELUSER", "auditor")));
    expect(findingsOf("missing-right", evaluation)).toEqual([
      expect.stringContaining(
        `The user replica lacks at 127.0.0.1:${port}: +psync +cluster|forget ~{redis-replica}:placement.`,
      ),
    ]);
    expect(findingsOf("missing-right", fine)).toEqual([]);
    expect(fine.notChecked.filter(({ severity }) => severity !== "note")).toEqual([]);
  });

  test("a user that is missing at a master is named, with no hash of a password", async () => {
    const { run, port } = real.masters[1]!;
    await run("ACL", "SETUSER", "app", "on", ">app-secret", "~*", "+@read");
    const evaluation = await evaluated();
    expect(findingsOf("unequal-users", evaluation).join("\n")).toContain("The user app is missing at");
    expect(JSON.stringify(evaluation)).not.toMatch(/secret|[0-9a-f]{64}/);
    await run("ACL", "DELUSER", "app");
    expect(port).toBeGreaterThan(0);
  });

  test("a master that could not log in to a promoted replica is found", async () => {
    const { run } = real.masters[2]!;
    await run("CONFIG", "SET", "masterauth", "");
    await run("CONFIG", "SET", "masteruser", "default");
    const [finding] = findingsOf("missing-masterauth", await evaluated());
    await run("CONFIG", "SET", "masterauth", "agent-secret");
    await run("CONFIG", "SET", "masteruser", "replica");
    expect(finding).toContain("`masterauth` is not set and `masteruser` is default at");
    expect(finding).not.toContain("secret");
  });

  test("as the agent's user, the rules about users and rights could not be checked", async () => {
    const evaluation = await evaluated({ user: "replica", password: "agent-secret" });
    const { notChecked } = evaluation;
    const rules = new Set(
      notChecked.filter(({ severity }) => severity === "warning").flatMap((each) => each.rules),
    );
    expect([...rules].sort()).toEqual(["missing-right", "unequal-users"]);
    expect(notChecked.map(({ reason }) => reason).join("\n")).toContain("NOPERM");
    expect(rulesOf(evaluation)).not.toContain("unreachable-node");
  });
});
