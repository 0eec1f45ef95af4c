import { type Answer, map } from "./answer";
import { type ClusterNode, parseClusterNodes } from "./cluster-nodes";
import { answerOf, Connection, type Reply } from "./connection";
import { type Endpoint, showEndpoint } from "./endpoint";
import { type Info, parseInfo } from "./info";
import { type Login } from "./login";

/** Milliseconds until a question is given up. A healthy server answers within a few; the rest is for the network. */
export const QUESTION_TIMEOUT = 3000;

/** Questions to one server. Each one is bounded and never rejects. The connection is opened at the first question. */
export class Server {
  private connection?: Connection;
  /** The attempt that is under way. Questions that arrive meanwhile share its result. */
  private opening?: Promise<Connection>;

  constructor(
    readonly endpoint: Endpoint,
    private readonly login: Login,
    private readonly timeout: number = QUESTION_TIMEOUT,
  ) {}

  get name(): string {
    return showEndpoint(this.endpoint);
  }

  /** Sends a command, such as `["PING"]`. */
  ask<R extends Reply = Reply>(command: readonly string[], timeout = this.timeout): Promise<Answer<R>> {
    return answerOf(this.name, async () => (await this.open()).send<R>(command, timeout));
  }

  /** Like `ask`, for keys and values that are not text. */
  askBytes<R extends Reply<Buffer> = Reply<Buffer>>(
    command: readonly (string | Buffer)[],
    timeout = this.timeout,
  ): Promise<Answer<R>> {
    return answerOf(this.name, async () => (await this.open()).sendBytes<R>(command, timeout));
  }

  /** The fields of INFO. @default section - all sections that the server shows by default */
  async info(section?: string): Promise<Answer<Info>> {
    return map(await this.askText(["INFO", ...(section === undefined ? [] : [section])]), parseInfo);
  }

  /** The cluster as this server sees it. */
  async nodes(): Promise<Answer<ClusterNode[]>> {
    return map(await this.askText(["CLUSTER", "NODES"]), (text) => {
      const nodes = parseClusterNodes(text);
      if (nodes.some(({ flags }) => flags.includes("myself"))) return nodes;
      throw new Error(`${this.name}: CLUSTER NODES does not list the server itself; it may not be Redis`);
    });
  }

  /** CLUSTER INFO. */
  async clusterInfo(): Promise<Answer<Info>> {
    return map(await this.askText(["CLUSTER", "INFO"]), parseInfo);
  }

  /** The value of a directive; empty text if it is not set. A directive that the server does not know is an error. */
  async directive(name: string): Promise<Answer<string>> {
    return map(await this.ask<readonly string[]>(["CONFIG", "GET", name]), (pairs) => {
      const value = pairs[1];
      if (value === undefined) throw new Error(`${this.name} has no directive ${name}`);
      return value;
    });
  }

  close(): void {
    const { connection, opening } = this;
    this.connection = undefined;
    connection?.close();
    void opening?.then((opened) => opened.close()).catch(() => undefined);
  }

  /** Like `ask`, for a reply that must be a text: what is no Redis can reply anything. */
  private async askText(command: readonly string[]): Promise<Answer<string>> {
    return map(await this.ask(command), (reply) => {
      if (typeof reply === "string") return reply;
      throw new Error(`${this.name}: the reply to ${command.join(" ")} is not a text; it may not be Redis`);
    });
  }

  /** The connection. A broken one is replaced at the next question. */
  private open(): Promise<Connection> {
    if (this.connection?.isOpen) return Promise.resolve(this.connection);
    this.connection?.close();
    this.opening ??= Connection.open(this.endpoint, this.login, this.timeout)
      .then((connection) => (this.connection = connection))
      .finally(() => (this.opening = undefined));
    return this.opening;
  }
}
