import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aclFile } from "../../rehearsal/acl-file";
import { CertificateAuthority } from "../../rehearsal/certificate-authority";
import { Connection } from "../../cluster/connection";
import { freePort } from "../../rehearsal/free-port";
import { type Login } from "../../cluster/login";
import { cliLogin } from "../../rehearsal/login";
import { RedisNode } from "../../rehearsal/redis-node";
import { must } from "../../rehearsal/run";
import { until } from "../../rehearsal/wait";
import { describeWith } from "../support/needs";

describe("cliLogin", () => {
  test("adds nothing without a login", () => {
    expect(cliLogin({})).toEqual({ options: [], env: process.env });
  });

  test("keeps the password out of the command line", () => {
    const { options, env } = cliLogin({ user: "operator", password: "needle" });
    expect(options).toEqual(["--user", "operator"]);
    expect(env["REDISCLI_AUTH"]).toBe("needle");
  });
});

describeWith(["redis-server"], "a server with access control lists and TLS", () => {
  const passwords = { operator: "one", application: "two", agent: "three" };
  let directory: string;
  let server: ChildProcess;
  let port: number;
  let login: Login & { readonly tls: NonNullable<Login["tls"]> };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "login-"));
    const path = (name: string): string => join(directory, name);
    const authority = await CertificateAuthority.create();
    const { certificate, key } = await authority.issue("server");
    const version = /v=(\S+)/.exec(await must(["redis-server", "--version"]))?.[1] ?? "";
    const acl = aclFile({ passwords, version, isReplica: true });
    const files = { ca: authority.certificate, certificate, key, acl };
    for (const [name, text] of Object.entries(files)) writeFileSync(path(name), text);
    port = await freePort();
    const directives = [
      ...[
        "port 0",
        `tls-port ${port}`,
        "bind 127.0.0.1",
        `dir ${directory}`,
        "save ''",
        "tls-auth-clients yes",
      ],
      ...[`tls-ca-cert-file ${path("ca")}`, `tls-cert-file ${path("certificate")}`],
      ...[`tls-key-file ${path("key")}`, `aclfile ${path("acl")}`],
    ];
    writeFileSync(path("redis.conf"), directives.map((line) => `${line}\n`).join(""));
    server = spawn("redis-server", [path("redis.conf")], { stdio: "ignore" });
    const tls = { ca: path("ca"), certificate: path("certificate"), key: path("key") };
    login = { user: "operator", password: passwords.operator, tls };
    await until("the server answers", { timeout: 20_000 }, () => node().answers());
  });

  afterAll(async () => {
    const exited = new Promise((resolve) => server.on("exit", resolve));
    server.kill("SIGKILL");
    await exited;
    rmSync(directory, { recursive: true });
  });

  const node = (other: Login = login): RedisNode => new RedisNode("127.0.0.1", { ...other, port });

  test("takes commands of redis-cli as the given user", async () => {
    await expect(node().cli("ACL", "WHOAMI")).resolves.toBe("operator");
    const agent = node({ ...login, user: "replica", password: passwords.agent });
    await expect(agent.cli("KEYS", "*")).rejects.toThrow("NOPERM");
  });

  test("does not answer without TLS, and rejects another password", async () => {
    await expect(node({ user: "operator", password: passwords.operator }).answers()).resolves.toBe(false);
    await expect(node({ ...login, password: "other" }).connect()).rejects.toThrow("WRONGPASS");
  });

  test("takes keys and the commands of an open connection", async () => {
    await expect(node().load(["one", "two"], () => Buffer.from("value"))).resolves.toBe(2);
    const application = { ...login, user: "application", password: passwords.application };
    const connection = await Connection.open({ host: "127.0.0.1", port }, application, 5000);
    await expect(connection.send(["GET", "one"], 5000)).resolves.toBe("value");
    connection.close();
  });
});
