import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "../../support/needs";
import { agent } from "../../support/shell";

const A = "a".repeat(40);
const B = "b".repeat(40);
const nodes = [
  `${A} 10.0.0.1:6379@16379,redis-a master - 0 0 1 connected 0-8191`,
  `${B} 10.0.0.2:6379@16379 myself,master - 0 0 2 connected 8192-16383`,
  `${"c".repeat(40)} 10.0.0.3:6379@16379 slave ${A} 0 0 1 connected`,
  `${"d".repeat(40)} 10.0.0.4:6379@16379 master - 0 0 0 connected`,
  `${"e".repeat(40)} :0@0 master,noaddr - 0 0 0 disconnected 5`,
].join("\n");

describeWith(["bash"], "seeds", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "view-"));
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const env = (): Record<string, string> => ({
    MASTERS: "10.0.0.1 redis-b",
    PORT: "6380",
    STATE: root,
    DATA: root,
    OPT: root,
  });

  test("are the masters of the settings at the settings' port", () => {
    expect(agent(["view"], "seeds", { env: env() }).stdout.split("\n")).toEqual([
      "10.0.0.1:6380",
      "redis-b:6380",
    ]);
  });

  test("and the node whose shard the settings name", () => {
    const script = "seeds | tail -n 1";
    const { stdout } = agent(["view"], script, { env: { ...env(), SHARD: "redis-c.internal" } });
    expect(stdout).toBe("redis-c.internal:6380");
  });

  test("and those met before, and those in nodes.conf, but for this node and those without slots or address", () => {
    writeFileSync(join(root, "seeds"), "10.0.0.9:6379\n");
    writeFileSync(join(root, "nodes.conf"), `${nodes}\nvars currentEpoch 2 lastVoteEpoch 0\n`);
    expect(agent(["view"], "seeds", { env: env() }).stdout.split("\n").slice(2)).toEqual([
      "10.0.0.9:6379",
      "10.0.0.1:6379",
    ]);
  });

  test("a view asks every seed once, follows the masters they name, and leaves out who does not answer", () => {
    mkdirSync(join(root, "bin"));
    const cli = join(root, "bin/redis-cli");
    // Answers for 10.0.0.1 and 10.0.0.2 only; the latter is known from the former's answer.
    const script = `#!/bin/sh
echo "$2:$4" >> "${root}/asked"
case $2 in 10.0.0.1|10.0.0.2) cat "${root}/$2" ;; 10.0.0.8) echo "LOADING Redis is loading" ;; *) exit 1 ;; esac
`;
    writeFileSync(cli, script);
    chmodSync(cli, 0o755);
    const first = nodes.replace("myself,", "").replace("redis-a master", "redis-a myself,master");
    writeFileSync(join(root, "10.0.0.1"), `${first}\n`);
    writeFileSync(join(root, "10.0.0.2"), nodes);
    const { stdout } = agent(["view"], "view", {
      env: { ...env(), MASTERS: "10.0.0.1 10.0.0.7 10.0.0.8", PORT: "6379" },
    });
    expect(stdout).toBe(`peer 10.0.0.1:6379\n${first}\npeer 10.0.0.2:6379\n${nodes}`);
    const asked = agent([], `sort "${root}/asked"`).stdout.split("\n");
    expect(asked).toEqual(["10.0.0.1:6379", "10.0.0.2:6379", "10.0.0.7:6379", "10.0.0.8:6379"]);
  });
});

describeWith(["bash"], "id_at", () => {
  const at = (address: string, view: string): string =>
    agent(["view"], `id_at ${address}`, { stdin: view }).stdout;
  const view = `peer 10.0.0.1:6379\n${nodes}\npeer 10.0.0.2:6379\n${nodes}\n`;

  test("is the node that every peer has at an address", () => {
    expect(at("10.0.0.3:6379", view)).toBe("c".repeat(40));
    expect(at("10.0.0.3:637", view)).toBe("");
    expect(at("10.0.0.9:6379", view)).toBe("");
  });

  test("is nobody where peers disagree, and no handshake", () => {
    const other = `${"f".repeat(40)} 10.0.0.3:6379@16379 slave,fail ${A} 0 0 1 disconnected\n`;
    expect(at("10.0.0.3:6379", view + other)).toBe("");
    expect(at("10.0.0.3:6379", view + other.replace("slave,fail", "handshake"))).toBe("c".repeat(40));
  });
});

describeWith(["bash"], "fact", () => {
  test("reads one value of INFO, without its carriage return", () => {
    const stdin = "# Replication\r\nrole:slave\r\nmaster_link_status:up\r\n";
    expect(agent(["view"], "fact master_link_status", { stdin }).stdout).toBe("up");
    expect(agent(["view"], "fact nothing", { stdin }).stdout).toBe("");
  });

  test("reads one fact, with all of its words", () => {
    const stdin = "quorum yes\npeer 10.0.0.1:6379\nowner live abc 10.0.0.1:6379\n";
    expect(agent(["view"], "fact owner", { stdin }).stdout).toBe("live abc 10.0.0.1:6379");
    expect(agent(["view"], "fact peer", { stdin }).stdout).toBe("10.0.0.1:6379");
  });
});

describeWith(["bash"], "subnets", () => {
  test("says of each master whether a gateway stands between, and leaves other facts alone", () => {
    const script = `ip() { [[ $4 == 10.0.0.* ]] && echo "$4 dev eth0 src 10.0.0.9" || echo "$4 via 10.0.0.1 dev eth0"; }
      subnets`;
    const stdin =
      "quorum yes\nmaster a 10.0.0.1:6379 16379 0\nmaster b 10.0.1.1:6379 16379 2\nowner live a 10.0.0.1:6379\n";
    expect(
      agent(["view"], script, { stdin })
        .stdout.split("\n")
        .map((line) => line.trimEnd()),
    ).toEqual([
      "quorum yes",
      "master a 10.0.0.1:6379 16379 0 own",
      "master b 10.0.1.1:6379 16379 2 other",
      "owner live a 10.0.0.1:6379",
    ]);
  });
});
