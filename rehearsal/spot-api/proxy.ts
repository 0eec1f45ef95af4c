import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import { type Duplex } from "node:stream";
import { certificatesFor } from "./certificates";

/** The only host that the proxy serves. Its requests are handled on this machine. */
export const apiHost = "api.spotinst.io";

/** Properties of a proxy. */
export interface ProxyProps {
  /** Handles the requests to the API. */
  readonly handler: RequestListener;
  /** The directory for the certificate of the authority. It is created if it does not exist. */
  readonly directory: string;
  /**
   * The port on 127.0.0.1.
   * @default 0, any free one
   */
  readonly port?: number;
}

/**
 * An HTTP CONNECT proxy that terminates TLS for the host name of the API, which is built into the Terraform provider. It
 * rejects every other host, so no request leaves the machine. Clients with a configurable address use `url`, without a
 * proxy and without TLS.
 */
export class Proxy {
  private readonly sockets = new Set<Duplex>();
  /** The rejected hosts, in the order of the requests. */
  readonly refused: string[] = [];

  private constructor(
    private readonly plain: Server,
    private readonly tls: TlsServer,
    private readonly directory: string,
  ) {
    plain.on("connection", (socket) => this.track(socket));
    plain.on("connect", (request, socket, head) => this.connect(request, socket, head));
  }

  /** Creates the certificates and starts to listen. */
  static async start({ handler, directory, port = 0 }: ProxyProps): Promise<Proxy> {
    const { authority, certificate, key } = await certificatesFor(apiHost);
    await mkdir(join(directory, "no-certificates"), { recursive: true });
    await writeFile(join(directory, "ca.pem"), authority);
    // HTTP/1.1 only: the provider would use HTTP/2 if it were offered.
    // The keep-alive timeout is longer than the provider's, so the provider never writes to a connection that closes.
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

  /** The URL of the proxy. It is also the URL of the API for clients that do not use a proxy. */
  get url(): string {
    return `http://127.0.0.1:${(this.plain.address() as AddressInfo).port}`;
  }

  /** The environment variables with which a client such as Terraform uses and trusts the proxy. */
  environment(): Record<string, string> {
    return {
      HTTPS_PROXY: this.url,
      https_proxy: this.url,
      HTTP_PROXY: this.url,
      http_proxy: this.url,
      NO_PROXY: "",
      no_proxy: "",
      SSL_CERT_FILE: join(this.directory, "ca.pem"),
      // Go reads both variables. With the system's directory, further authorities would be trusted.
      SSL_CERT_DIR: join(this.directory, "no-certificates"),
      CHECKPOINT_DISABLE: "1",
      SPOTINST_API_URL: this.url,
    };
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.plain.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private connect(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A client may close its connection. An error event without a listener would end the process.
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
