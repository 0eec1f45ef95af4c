import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import { type Duplex } from "node:stream";
import { certificatesFor } from "./certificates";

/** The only host that clients reach through the proxy; it never leaves this machine either. */
export const apiHost = "api.spotinst.io";

/** How a proxy is started. */
export interface ProxyProps {
  /** Answers what is asked of the API. */
  readonly handler: RequestListener;
  /** A directory for the authority's certificate; it is made where it does not exist. */
  readonly directory: string;
  /**
   * The port on 127.0.0.1.
   * @default 0, any free one
   */
  readonly port?: number;
}

/**
 * An HTTP CONNECT proxy that ends TLS for the API's own host name, which the Terraform provider has built in.
 * Every other host is refused at once, so nothing leaves the machine. Clients that can be given an address
 * of the API reach it without a proxy and without TLS at `url`.
 */
export class Proxy {
  private readonly sockets = new Set<Duplex>();
  /** The hosts that somebody tried to reach through the proxy in vain, in order. */
  readonly refused: string[] = [];

  private constructor(
    private readonly plain: Server,
    private readonly tls: TlsServer,
    private readonly directory: string,
  ) {
    plain.on("connection", (socket) => this.track(socket));
    plain.on("connect", (request, socket, head) => this.connect(request, socket, head));
  }

  /** Makes the certificates and listens. */
  static async start({ handler, directory, port = 0 }: ProxyProps): Promise<Proxy> {
    const { authority, certificate, key } = await certificatesFor(apiHost);
    await mkdir(join(directory, "no-certificates"), { recursive: true });
    await writeFile(join(directory, "ca.pem"), authority);
    // HTTP/1.1 only: the provider would take HTTP/2 if it were offered.
    // Connections are kept longer than the provider keeps idle ones, so that it never writes into one that closes.
    const keeping = { keepAliveTimeout: 120_000 };
    const offer = { cert: certificate, key, ALPNProtocols: ["http/1.1"], ...keeping };
    const tls = createTlsServer(offer, handler);
    const plain = createServer((request, response) => {
      if (request.url?.startsWith("/") === true) return handler(request, response);
      proxy.refused.push(request.url ?? "");
      return response.writeHead(403, { connection: "close" }).end();
    });
    const proxy = new Proxy(plain, tls, directory);
    await new Promise<void>((resolve, reject) => {
      plain.once("error", reject);
      plain.listen(port, "127.0.0.1", resolve);
    });
    return proxy;
  }

  /** Where the proxy listens, which is also the API's address for clients that do without a proxy. */
  get url(): string {
    return `http://127.0.0.1:${(this.plain.address() as AddressInfo).port}`;
  }

  /** What a client such as Terraform needs in its environment to go through the proxy and to trust it. */
  environment(): Record<string, string> {
    return {
      HTTPS_PROXY: this.url,
      https_proxy: this.url,
      HTTP_PROXY: this.url,
      http_proxy: this.url,
      NO_PROXY: "",
      no_proxy: "",
      SSL_CERT_FILE: join(this.directory, "ca.pem"),
      // Go reads both; with the system's directory this authority would not be the only one.
      SSL_CERT_DIR: join(this.directory, "no-certificates"),
      CHECKPOINT_DISABLE: "1",
      SPOTINST_API_URL: this.url,
    };
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.plain.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private connect(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A client that hangs up is no fault of ours, and an unheard error would end the process.
    socket.on("error", () => socket.destroy());
    if (request.url !== `${apiHost}:443`) {
      this.refused.push(request.url ?? "");
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) socket.unshift(head);
    this.tls.emit("connection", socket);
  }

  private track(socket: Duplex): void {
    this.sockets.add(socket);
    socket.once("close", () => this.sockets.delete(socket));
  }
}
