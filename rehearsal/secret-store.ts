import { type ChildProcess, spawn } from "node:child_process";
import { type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { type AddressInfo } from "node:net";
import { CertificateAuthority } from "./certificate-authority";
import { freePort } from "./free-port";
import { motoPython } from "./moto";
import { hostAddress } from "./network";
import { tail } from "./run";
import { until } from "./wait";

/** The credentials of the instances' role, as the metadata service has them. */
export interface RoleCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
}

export interface SecretStoreProps {
  readonly region: string;
  /** The only credentials that the store accepts from instances. */
  readonly role: RoleCredentials;
  /** @default 10.0.0.1 */
  readonly address?: string;
  /** @default 443 */
  readonly port?: number;
}

/** How the store fails: it closes connections, answers that there are too many requests, or does not answer. */
export type StoreFailure = "down" | "throttled" | "silent";

/** moto's server. */
interface Moto {
  readonly process: ChildProcess;
  readonly url: string;
}

/** AWS rejects a request whose time is further off than this, in milliseconds. */
const SKEW = 300_000;

/**
 * Secrets Manager and the Parameter Store: moto's server behind a TLS server with the services' own host names. The TLS
 * server checks whose credentials have signed a request, and when; it does not verify the signature.
 */
export class SecretStore {
  /** Whether and how requests of instances fail. */
  failure?: StoreFailure;
  /** The actions that instances have asked for, such as `GetParameter`. */
  readonly requests: string[] = [];

  private constructor(
    private readonly props: SecretStoreProps,
    /** The certificate of the authority that instances must trust, as PEM. */
    readonly authority: string,
    private readonly moto: Moto,
    private readonly front: Server,
  ) {
    front.on("connection", (socket) => this.failure === "down" && socket.destroy());
    front.on("request", (request, response) => {
      this.answer(request, response).catch((error: unknown) =>
        refuse(response, 500, "InternalFailure", error),
      );
    });
  }

  /** The host names of the services in a region. */
  static hosts(region: string): readonly string[] {
    return ["secretsmanager", "ssm"].map((service) => `${service}.${region}.amazonaws.com`);
  }

  static async start(props: SecretStoreProps): Promise<SecretStore> {
    const authority = await CertificateAuthority.create();
    const hosts = SecretStore.hosts(props.region);
    const { certificate: cert, key } = await authority.issue(hosts[0] ?? "", { hosts });
    const front = createServer({ cert, key });
    await new Promise<void>((resolve, reject) => {
      front.once("error", reject);
      front.listen(props.port ?? 443, props.address ?? hostAddress, resolve);
    });
    const moto = await startMoto();
    return new SecretStore(props, authority.certificate, moto, front);
  }

  get port(): number {
    return (this.front.address() as AddressInfo).port;
  }

  /** Creates a secret of Secrets Manager, and returns its ARN. */
  async createSecret(name: string, value: string): Promise<string> {
    const answer = await this.ask("secretsmanager", "secretsmanager.CreateSecret", {
      Name: name,
      SecretString: value,
    });
    return String(answer["ARN"]);
  }

  /** Replaces the value of a secret. */
  async putSecret(arn: string, value: string): Promise<void> {
    await this.ask("secretsmanager", "secretsmanager.PutSecretValue", { SecretId: arn, SecretString: value });
  }

  /** Creates or replaces an encrypted parameter of the Parameter Store. */
  async putParameter(name: string, value: string): Promise<void> {
    const question = { Name: name, Value: value, Type: "SecureString", Overwrite: true };
    await this.ask("ssm", "AmazonSSM.PutParameter", question);
  }

  async close(): Promise<void> {
    this.front.closeAllConnections();
    await new Promise((resolve) => this.front.close(resolve));
    const { process } = this.moto;
    const exited = new Promise((resolve) => process.on("exit", resolve));
    if (process.kill("SIGKILL")) await exited;
  }

  /** Asks moto directly, as an administrator. */
  private async ask(service: string, target: string, question: object): Promise<Record<string, unknown>> {
    const scope = `20260101/${this.props.region}/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=admin/${scope}, SignedHeaders=host, Signature=0`;
    const headers = { authorization, "x-amz-target": target };
    const { status, text } = await send(this.moto, headers, JSON.stringify(question));
    if (status !== 200) throw new Error(`${target}: ${status} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { authorization = "", "x-amz-target": target } = request.headers;
    this.requests.push(String(target).replace(/^.*\./, ""));
    if (this.failure === "silent") return;
    if (this.failure === "throttled") return refuse(response, 400, "ThrottlingException", "Rate exceeded");
    const { AccessKeyId, Token } = this.props.role;
    const isOfRole = authorization.includes(` Credential=${AccessKeyId}/`);
    if (!isOfRole || request.headers["x-amz-security-token"] !== Token) {
      return refuse(response, 400, "UnrecognizedClientException", "The security token is invalid.");
    }
    if (!(Math.abs(Date.now() - timeOf(request.headers["x-amz-date"])) < SKEW)) {
      return refuse(response, 403, "InvalidSignatureException", "Signature expired or not yet current");
    }
    const headers = { authorization, "x-amz-target": String(target) };
    const { status, text } = await send(this.moto, headers, Buffer.concat(parts));
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(text);
  }
}

/** Starts moto's server and waits until it answers. */
async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const argv = ["-m", "moto.server", "--host", "127.0.0.1", "--port", String(port)];
  const moto = spawn(await motoPython(), argv, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  let ended = false;
  moto.stderr.on("data", (data: Buffer) => (log = tail(log + data.toString())));
  moto.on("error", (error) => ((ended = true), (log = error.message)));
  moto.on("exit", () => (ended = true));
  await until("moto's server answers", { timeout: 60_000, every: 100, evidence: () => log }, async () => {
    if (ended) throw new Error(`moto's server ended: ${log}`);
    return fetch(`${url}/moto-api/`).then(
      () => true,
      () => false,
    );
  });
  return { process: moto, url };
}

/** Sends a request to moto, which finds the service by the scope in the header Authorization. */
async function send(
  { url }: Moto,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/x-amz-json-1.1" },
    body,
  });
  return { status: response.status, text: await response.text() };
}

/** An error as both services send it. */
function refuse(response: ServerResponse, status: number, type: string, message: unknown): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
  response.end(JSON.stringify({ __type: type, message: String(message) }));
}

/** Parses a time such as 20260102T030405Z; NaN if it is none. */
function timeOf(text: unknown): number {
  return Date.parse(
    String(text).replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
}
