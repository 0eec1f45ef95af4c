import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "../../support/needs";
import { agent } from "../../support/shell";

const ME = "d".repeat(40);
const A = "a".repeat(40);
const B = "b".repeat(40);
const left = 1_700_000_000_000;
const file = `${ME} 10.0.0.4:6379@16379 myself,master - 0 0 5 connected 0-5460\nvars currentEpoch 5 lastVoteEpoch 0\n`;

describeWith(["bash"], "the freshness proof", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "proof-"));
    mkdirSync(join(root, "data"));
    writeFileSync(join(root, "data/nodes.conf"), file);
    writeFileSync(join(root, "data/dump.rdb"), "REDIS0010 and then some");
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  function proven(change: {
    receipt?: string;
    node?: string;
    owners?: number;
    pongs?: Record<string, number>;
    peers?: string[];
  }): string {
    const { node = ME, owners = 3, pongs = { [A]: left - 900, [B]: left - 200 }, peers = [A, B] } = change;
    const env = { DATA: join(root, "data"), STATE: root };
    const { stdout: mark } = agent(["data"], "rdb_mark", { env });
    const receipt = [`node ${node}`, `rdb ${mark}`, ...peers.map((id) => `peer ${id} ${left}`)].join("\n");
    writeFileSync(join(root, "receipt"), change.receipt ?? `${receipt}\n`);
    const facts = [`owners ${owners}`, ...Object.entries(pongs).map(([id, ms]) => `pong ${id} ${ms}`)].join(
      "\n",
    );
    return agent(["report", "data", "proof"], `proven ${ME} "$(cat)"`, {
      env: { ...env, RUN: root },
      stdin: facts,
    }).stdout;
  }

  test("holds when no master has heard from the node since it ended", () => {
    expect(proven({})).toBe("yes");
  });

  test("lets a message lie in a socket for half a second", () => {
    expect(proven({ pongs: { [A]: left + 400, [B]: left } })).toBe("yes");
  });

  test("fails when one master has heard from it later: there was another life", () => {
    expect(proven({ pongs: { [A]: left - 900, [B]: left + 501 } })).toBe("no");
  });

  test("fails when fewer than half of the owners have a say", () => {
    expect(proven({ peers: [A] })).toBe("no");
    expect(proven({ peers: [A], owners: 2 })).toBe("yes");
    expect(proven({ owners: 5 })).toBe("no");
  });

  test("fails for another node's receipt, an empty one, and none", () => {
    expect(proven({ node: A })).toBe("no");
    expect(proven({ receipt: "" })).toBe("no");
  });

  test("fails when the RDB is not the one that was attested", () => {
    const receipt = `node ${ME}\nrdb 23 0000000000000000\npeer ${A} ${left}\npeer ${B} ${left}\n`;
    expect(proven({ receipt })).toBe("no");
  });

  test("fails when nodes.conf is not whole", () => {
    writeFileSync(join(root, "data/nodes.conf"), file.slice(0, 50));
    expect(proven({})).toBe("no");
  });

  test("a receipt is used once", () => {
    proven({});
    agent(["report", "proof"], "consume_receipt", { env: { STATE: root, RUN: root } });
    expect(
      agent(["report", "data", "proof"], `proven ${ME} ""`, {
        env: { DATA: join(root, "data"), STATE: root, RUN: root },
      }).stdout,
    ).toBe("no");
  });
});
