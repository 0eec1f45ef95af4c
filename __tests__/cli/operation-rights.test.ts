import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CertificateAuthority } from "../../rehearsal/certificate-authority";
import { until } from "../../rehearsal/wait";
import { file, ROOT, temporaryFolder } from "../support/folder";
import { describeWith } from "../support/needs";
import { Operated } from "../support/operated";
import { type Ended, run } from "./run";

jest.setTimeout(120_000);

/** The lines of rights in docs/operations.md: to look, to hand over, to forget, and to write. */
const [LOOK, HAND_OVER, FORGET, WRITE] = /^\+info.*\n\+cluster\|failover\n.*\n.*$/m
  .exec(readFileSync(join(ROOT, "docs/operations.md"), "utf8"))![0]
  .split("\n") as [string, string, string, string];

describeWith(["redis-server"], "a user with the documented rights, over TLS", () => {
  const folder = temporaryFolder();
  let operated: Operated;
  let options: string[];

  beforeAll(async () => {
    const authority = await CertificateAuthority.create();
    const { certificate, key } = await authority.issue("redis.internal");
    const tls = {
      ca: file(folder, "ca.pem", authority.certificate),
      certificate: file(folder, "redis.pem", certificate),
      key: file(folder, "redis.key", key),
    };
    options = ["--cacert", tls.ca, "--cert", tls.certificate, "--key", tls.key];
    const source = { file: "/etc/redis/given" };
    operated = await Operated.start({
      ...{ masters: 3, count: 6, login: { user: "replica", password: "agents", tls } },
      config: {
        auth: { username: "replica", password: source, aclFile: source },
        tls: { ca: source, certificate: source, key: source },
      },
      directives: [
        "cluster-node-timeout 15000",
        ...[`tls-ca-cert-file ${tls.ca}`, `tls-cert-file ${tls.certificate}`, `tls-key-file ${tls.key}`],
        ...["tls-replication yes", "tls-cluster yes", "masteruser replica", "masterauth agents"],
        ...["user default off", "user replica on >agents ~* &* +@all"],
        // A server that starts again has its users from here.
        `user operator on >operators ${[LOOK, HAND_OVER, FORGET, WRITE].join(" ")}`,
      ],
    });
  }, 120_000);
  afterAll(() => operated?.close());
  beforeEach(() => {
    process.env["REDISCLI_AUTH"] = "operators";
  });
  afterEach(() => {
    delete process.env["REDISCLI_AUTH"];
  });

  const first = () => operated.stateful[0]!;

  async function promote(): Promise<void> {
    const node = operated.fleet.node(first().id);
    await node.run("CLUSTER", "FAILOVER");
    await until("it owns slots", { timeout: 10_000 }, async () => {
      return (await operated.cluster.look()).owners.some(({ id }) => id === node.id);
    });
    await operated.healthy();
  }

  /** Runs a command as a user with these rights only. */
  async function as(rights: readonly string[], ...argv: readonly string[]): Promise<Ended> {
    const rules = rights.flatMap((line) => line.split(" "));
    for (const { run: ask } of operated.real.nodes)
      await ask("ACL", "SETUSER", "operator", "reset", "on", ">operators", ...rules);
    const [command = "", ...rest] = argv;
    return run("-c", operated.config, command, ...rest, "--yes", "--user", "operator", ...options);
  }

  test("an owner of slots is refused without the right to hand over, and nothing is recycled", async () => {
    await promote();
    const ended = await as([LOOK], "roll", "--settle", "0", "--only", first().id);
    expect(ended).toMatchObject({ exit: 1, stdout: "" });
    expect(ended.stderr).toMatch(/CLUSTER FAILOVER at .* did not complete: .*NOPERM/);
    expect(operated.api.requests.filter(({ path }) => path.includes("/recycle"))).toEqual([]);
  });

  test("it hands over with that right when the roll is continued, and is recycled", async () => {
    const ended = await as([LOOK, HAND_OVER], "roll", "--settle", "0");
    expect(ended).toMatchObject({ exit: 0, stderr: expect.stringContaining("hands its slots over to") });
  });

  test("a drill is refused without the right to write, and measures with it", async () => {
    operated.api.clearRequests();
    await operated.healthy();
    const refused = await as([LOOK], "drill", "--only", first().id);
    expect(refused).toMatchObject({ exit: 1, stdout: "" });
    expect(refused.stderr).toContain("NOPERM");
    expect(operated.api.requests.filter(({ path }) => path.includes("/recycle"))).toEqual([]);
    const ended = await as([LOOK, WRITE], "drill", "--only", first().id);
    expect(ended).toMatchObject({ exit: 0, stdout: expect.stringContaining("Lost: 0 on the owner") });
  });

  test("a replica is retired with the right to forget", async () => {
    await operated.healthy();
    operated.api.clearRequests();
    const refused = await as([LOOK], "retire", first().id, "--no-wait");
    expect(refused).toMatchObject({ exit: 1, stdout: "" });
    expect(refused.stderr).toMatch(/CLUSTER FORGET is refused, and nothing was changed: .*NOPERM/);
    expect(operated.api.requests.filter(({ method }) => method !== "GET")).toEqual([]);
    const ended = await as([LOOK, FORGET], "retire", first().id, "--no-wait");
    expect(ended).toMatchObject({ exit: 0, stdout: expect.stringContaining("1 of 1 nodes left") });
  });
});
