import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "../../support/needs";
import { agent } from "../../support/shell";

const A = "a".repeat(40);
const B = "b".repeat(40);
const C = "c".repeat(40);
const R = "d".repeat(40);
const S = "e".repeat(40);

interface Line {
  readonly id: string;
  readonly ip: string;
  readonly flags: string;
  readonly master?: string;
  readonly link?: string;
  readonly slots?: string;
}

/** No file of the node itself. */
const nowhere = { DATA: "/nonexistent", STATE: "/nonexistent", PORT: "6379" };

const nodes: Line[] = [
  { id: A, ip: "10.0.0.1", flags: "master", slots: "0-5460" },
  { id: B, ip: "10.0.0.2", flags: "master", slots: "5461-10922" },
  { id: C, ip: "10.0.0.3", flags: "master", slots: "10923-16383" },
  { id: R, ip: "10.0.0.4", flags: "slave", master: A },
];

/** What one node answers to CLUSTER NODES, in an order of its own. */
function lines(id: string, of: readonly Line[]): string {
  const at = of.findIndex((line) => line.id === id);
  const text = of.map(({ id: node, ip, flags, master = "-", link = "connected", slots = "" }) =>
    `${node} ${ip}:6379@16379 ${node === id ? "myself," : ""}${flags} ${master} 0 1700000000000 3 ${link} ${slots}`.trim(),
  );
  return [...text.slice(at), ...text.slice(0, at)].join("\n");
}

/** What a view has of one node. */
function peer(id: string, of: readonly Line[]): string {
  return `peer ${of.find((line) => line.id === id)?.ip}:6379\n${lines(id, of)}`;
}

function facts(me: string, ...peers: string[]): string[] {
  return agent(["data", "view"], `facts ${me} <(own_file)`, {
    stdin: `${peers.join("\n")}\n`,
    env: nowhere,
  }).stdout.split("\n");
}

function change(id: string, changed: Partial<Line>): Line[] {
  return nodes.map((line) => (line.id === id ? { ...line, ...changed } : line));
}

describeWith(["bash"], "facts of a view", () => {
  test("three masters that agree are a quorum, and say what they see of a replica", () => {
    const found = facts(R, peer(A, nodes), peer(B, nodes), peer(C, nodes));
    expect(found).toEqual(
      expect.arrayContaining(["quorum yes", `seen replica ${A}`, "at 10.0.0.4:6379", "listed all"]),
    );
    expect(found).toContain(`master ${A} 10.0.0.1:6379 16379 0`);
  });

  test("a master whose ping waits while others answer it does not list a node, one that has just asked does", () => {
    const asked = (at: number): string =>
      peer(B, nodes).replace(/(10\.0\.0\.4:6379\S* \S+ \S+) 0 1700000000000/, `$1 ${at} 1699999990000`);
    const lists = (at: number): string | undefined =>
      facts(R, peer(A, nodes), asked(at), peer(C, nodes)).find((line) => line.startsWith("listed"));
    expect(lists(1699999999900)).toBe("listed all");
    expect(lists(1699999995000)).toBe("listed some");
  });

  test("two of three are a quorum, one is not", () => {
    expect(facts(R, peer(A, nodes), peer(B, nodes))).toContain("quorum yes");
    expect(facts(R, peer(A, nodes))).toContain("quorum no");
  });

  test("two masters that disagree on a slot are no quorum of three", () => {
    const other = change(A, { slots: "0-5459" });
    expect(facts(R, peer(A, nodes), peer(B, other))).toContain("quorum no");
  });

  test("a majority outvotes one master with an old view", () => {
    const old = [
      ...change(A, { slots: "" }).filter(({ id }) => id !== R),
      { id: R, ip: "10.0.0.4", flags: "master", slots: "0-5460" },
    ];
    expect(facts(R, peer(A, nodes), peer(B, old), peer(C, nodes))).toEqual(
      expect.arrayContaining(["quorum yes", `seen replica ${A}`]),
    );
  });

  test("a new node that is among its own seeds does not silence the masters, who know nobody of its file", () => {
    const bare = [{ id: S, ip: "10.0.0.5", flags: "master" }];
    const stdin = `${[peer(S, bare), ...[A, B, C].map((id) => peer(id, nodes))].join("\n")}\n`;
    const { stdout } = agent(["view"], `facts ${S} <(echo "$OWN")`, {
      stdin,
      env: { ...nowhere, OWN: lines(S, bare) },
    });
    expect(stdout.split("\n")).toEqual(expect.arrayContaining(["own bare", "quorum yes", "listed none"]));
  });

  test("replicas answer but have no vote", () => {
    expect(facts(S, peer(A, nodes), peer(R, nodes))).toContain("quorum no");
  });

  test("one master that answers under two names has one vote", () => {
    expect(facts(R, peer(A, nodes), peer(A, nodes).replace("10.0.0.1:6379", "redis-a:6379"))).toContain(
      "quorum no",
    );
  });

  test("a node nobody knows is seen as none and listed by none", () => {
    expect(facts(S, peer(A, nodes), peer(B, nodes), peer(C, nodes))).toEqual(
      expect.arrayContaining(["seen none", "listed none"]),
    );
  });

  test("a node that one master holds for failed is listed by some", () => {
    const failed = change(R, { flags: "slave,fail", link: "disconnected" });
    expect(facts(R, peer(A, nodes), peer(B, nodes), peer(C, failed))).toContain("listed some");
  });

  test("nofailover is no failure", () => {
    const quiet = change(R, { flags: "slave,nofailover" });
    expect(facts(R, peer(A, quiet), peer(B, quiet), peer(C, quiet))).toContain("listed all");
  });

  test.each([
    ["nothing", "", "own none"],
    ["a node that never joined", `${R} :0@0 myself,master - 0 0 0 connected`, "own bare"],
    ["a replica", lines(R, nodes), "own replica"],
    ["a master with slots", lines(A, nodes), "own owner"],
  ])("what a node's own file says of it: %s", (_, own, expected) => {
    const stdin = `${[A, B, C].map((id) => peer(id, nodes)).join("\n")}\n`;
    const { stdout } = agent(["view"], `facts ${R} <(echo "$OWN")`, { stdin, env: { ...nowhere, OWN: own } });
    expect(stdout.split("\n")).toEqual(expect.arrayContaining([expected, `seen replica ${A}`, "quorum yes"]));
  });

  test("the master that a node's own file names is where that says, whatever the cluster thinks", () => {
    const stdin = `${[A, B, C].map((id) => peer(id, nodes)).join("\n")}\n`;
    const follows = (own: Line[]): string | undefined =>
      agent(["view"], `facts ${R} <(echo "$OWN")`, { stdin, env: { ...nowhere, OWN: lines(R, own) } })
        .stdout.split("\n")
        .find((fact) => fact.startsWith("follows"));
    expect(follows(nodes)).toBe("follows 10.0.0.1:6379");
    expect(follows(change(R, { master: C }))).toBe("follows 10.0.0.3:6379");
    expect(follows(change(R, { master: S }))).toBe("follows ");
  });

  test("a node in handshake is not known yet", () => {
    const shaking = change(R, { flags: "handshake" });
    expect(facts(R, peer(A, shaking), peer(B, shaking))).toContain("seen none");
  });

  test("a slot on its way to another node changes nobody's owner", () => {
    const moving = change(A, { slots: `0-5460 [100->-${B}]` });
    expect(facts(R, peer(A, moving), peer(B, nodes))).toContain("quorum yes");
  });

  test("the owner of a replica's shard is its master, live or down", () => {
    const found = (all: Line[]): string[] => facts(R, peer(B, all), peer(C, all));
    expect(found(nodes)).toContain(`owner live ${A} 10.0.0.1:6379`);
    expect(found(change(A, { flags: "master,fail", link: "disconnected" }))).toContain(
      `owner down ${A} 10.0.0.1:6379`,
    );
  });

  describe("whose master was failed over while it was away", () => {
    let data: string;
    beforeAll(() => {
      data = mkdtempSync(join(tmpdir(), "facts-"));
      writeFileSync(join(data, "nodes.conf"), `${lines(R, nodes)}\nvars currentEpoch 3 lastVoteEpoch 0\n`);
    });
    afterAll(() => rmSync(data, { recursive: true }));

    /** The cluster in which R is still said to be a replica of A, and S serves A's slots. */
    function owner(a: Partial<Line>, s: Partial<Line> = {}): string[] {
      const all: Line[] = [
        ...change(A, { slots: "", ...a }),
        { id: S, ip: "10.0.0.5", flags: "master", slots: "0-5460", ...s },
      ];
      const stdin = `${peer(B, all)}\n${peer(C, all)}\n`;
      const { stdout } = agent(["data", "view"], `facts ${R} <(own_file)`, {
        stdin,
        env: { ...nowhere, DATA: data },
      });
      return stdout.split("\n").filter((fact) => /^(seen|owner) /.test(fact));
    }
    const failed = { flags: "master,fail", link: "disconnected" };

    test("the owner is the new one, whether the old one is back as its replica or gone", () => {
      const found = [`seen replica ${A}`, `owner live ${S} 10.0.0.5:6379`];
      expect(owner({ flags: "slave", master: S })).toEqual(found);
      expect(owner({ flags: "slave,fail", master: S, link: "disconnected" })).toEqual(found);
      expect(owner(failed)).toEqual(found);
    });

    test("masters of another cluster, at an address that was a seed's once, have no vote beside its own", () => {
      const others: Line[] = ["1", "2", "3"].map((id) => ({
        id: id.repeat(39) + "f",
        ip: `10.0.0.0${id}`,
        flags: "master",
        slots: `${Number(id) * 5000}-${Number(id) * 5000 + 4999}`,
      }));
      const views = others.map(({ id }) => peer(id, others));
      const stdin = `${[...views, peer(B, nodes), peer(C, nodes)].join("\n")}\n`;
      const { stdout } = agent(["data", "view"], `facts ${R} <(own_file)`, {
        stdin,
        env: { ...nowhere, DATA: data },
      });
      expect(stdout.split("\n")).toEqual(
        expect.arrayContaining([`seen replica ${A}`, "listed all", `owner live ${A} 10.0.0.1:6379`]),
      );
    });

    test("the owner is the old one where nobody serves its slots, it follows this node, or it has some left", () => {
      const found = [`seen replica ${A}`, `owner down ${A} 10.0.0.1:6379`];
      expect(owner(failed, { slots: "" })).toEqual(found);
      expect(owner({ flags: "slave", master: R }, { slots: "" })).toEqual(found);
      expect(owner({ ...failed, slots: "0-99" })).toEqual(found);
    });
  });

  test("a node that owns slots has a say of its own: half of the others are enough", () => {
    const four = [
      ...change(A, { slots: "0-100" }),
      { id: S, ip: "10.0.0.5", flags: "master", slots: "101-5460" },
    ];
    expect(facts(S, peer(A, four), peer(B, four))).toContain("quorum yes");
    expect(facts(R, peer(A, four), peer(B, four))).toContain("quorum no");
  });

  test("a live replica of the node is a copy, electable or barred", () => {
    const copies: Line[] = [
      ...nodes,
      { id: S, ip: "10.0.0.5", flags: "slave", master: A },
      { id: "f".repeat(40), ip: "10.0.0.6", flags: "slave,fail", master: A, link: "disconnected" },
    ];
    const barred = copies.map((line) => (line.id === R ? { ...line, flags: "slave,nofailover" } : line));
    const found = facts(A, peer(B, barred), peer(C, barred));
    expect(found).toEqual(
      expect.arrayContaining([`copy ${R} 10.0.0.4:6379 barred`, `copy ${S} 10.0.0.5:6379 electable`]),
    );
    expect(found.filter((fact) => fact.startsWith("copy"))).toHaveLength(2);
  });

  test("a promoted node is seen as an owner, a node without slots as bare", () => {
    const promoted = change(R, { flags: "master", master: "-", slots: "0-5460" }).map((line) =>
      line.id === A ? { ...line, slots: "" } : line,
    );
    expect(facts(R, peer(B, promoted), peer(C, promoted))).toContain("seen owner");
    const bare = change(R, { flags: "master", master: "-" });
    expect(facts(R, peer(B, bare), peer(C, bare))).toContain("seen bare");
  });
});

describeWith(["bash"], "placement", () => {
  function placement(all: Line[], shard = ""): string {
    const view = `${[A, B, C].map((id) => peer(id, all)).join("\n")}\n`;
    return agent(["data", "view"], `facts ${S} <(own_file) | placement`, {
      stdin: view,
      env: { ...nowhere, SHARD: shard },
    }).stdout;
  }

  test("is the master with the fewest replicas, the first by id at a tie", () => {
    expect(placement(nodes)).toBe(B);
    expect(placement([...nodes, { id: "f".repeat(40), ip: "10.0.0.5", flags: "slave", master: B }])).toBe(C);
  });

  test("prefers another subnet at a tie only", () => {
    const facts = `master ${A} 10.0.0.1:6379 16379 1 other\nmaster ${B} 10.0.0.2:6379 16379 0 own`;
    const placed = (stdin: string): string => agent(["view"], "placement", { stdin }).stdout;
    expect(placed(`${facts}\nmaster ${C} 10.0.1.3:6379 16379 0 other\n`)).toBe(C);
    expect(placed(`${facts}\nmaster ${C} 10.0.1.3:6379 16379 1 other\n`)).toBe(B);
  });

  test("of a given shard is its owner, whether a master or a replica was named", () => {
    expect(placement(nodes, "10.0.0.3")).toBe(C);
    expect(placement(nodes, "10.0.0.4")).toBe(A);
    expect(placement(nodes, "10.0.0.9")).toBe("");
  });

  test("of a shard that is given by a DNS name is the owner of the shard of whoever answers there", () => {
    const placed = (id: string): string => {
      const named = peer(id, nodes).replace(/^peer .*/, "peer redis-b.internal:6379");
      const stdin = `${[named, ...[A, B, C].map((each) => peer(each, nodes))].join("\n")}\n`;
      const env = { ...nowhere, SHARD: "redis-b.internal" };
      return agent(["data", "view"], `facts ${S} <(own_file) | placement`, { stdin, env }).stdout;
    };
    expect(placed(C)).toBe(C);
    expect(placed(R)).toBe(A);
  });

  test("of a given shard is that of the node that answers, whoever had its address before", () => {
    const gone = { id: "f".repeat(40), ip: "10.0.0.4", flags: "slave,fail", master: B, link: "disconnected" };
    const stdin = `${[A, B, C, R].map((id) => peer(id, [...nodes, gone])).join("\n")}\n`;
    const env = { ...nowhere, SHARD: "10.0.0.4" };
    expect(agent(["data", "view"], `facts ${S} <(own_file) | placement`, { stdin, env }).stdout).toBe(A);
  });

  test("counts dead replicas, for they come back", () => {
    const dead = { id: "f".repeat(40), ip: "10.0.0.5", flags: "slave,fail", master: B, link: "disconnected" };
    expect(placement([...nodes, dead])).toBe(C);
  });

  test("does not count the node that asks", () => {
    expect(placement([...nodes, { id: S, ip: "10.0.0.6", flags: "slave", master: B }])).toBe(B);
  });
});
