import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:tls";
import { USERS } from "../acl-file";
import { type Login, tlsOptions } from "../../cluster/login";
import { type RedisNode } from "../redis-node";
import { type Scene } from "../scene";
import { type Security } from "../security";
import { until } from "../wait";
import { holds } from "./fault";

/** Milliseconds in which a changed secret is in use: a minute until it is fetched, and a few reconcile runs. */
const LONGEST = 180_000;

export function securityOf(scene: Scene): Security {
  holds("the cluster is secured", scene.security);
  return scene.security;
}

/**
 * Replaces the password of the agent's user as docs/instance.md has it: the masters accept both, the new one is stored,
 * and once the replica accepts only that, the masters no longer accept the old one.
 */
export async function rotatePassword(scene: Scene): Promise<void> {
  const security = securityOf(scene);
  const before = security.loginOf("agent").password;
  const present = security.newPassword();
  const nodes = scene.masters.running.map(({ node }) => node);
  for (const node of nodes) {
    await node.cli("ACL", "SETUSER", USERS.agent, `>${present}`);
    await node.cli("CONFIG", "SET", "masterauth", present);
  }
  await security.storePassword(present);
  let seen = "";
  const evidence = async (): Promise<string> => `${seen}\n${await scene.instance(0).journal(60)}`;
  const options = { timeout: LONGEST, every: 500, evidence };
  await until("the replica accepts and sends only the new password", options, async () => {
    const [link, user] = await passwordsOf(scene.node(0));
    seen = `${link === present ? "sends the new one" : "sends another one"}; accepts ${user.length}`;
    return link === present && user.join() === sha256(present);
  });
  for (const node of nodes) await node.cli("ACL", "SETUSER", USERS.agent, `<${before}`);
}

/** The password of a node's replication link, and the digests of those that it accepts from the agent's user. */
async function passwordsOf(node: RedisNode): Promise<readonly [string, readonly string[]]> {
  const [, link = ""] = (await node.cli("CONFIG", "GET", "masterauth")).split("\n");
  const user = JSON.parse(await node.cli("--json", "ACL", "GETUSER", USERS.agent)) as { passwords: string[] };
  return [link, user.passwords];
}

/** Stores another certificate, and waits until the replica serves it. */
export async function rotateCertificate(scene: Scene, expires?: Date): Promise<void> {
  const { certificate } = await securityOf(scene).storeCertificate(expires);
  await serves(scene, certificate);
}

/** Waits until new connections to the replica get this certificate. */
export async function serves(scene: Scene, certificate: string): Promise<void> {
  const { fingerprint256: wanted } = new X509Certificate(certificate);
  const evidence = (): Promise<string> => scene.instance(0).journal(60);
  const options = { timeout: LONGEST, every: 500, evidence };
  await until("the replica serves the new certificate", options, async () => {
    return (await served(scene.node(0), scene.login).catch(() => "")) === wanted;
  });
}

/** The fingerprint of the certificate that a node serves, also if it has expired. */
async function served({ address, port }: RedisNode, { tls }: Login): Promise<string> {
  const limit = { signal: AbortSignal.timeout(5000) };
  const options = { ...(tls && tlsOptions(tls)), rejectUnauthorized: false };
  const socket = connect({ host: address, port, ...options });
  try {
    await once(socket, "secureConnect", limit);
    return socket.getPeerCertificate().fingerprint256;
  } finally {
    socket.destroy();
  }
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
