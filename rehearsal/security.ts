import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RedisAuth, type RedisTls, SecretSource } from "../constructs";
import { aclFile, type Passwords, USERS } from "./acl-file";
import { type Certificate, CertificateAuthority } from "./certificate-authority";
import { workDirectory } from "./inside";
import { type Login } from "../cluster/login";
import { type Metadata } from "./metadata";
import { hostAddress } from "./network";
import { must } from "./run";
import { type RoleCredentials, SecretStore } from "./secret-store";

const REGION = "us-west-2";
const ROLE = "redis-replicas";
/** The names of the parameters in the Parameter Store. */
const PARAMETERS = { password: "/redis/password", users: "/redis/users", ca: "/redis/ca" } as const;

export interface SecurityProps {
  readonly metadata: Metadata;
  /** The servers of masters and of replicas: paths, or names on PATH. */
  readonly servers: { readonly masters: string; readonly replicas: string };
}

/** A secured cluster: access control lists, TLS, and the store from which instances read their secrets. */
export class Security {
  /** Everything that may be nowhere but in memory: passwords, the lines of private keys, the role's credentials. */
  readonly secrets: string[] = [];

  private constructor(
    private readonly authority: CertificateAuthority,
    readonly store: SecretStore,
    private passwords: Passwords,
    private readonly versions: { readonly masters: string; readonly replicas: string },
    /** The ARN of the secret with the replicas' certificate and key. */
    private readonly arn: string,
  ) {}

  static async start({ metadata, servers }: SecurityProps): Promise<Security> {
    mkdirSync(directory(), { recursive: true, mode: 0o700 });
    const role: RoleCredentials = {
      AccessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
      SecretAccessKey: password(),
      Token: password(),
    };
    const [authority, store] = await Promise.all([
      CertificateAuthority.create(),
      SecretStore.start({ region: REGION, role }),
    ]);
    metadata.serve("iam/security-credentials/", ROLE);
    metadata.serve(`iam/security-credentials/${ROLE}`, JSON.stringify({ Code: "Success", ...role }));
    const replicas = await authority.issue("replicas");
    const arn = await store.createSecret("redis", JSON.stringify(replicas));
    const versions = {
      masters: await versionOf(servers.masters),
      replicas: await versionOf(servers.replicas),
    };
    const passwords = { operator: password(), application: password(), agent: password() };
    const security = new Security(authority, store, passwords, versions, arn);
    security.secrets.push(role.SecretAccessKey, role.Token, ...Object.values(passwords), ...lines(replicas));
    await store.putParameter(PARAMETERS.ca, authority.certificate);
    await security.storePassword(passwords.agent);
    security.write("ca.pem", authority.certificate);
    security.write("users.acl", aclFile({ passwords, version: versions.masters, isReplica: false }));
    const masters = await authority.issue("masters");
    security.write("certificate.pem", masters.certificate);
    security.write("key.pem", masters.key);
    return security;
  }

  /** How the run itself logs in. */
  get login(): Login {
    return this.loginOf("operator");
  }

  loginOf(user: keyof typeof USERS): Login {
    const [ca, certificate, key] = ["ca.pem", "certificate.pem", "key.pem"].map(path);
    const tls = { ca: ca ?? "", certificate: certificate ?? "", key: key ?? "" };
    return { user: USERS[user], password: this.passwords[user], tls };
  }

  /** The directives of masters, which may become replicas. */
  get directives(): Readonly<Record<string, string>> {
    return {
      port: "0",
      "tls-port": "6379",
      "tls-ca-cert-file": path("ca.pem"),
      "tls-cert-file": path("certificate.pem"),
      "tls-key-file": path("key.pem"),
      "tls-auth-clients": "yes",
      "tls-replication": "yes",
      "tls-cluster": "yes",
      aclfile: path("users.acl"),
      masteruser: USERS.agent,
      masterauth: this.passwords.agent,
    };
  }

  /** The props of the boot script. */
  get props(): { readonly auth: RedisAuth; readonly tls: RedisTls; readonly region: string } {
    return {
      auth: {
        username: USERS.agent,
        password: SecretSource.parameter(PARAMETERS.password),
        aclFile: SecretSource.parameter(PARAMETERS.users),
        refreshMinutes: 1,
      },
      tls: {
        ca: SecretSource.parameter(PARAMETERS.ca),
        certificate: SecretSource.secretsManager(this.arn, { key: "certificate" }),
        key: SecretSource.secretsManager(this.arn, { key: "key" }),
      },
      region: REGION,
    };
  }

  /** The files by which an instance finds and trusts the store, as a real one finds AWS. */
  async instanceFiles(): Promise<Readonly<Record<string, string>>> {
    const { authority } = this.store;
    // OpenSSL finds the certificate of an authority by this name.
    const hash = (await must(["openssl", "x509", "-noout", "-hash"], { input: authority })).trim();
    const hosts = ["127.0.0.1 localhost", `${hostAddress} ${SecretStore.hosts(REGION).join(" ")}`];
    return { "etc/hosts": `${hosts.join("\n")}\n`, [`etc/ssl/certs/${hash}.0`]: authority };
  }

  /** A random password. */
  newPassword(): string {
    const made = password();
    this.secrets.push(made);
    return made;
  }

  /** Stores a password of the agent's user, also in the ACL file of replicas. Masters keep theirs. */
  async storePassword(agent: string): Promise<void> {
    this.passwords = { ...this.passwords, agent };
    const { passwords, versions } = this;
    const users = aclFile({ passwords, version: versions.replicas, isReplica: true });
    await this.store.putParameter(PARAMETERS.users, users);
    await this.store.putParameter(PARAMETERS.password, agent);
  }

  /** Issues and stores a certificate of the replicas. */
  async storeCertificate(expires?: Date): Promise<Certificate> {
    const issued = await this.authority.issue("replicas", { expires });
    this.secrets.push(...lines(issued));
    await this.store.putSecret(this.arn, JSON.stringify(issued));
    return issued;
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private write(name: string, text: string): void {
    writeFileSync(path(name), text, { mode: 0o600 });
  }
}

function directory(): string {
  return join(workDirectory(), "security");
}

function path(name: string): string {
  return join(directory(), name);
}

function password(): string {
  return randomBytes(24).toString("base64url");
}

/** The lines of a private key, without those that frame it: each one alone would be found in a copy. */
function lines({ key }: Certificate): string[] {
  return key.split(/\r?\n/).filter((line) => line.length >= 16 && !line.startsWith("-----"));
}

/** The version of a server, such as `7.0.15`. */
async function versionOf(server: string): Promise<string> {
  return /v=(\d+\.\d+\.\d+)/.exec(await must([server, "--version"]))?.[1] ?? "";
}
