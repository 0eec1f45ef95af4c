import { createServer, type Server } from "node:http";
import { hostAddress } from "./network";

/** A company's HTTP proxy. Requests for metadata would reach the metadata of its own machine. It forwards no requests. */
export class Proxy {
  /** The requested URLs. */
  readonly requests: string[] = [];

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {
    const metadata: Readonly<Record<string, string>> = {
      "/latest/api/token": "token-of-the-proxy",
      "/latest/meta-data/local-ipv4": hostAddress,
      "/latest/meta-data/instance-id": "i-proxy",
    };
    server.on("request", (request, response) => {
      const url = request.url ?? "";
      this.requests.push(url);
      const body = metadata[url.replace(/^http:\/\/169\.254\.169\.254/, "")];
      response.writeHead(body === undefined ? 502 : 200).end(body);
    });
    server.on("connect", (request, socket) => {
      this.requests.push(request.url ?? "");
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
  }

  static async start(port = 3128): Promise<Proxy> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, hostAddress, resolve);
    });
    return new Proxy(`http://${hostAddress}:${port}`, server);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
