import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";

/** What is answered instead. `hang`: nothing. `forward`: the request is carried out, and its answer is lost. */
export interface Fault {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly hang?: boolean;
  readonly forward?: boolean;
  /** Changes the items of the answer. */
  readonly change?: (items: any[]) => any[];
}

/** Stands between a client and the Spot API, and answers some requests in its place. */
export class FaultyApi {
  /** Returns the fault of a request, if it has one. */
  fault: (method: string, path: string) => Fault | undefined = () => undefined;

  private constructor(private readonly server: Server) {}

  static async start(target: string): Promise<FaultyApi> {
    const server = createServer((request, response) => {
      void (async () => {
        const { method = "GET", url = "/" } = request;
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const fault = api.fault(method, url);
        if (fault?.hang === true) return;
        if (fault?.status !== undefined && fault.forward !== true) {
          response.writeHead(fault.status, fault.headers).end(fault.body);
          return;
        }
        const body = Buffer.concat(chunks);
        const answer = await fetch(`${target}${url}`, {
          method,
          headers: { authorization: request.headers.authorization ?? "" },
          ...(body.length > 0 ? { body } : {}),
        });
        if (fault?.status !== undefined) {
          response.writeHead(fault.status, fault.headers).end(fault.body);
          return;
        }
        const envelope = (await answer.json()) as any;
        if (fault?.change !== undefined) envelope.response.items = fault.change(envelope.response.items);
        response.writeHead(answer.status).end(JSON.stringify(envelope));
      })();
    });
    const api = new FaultyApi(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
