import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type Injection } from "./injection";
import { type InjectionPlan } from "./injection-plan";
import { Link } from "./link";
import { type Question } from "./question";
import { QuestionLog, type QuestionLogOptions } from "./question-log";

/** A question and the injection that was applied to it. */
export interface Asked extends Question {
  readonly injection?: Injection;
}

export interface InjectorProps extends QuestionLogOptions {
  /** @default 0, any free port */
  readonly port?: number;
  /** The address to listen on. @default 127.0.0.1 */
  readonly host?: string;
  /** Called for every question, so a plan can change at any time. @default - nothing is injected */
  readonly plan?: () => Pick<InjectionPlan, "for">;
  /** Called for every question before it is forwarded or injected. */
  readonly onQuestion?: (asked: Asked) => void;
  /** Called if a connection cannot be served. */
  readonly onProblem?: (text: string) => void;
}

/** The longest line that names a server. */
const LINE_LIMIT = 300;

/**
 * A proxy between a client and Redis servers that makes single questions fail. Each connection starts with the line
 * `TO HOST:PORT`, followed by RESP2 as for the server itself.
 */
export class Injector {
  private readonly sockets = new Set<Socket>();
  private readonly links = new Set<Link>();
  private readonly log: QuestionLog;
  private connections = 0;

  private constructor(
    private readonly server: Server,
    private readonly props: InjectorProps,
  ) {
    this.log = new QuestionLog(props);
    server.on("connection", (socket) => this.accept(socket));
  }

  static async start(props: InjectorProps = {}): Promise<Injector> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const injector = new Injector(server, props);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(props.port ?? 0, props.host ?? "127.0.0.1", resolve);
    });
    return injector;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The latest questions, in the order in which they were asked. */
  get questions(): readonly Question[] {
    return this.log.latest();
  }

  /** Closes all connections and clears all questions: numbers and occurrences start at 1 again. */
  reset(): void {
    for (const link of this.links) link.destroy();
    for (const socket of this.sockets) socket.destroy();
    this.log.clear();
    this.connections = 0;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.reset();
    await closed;
  }

  private accept(client: Socket): void {
    const connection = ++this.connections;
    this.sockets.add(client);
    client.once("close", () => this.sockets.delete(client));
    client.on("error", () => client.destroy());
    const ended = (): unknown => client.end();
    client.once("end", ended);
    let head = Buffer.alloc(0);
    const read = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\n");
      if (end < 0 && head.length <= LINE_LIMIT) return;
      client.off("data", read).off("end", ended);
      client.pause();
      this.open(client, connection, head.toString("latin1", 0, Math.max(end, 0)), head.subarray(end + 1));
    };
    client.on("data", read);
  }

  private open(client: Socket, connection: number, line: string, rest: Buffer): void {
    const problem = (text: string): void => this.props.onProblem?.(text);
    const address = /^TO (\S+)\r?$/.exec(line)?.[1];
    try {
      if (address === undefined) throw new Error("a connection must begin with the line TO HOST:PORT");
      const ask = (words: readonly Buffer[]): Injection | undefined => this.ask(connection, address, words);
      const link = new Link({ client, address, rest, ask, problem });
      this.links.add(link);
      client.once("close", () => this.links.delete(link));
    } catch (error) {
      problem(error instanceof Error ? error.message : String(error));
      client.destroy();
    }
  }

  private ask(connection: number, address: string, words: readonly Buffer[]): Injection | undefined {
    const question = this.log.add(connection, address, words);
    const injection = this.props.plan?.().for(question);
    this.props.onQuestion?.({ ...question, ...(injection && { injection }) });
    return injection;
  }
}
