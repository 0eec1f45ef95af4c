import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "../../support/needs";
import { agent } from "../../support/shell";

const ME = "d".repeat(40);
const A = "a".repeat(40);
const B = "b".repeat(40);

describeWith(["bash"], "healthy", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "join-"));
    for (const folder of ["run", "state", "data"]) mkdirSync(join(root, folder));
    writeFileSync(join(root, "data/nodes.conf"), "");
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** A and B list this node; it has B's line in its own CLUSTER NODES. */
  function look(ofB: string): [code: number | null, state: string] {
    const facts = `seen replica ${A}\npong ${A} 1700\npong ${B} 1700\nmaster ${A} 10.0.0.1:6379 16379 1`;
    const nodes = [
      `${ME} 10.0.0.4:6379@16379 myself,slave ${A} 0 0 1 connected`,
      `${A} 10.0.0.1:6379@16379 master - 0 1700 1 connected 0-8191`,
      `${B} 10.0.0.2:6379@16379 ${ofB} connected 8192-16383`,
      `${"c".repeat(40)} 10.0.0.3:6379@16379 master,fail - 0 0 1 disconnected`,
    ].join("\n");
    const script = `ask() { true; }\nhealthy here ${ME} '${facts}' '${nodes}'`;
    const folders = {
      RUN: `${root}/run`,
      STATE: `${root}/state`,
      DATA: `${root}/data`,
      VIEW: `${root}/run/view`,
      ETC: root,
    };
    const { code } = agent(["report", "view", "join"], script, { env: { ...folders, FAILOVER: "never" } });
    return [code, readFileSync(join(root, "run/state"), "utf8").trim()];
  }

  test("is in sync where every master that answers has answered on the bus, too", () => {
    expect(look("master - 0 1700 2")).toEqual([
      0,
      `in sync: ${ME} is a replica ${A}, listed by every master`,
    ]);
    expect(existsSync(join(root, "state/nodes.conf"))).toBe(true);
  });

  test("is in sync where one may not be elected, should it become a replica", () => {
    expect(look("master,nofailover - 0 1700 2")[0]).toBe(0);
  });

  test.each([
    ["has never answered there", "master - 1600 0 2"],
    ["is held for failed", "master,fail? - 1600 1700 2"],
  ])("waits where one %s", (_name, ofB) => {
    expect(look(ofB)).toEqual([10, "waiting: the bus port of a master does not answer"]);
    expect(existsSync(join(root, "state/nodes.conf"))).toBe(false);
  });
});

describeWith(["bash"], "synced", () => {
  const info =
    "role:slave\r\nslave_read_repl_offset:900\r\nslave_repl_offset:700\r\nmaster_repl_offset:700\r\n";
  const synced = (offset: string, of = info): string =>
    agent(["prepare", "join"], `yes_if synced "$INFO" "${offset}"`, { env: { INFO: of } }).stdout;

  test("is a replica that has applied what its master had written", () => {
    expect(synced("700")).toBe("yes");
    expect(synced("699")).toBe("yes");
    expect(synced("701")).toBe("no");
  });

  test("is none whose master does not answer, and no master", () => {
    expect(synced("")).toBe("no");
    expect(synced("700", "role:master\r\nmaster_repl_offset:900\r\n")).toBe("no");
    expect(synced("700", "")).toBe("no");
  });
});

describeWith(["bash"], "placing a replica", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "place-"));
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const masters = Array.from({ length: 9 }, (_, index) => {
    const id = String(index + 1).repeat(40);
    return { id, ip: `10.0.0.${index + 1}`, slots: `${index * 100}-${index * 100 + 99}` };
  });
  const bare = `${ME} 10.0.0.50:6379@16379 myself,master - 0 0 0 connected`;

  /** What each master says, after what a seed without slots says; this node is known to all. */
  function view(): string {
    const said = masters.map(({ id: self, ip }) =>
      [
        `peer ${ip}:6379`,
        ...masters.map(({ id, ip: at, slots }) => {
          const flags = id === self ? "myself,master" : "master";
          return `${id} ${at}:6379@16379 ${flags} - 0 1700000000000 1 connected ${slots}`;
        }),
        `${ME} 10.0.0.50:6379@16379 master - 0 1700000000000 0 connected`,
      ].join("\n"),
    );
    return `${[`peer 10.0.0.60:6379\n${bare.replace(ME, "e".repeat(40))}`, ...said].join("\n")}\n`;
  }

  function asked(script: string, shard = ""): { code: number | null; asked: string[] } {
    const env = {
      ...{ RUN: root, STATE: root, DATA: root, ETC: root, VIEW: join(root, "view"), SHARD: shard },
      ...{ SAID: view(), NODES: bare, PORT: "6379" },
    };
    const stubs = `
      ask() { echo "$*" >>"$RUN/asked"; case "$*" in *get*|*info*) ;; *) echo OK ;; esac; }
      view() { printf %s "$SAID"; }
      known_to_all() { true; }
      ip() { echo "$4 via 10.0.0.254 dev eth0"; }`;
    const { code } = agent(["report", "view", "data", "join"], `${stubs}\n${script}`, { env });
    return { code, asked: readFileSync(join(root, "asked"), "utf8").trim().split("\n") };
  }

  test.each([
    ["the first by id at a tie", "", "1".repeat(40)],
    ["the one of its shard, which stands among many", "10.0.0.2", "2".repeat(40)],
  ])("takes %s", (_, shard, expected) => {
    const { code, asked: questions } = asked(`view >"$VIEW"; replicate 127.0.0.1:6379 ${ME} "$NODES"`, shard);
    expect(code).toBe(10);
    expect(questions.filter((each) => each.includes("replicate"))).toEqual([
      `127.0.0.1:6379 cluster replicate ${expected}`,
    ]);
  });

  test("asks a master with slots for the lock, for another would only say that the cluster is down", () => {
    const { asked: questions } = asked(`view >"$VIEW"; lock ${ME}`);
    expect(questions[0]).toMatch(/^10\.0\.0\.1:6379 -c set \{redis-replica\}:placement /);
  });
});
