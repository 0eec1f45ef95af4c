import { createHash } from "node:crypto";
import { stringify } from "yaml";
import { EXAMPLE_GROUP } from "./live";
import { run as cli, json, type Ended } from "./run";
import { CertificateAuthority } from "../../rehearsal/certificate-authority";
import { freePort } from "../../rehearsal/free-port";
import { PaperFleet } from "../../rehearsal/spot-api/paper-fleet";
import { SpotApi } from "../../rehearsal/spot-api/spot-api";
import { example } from "../config/example";
import { file, temporaryFolder } from "../support/folder";
import { groupBody } from "../rehearsal/spot-api/fixtures";
import { LoopbackCluster } from "../support/loopback-cluster";
import { describeWith } from "../support/needs";

const folder = temporaryFolder();
const HEALTHY = ["save 3600 1", "maxmemory 1gb", "cluster-require-full-coverage no"];
const SECRET = "correct-horse-battery";
const variables = ["REDISCLI_AUTH", "SPOTINST_TOKEN", "SPOTINST_ACCOUNT", "SPOTINST_CREDENTIALS_FILE"];
const environment = { ...process.env };

beforeEach(() => {
  for (const name of variables) delete process.env[name];
  // No file of the machine that runs this.
  process.env["SPOTINST_CREDENTIALS_FILE"] = `${folder}/none`;
});
afterAll(() => Object.assign(process.env, environment));

/** A config that fits a healthy cluster on loopback. */
function config(name: string, masters: readonly unknown[], changes: Record<string, unknown> = {}): string {
  const data = example({
    ...{ masters, replicas: 3, redis: { install: "image", maxMemory: "1gb" }, ...changes },
  });
  return file(folder, `${name}.yaml`, stringify(data));
}

async function check(path: string, ...argv: string[]): Promise<Ended> {
  const ended = await cli("check", "-c", path, ...argv);
  expect(`${ended.stdout}${ended.stderr}`).not.toMatch(/\n\s+at |secret|correct-horse/);
  return ended;
}

interface Checked {
  readonly findings: readonly { rule: string; severity: string; message: string; commands: string[] }[];
  readonly not_checked: readonly { reason: string; severity: string; rules: string[] }[];
  readonly rules: Readonly<Record<string, string>>;
}

function checked(ended: Ended): Checked {
  return (json(ended) as { clusters: Checked[] }).clusters[0]!;
}

describeWith(["redis-server"], "check", () => {
  describe("of a cluster without a password and TLS", () => {
    let real: LoopbackCluster;
    let path: string;
    beforeAll(async () => {
      real = await LoopbackCluster.start({ masters: 3, replicas: 1, directives: HEALTHY });
      path = config("plain", real.seeds);
    }, 90_000);
    afterAll(() => real?.close());

    test("a good cluster has no finding, and exits with 0", async () => {
      const ended = await check(path, "--json");
      expect({ exit: ended.exit, stderr: ended.stderr }).toEqual({ exit: 0, stderr: "" });
      const { findings, not_checked: notChecked, rules } = checked(ended);
      expect(findings).toEqual([]);
      expect(notChecked.filter(({ severity }) => severity !== "note")).toEqual([]);
      expect(rules).toMatchObject({ "unreachable-node": "passed", "missing-masterauth": "not_applicable" });
    });

    test("the text names the file, the cluster, and what could not be checked", async () => {
      const { exit, stdout } = await check(path);
      expect(exit).toBe(0);
      expect(stdout).toContain(`redis-replicas (${path})`);
      expect(stdout).toContain("masters   3, Redis ");
      expect(stdout).toContain("Findings: 0 errors, 0 warnings, 0 notes");
      expect(stdout).toContain("note: no credentials of Spot; set SPOTINST_TOKEN and SPOTINST_ACCOUNT");
    });

    test("a finding has its place in the file and commands, and exits with 2", async () => {
      const { run, port } = real.masters[0]!;
      await run("CONFIG", "SET", "repl-backlog-ttl", "60");
      try {
        const { exit, stdout } = await check(path);
        expect(exit).toBe(2);
        expect(stdout).toMatch(new RegExp(`  warning short-backlog-ttl {2}${path}:\\d+\n`));
        expect(stdout).toContain(
          `      redis-cli -h 127.0.0.1 -p ${port} CONFIG SET repl-backlog-ttl 3600\n`,
        );
        const { diagnostics } = json(await check(path, "--json")) as { diagnostics: object[] };
        expect(diagnostics).toEqual([
          expect.objectContaining({ severity: "warning", rule: "short-backlog-ttl" }),
        ]);
      } finally {
        await run("CONFIG", "SET", "repl-backlog-ttl", "3600");
      }
    });

    test("a config with TLS is refused by servers without it, in one line for each master", async () => {
      const ca = await CertificateAuthority.create();
      const pem = file(folder, "other-ca.pem", ca.certificate);
      const { exit, stdout, stderr } = await check(path, "--cacert", pem);
      expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
      const lines = stderr.trimEnd().split("\n");
      expect(lines).toHaveLength(3);
      for (const line of lines)
        expect(line).toMatch(
          /\.yaml: no answer from 127\.0\.0\.1:\d+: TLS handshake: no answer within 3000 ms; the server may not use TLS$/,
        );
    });

    test("where no master listens, each one's reason is a line, and it exits with 1", async () => {
      const ports = [await freePort(), await freePort()];
      const dead = config(
        "dead",
        ports.map((port) => `127.0.0.1:${port}`),
      );
      const { exit, stdout, stderr } = await check(dead);
      expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
      expect(stderr.trimEnd().split("\n")).toEqual(
        ports.map((port) =>
          expect.stringContaining(`no answer from 127.0.0.1:${port}: connect ECONNREFUSED`),
        ),
      );
      expect(json(await check(dead, "--json"))).toMatchObject({ valid: false, error_count: 2 });
    });

    describe("with groups in Spot", () => {
      let api: SpotApi;
      beforeAll(async () => {
        api = await SpotApi.start({ fleet: new PaperFleet() });
      });
      afterAll(() => api?.close());
      beforeEach(() => {
        process.env["SPOTINST_API_URL"] = api.url;
        process.env["SPOTINST_TOKEN"] = "rehearsal-token";
        process.env["SPOTINST_ACCOUNT"] = "act-00000001";
      });
      afterEach(() => delete process.env["SPOTINST_API_URL"]);

      const create = (change = {}) =>
        fetch(`${api.url}/aws/ec2/group?accountId=act-00000001`, {
          method: "POST",
          headers: { authorization: "Bearer rehearsal-token", "content-type": "application/json" },
          body: JSON.stringify(groupBody({ ...EXAMPLE_GROUP, ...change })),
        });
      const spotConfig = () => config("spot", real.seeds);

      test("a rejected token is one error", async () => {
        process.env["SPOTINST_TOKEN"] = "secret-wrong";
        const ended = await check(spotConfig(), "--json");
        expect(ended.exit).toBe(2);
        expect(checked(ended).findings).toEqual([
          expect.objectContaining({ rule: "rejected-credentials", severity: "error" }),
        ]);
      });

      test("no group is a note, one that fits is fine, and a second one is an error", async () => {
        const path = spotConfig();
        const before = await check(path, "--json");
        expect(before.exit).toBe(0);
        expect(checked(before).findings.map(({ rule }) => rule)).toEqual(["missing-group"]);
        expect((await create()).status).toBe(200);
        const one = await check(path, "--json");
        expect(checked(one).findings).toEqual([]);
        expect(one.exit).toBe(0);
        await create({ capacity: { minimum: 2, maximum: 2, target: 2 } });
        const two = await check(path, "--json");
        expect(two.exit).toBe(2);
        expect(checked(two).findings.map(({ rule }) => rule)).toEqual(["duplicate-group", "group-drift"]);
      }, 60_000);

      test("an API that does not answer is not a finding", async () => {
        process.env["SPOTINST_API_URL"] = `http://127.0.0.1:${await freePort()}`;
        const ended = await check(spotConfig(), "--json");
        expect(ended.exit).toBe(2);
        expect(checked(ended).findings).toEqual([]);
        expect(checked(ended).rules).toMatchObject({ "group-drift": "not_checked" });
      }, 30_000);
    });

    test("a master that hangs is one finding, and the run takes less than 20 seconds", async () => {
      const hung = real.masters[1]!;
      const start = performance.now();
      real.pause(hung, true);
      try {
        const ended = await check(path, "--json");
        expect(performance.now() - start).toBeLessThan(20_000);
        expect(ended.exit).toBe(2);
        const unreachable = checked(ended).findings.filter(({ rule }) => rule === "unreachable-node");
        expect(unreachable.map(({ message }) => message)).toEqual([
          expect.stringMatching(
            new RegExp(
              `^No answer from 127.0.0.1:${hung.port}: (INFO|connecting): no answer within 3000 ms\\.`,
            ),
          ),
        ]);
      } finally {
        real.pause(hung, false);
      }
    }, 40_000);

    test("a master that is dead is one error", async () => {
      const dead = real.masters[2]!;
      await real.end(dead);
      const ended = await check(path, "--json");
      expect(ended.exit).toBe(2);
      const unreachable = checked(ended).findings.filter(({ rule }) => rule === "unreachable-node");
      expect(unreachable.map(({ severity, message }) => [severity, message])).toEqual([
        ["error", expect.stringContaining(`127.0.0.1:${dead.port}: connect ECONNREFUSED`)],
      ]);
    }, 40_000);
  });

  describe("of a cluster with users and TLS", () => {
    let real: LoopbackCluster;
    let path: string;
    let files: Record<"ca" | "certificate" | "key", string>;
    const source = { file: "/etc/redis/given" };
    beforeAll(async () => {
      const authority = await CertificateAuthority.create();
      const { certificate, key } = await authority.issue("redis.internal");
      files = {
        ca: file(folder, "ca.pem", authority.certificate),
        certificate: file(folder, "redis.pem", certificate),
        key: file(folder, "redis.key", key),
      };
      const hash = createHash("sha256").update(SECRET).digest("hex");
      const acl = file(folder, "users.acl", `user default off\nuser replica on #${hash} ~* &* +@all\n`);
      real = await LoopbackCluster.start({
        ...{ masters: 3, replicas: 1, login: { user: "replica", password: SECRET, tls: files } },
        directives: [
          ...HEALTHY,
          ...[`tls-ca-cert-file ${files.ca}`, `tls-cert-file ${files.certificate}`],
          ...[`tls-key-file ${files.key}`, "tls-replication yes", "tls-cluster yes"],
          ...[`aclfile ${acl}`, "masteruser replica", `masterauth ${SECRET}`],
        ],
      });
      path = config("secured", real.seeds, {
        auth: { username: "replica", password: source, aclFile: source },
        tls: { ca: source, certificate: source, key: source },
      });
    }, 90_000);
    afterAll(() => real?.close());
    beforeEach(() => (process.env["REDISCLI_AUTH"] = SECRET));
    const options = () => ["--cacert", files.ca, "--cert", files.certificate, "--key", files.key];

    test("a good cluster has no finding, and exits with 0", async () => {
      const ended = await check(path, "--json", ...options());
      const { findings, not_checked: notChecked, rules } = checked(ended);
      expect(findings).toEqual([]);
      expect(notChecked.filter(({ severity }) => severity !== "note")).toEqual([]);
      expect(rules).toMatchObject({ "expiring-certificate": "passed", "missing-right": "passed" });
      expect(ended.exit).toBe(0);
    }, 30_000);

    test("commands have the options that reach the cluster, and no password", async () => {
      await real.masters[0]!.run("CONFIG", "SET", "tls-auth-clients", "no");
      const ended = await check(path, "--json", ...options());
      await real.masters[0]!.run("CONFIG", "SET", "tls-auth-clients", "yes");
      expect(checked(ended).findings).toEqual([
        expect.objectContaining({
          ...{ rule: "tls-mismatch", severity: "warning" },
          commands: expect.arrayContaining([
            `redis-cli -h 127.0.0.1 -p ${real.masters[0]!.port} --user replica --tls --cacert ${files.ca} --cert ${files.certificate} --key ${files.key} CONFIG SET tls-auth-clients yes`,
          ]) as unknown,
        }),
      ]);
    }, 30_000);

    test("a certificate that has expired at one master is found", async () => {
      const authority = await CertificateAuthority.create();
      const { certificate, key } = await authority.issue("old.internal", {
        expires: new Date(Date.now() - 86_400_000),
      });
      const { run, port } = real.masters[0]!;
      const [cert, keyFile] = [file(folder, "old.pem", certificate), file(folder, "old.key", key)];
      await run("CONFIG", "SET", "tls-cert-file", cert, "tls-key-file", keyFile);
      try {
        const ended = await check(path, "--json", ...options());
        const messages = checked(ended).findings.map(({ rule, message }) => `${rule}: ${message}`);
        expect(messages.join("\n")).toContain(
          `expiring-certificate: The certificate "old.internal" of 127.0.0.1:${port} has expired at`,
        );
        expect(messages.join("\n")).toMatch(/unreachable-node: No answer from .*: TLS handshake failed: /);
      } finally {
        await run("CONFIG", "SET", "tls-cert-file", files.certificate, "tls-key-file", files.key);
      }
    }, 30_000);

    test("a wrong password is one line for each master", async () => {
      process.env["REDISCLI_AUTH"] = "correct-horse-wrong";
      const { exit, stdout, stderr } = await check(path, ...options());
      expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
      expect(stderr.trimEnd().split("\n")).toEqual(
        real.seeds.map((seed) => expect.stringContaining(`no answer from ${seed}: WRONGPASS`)),
      );
    });

    test("without TLS here, the line names it", async () => {
      const plain = config("no-tls", real.seeds, {
        auth: { username: "replica", password: source, aclFile: source },
      });
      const { exit, stderr } = await check(plain);
      expect(exit).toBe(1);
      expect(stderr.trimEnd().split("\n")).toEqual(
        real.seeds.map((seed) =>
          expect.stringContaining(
            `no answer from ${seed}: the server closed the connection; it may expect TLS`,
          ),
        ),
      );
    });

    test("without a password here, the line names where it is read", async () => {
      delete process.env["REDISCLI_AUTH"];
      const { exit, stderr } = await check(path, ...options());
      expect(exit).toBe(1);
      expect(stderr).toContain("no password of the user replica; set REDISCLI_AUTH");
    });
  });
});

test("the help lists how the cluster is reached", async () => {
  const { exit, stdout } = await cli("check", "--help");
  expect(exit).toBe(0);
  for (const option of ["--masters", "--user", "--password-file", "--cacert", "--cert", "--key"])
    expect(stdout).toContain(option);
});
