import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { metadataAddress } from "./network";

/** The metadata of an instance. */
export interface InstanceFacts {
  readonly instanceId: string;
  readonly availabilityZone: string;
  readonly instanceType: string;
  readonly lifecycle?: "spot" | "on-demand";
  readonly imageId?: string;
  /** Its `local-ipv4`. @default - the source address of its requests */
  readonly localIp?: string;
}

export type NoticeAction = "terminate" | "stop" | "hibernate";

interface Entry {
  readonly facts: InstanceFacts;
  action?: { readonly action: NoticeAction; readonly time: string };
  rebalance?: { readonly noticeTime: string };
}

export interface MetadataOptions {
  /** @default 169.254.169.254 */
  readonly address?: string;
  /** @default 80 */
  readonly port?: number;
}

/** An instance metadata service, IMDSv2 only. It identifies callers by their source address. */
export class Metadata {
  private readonly entries = new Map<string, Entry>();
  private readonly extra = new Map<string, string>();
  /** For each token, the address that it was issued to and its expiry. */
  private readonly tokens = new Map<string, { readonly ip: string; readonly expires: number }>();

  private constructor(private readonly server: Server) {
    server.on("request", (request, response) => this.answer(request, response));
  }

  static async start(options: MetadataOptions = {}): Promise<Metadata> {
    const server = createServer();
    const metadata = new Metadata(server);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(options.port ?? 80, options.address ?? metadataAddress, resolve);
    });
    return metadata;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Registers the instance that uses this address from now on. Notices of the previous instance are dropped. */
  register(ip: string, facts: InstanceFacts): void {
    this.entries.set(ip, { facts });
  }

  forget(ip: string): void {
    this.entries.delete(ip);
    for (const [token, owner] of this.tokens) if (owner.ip === ip) this.tokens.delete(token);
  }

  /** Replies 404 to the instance at this address until the returned function is called. */
  withhold(ip: string): () => void {
    const entry = this.entry(ip);
    this.entries.delete(ip);
    return () => this.entries.set(ip, entry);
  }

  /** Publishes an interruption notice, as EC2 does two minutes before the interruption. */
  notice(ip: string, action: NoticeAction, time: Date): void {
    this.entry(ip).action = { action, time: seconds(time) };
  }

  /** Publishes a rebalance recommendation. */
  rebalance(ip: string, time = new Date()): void {
    this.entry(ip).rebalance = { noticeTime: seconds(time) };
  }

  /** Serves another path below /latest/meta-data/ to all instances, such as the credentials of a role. */
  serve(path: string, body: string): void {
    this.extra.set(path, body);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private entry(ip: string): Entry {
    const entry = this.entries.get(ip);
    if (!entry) throw new Error(`no instance is registered at ${ip}`);
    return entry;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const ip = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
    const entry = this.entries.get(ip);
    const path = (request.url ?? "").replace(/\?.*$/, "");
    const send = (status: number, body = "") =>
      response.writeHead(status, { "content-type": "text/plain" }).end(body);
    if (!entry) return void send(404);
    if (request.method === "PUT" && path === "/latest/api/token")
      return this.giveToken(ip, request, response);
    if (request.method !== "GET") return void send(405);
    const owner = this.tokens.get(header(request, "x-aws-ec2-metadata-token"));
    if (!owner || owner.ip !== ip || owner.expires < Date.now()) return void send(401);
    const body = /^\/latest\/meta-data\//.test(path)
      ? this.value(ip, entry, path.slice("/latest/meta-data/".length))
      : undefined;
    return void (body === undefined ? send(404) : send(200, body));
  }

  private giveToken(ip: string, request: IncomingMessage, response: ServerResponse): void {
    const ttl = Number(header(request, "x-aws-ec2-metadata-token-ttl-seconds"));
    if (!Number.isInteger(ttl) || ttl < 1 || ttl > 21_600) return void response.writeHead(400).end();
    const token = randomBytes(30).toString("base64url");
    this.tokens.set(token, { ip, expires: Date.now() + ttl * 1000 });
    response.writeHead(200, { "x-aws-ec2-metadata-token-ttl-seconds": String(ttl) }).end(token);
  }

  private value(from: string, { facts, action, rebalance }: Entry, path: string): string | undefined {
    const ip = facts.localIp ?? from;
    const values: Readonly<Record<string, string | undefined>> = {
      "local-ipv4": ip,
      "local-hostname": `ip-${ip.replaceAll(".", "-")}.ec2.internal`,
      hostname: `ip-${ip.replaceAll(".", "-")}.ec2.internal`,
      "instance-id": facts.instanceId,
      "instance-type": facts.instanceType,
      "instance-life-cycle": facts.lifecycle ?? "spot",
      "ami-id": facts.imageId,
      "placement/availability-zone": facts.availabilityZone,
      "placement/region": facts.availabilityZone.replace(/[a-z]$/, ""),
      "spot/instance-action": action && JSON.stringify(action),
      "spot/termination-time": action?.action === "terminate" ? action.time : undefined,
      "events/recommendations/rebalance": rebalance && JSON.stringify(rebalance),
    };
    return values[path] ?? this.extra.get(path);
  }
}

/** EC2 publishes times in whole seconds. */
function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
}
