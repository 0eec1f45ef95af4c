import { type Answer, map } from "./answer";
import { type ClusterNode, parseClusterNodes } from "./cluster-nodes";
import { answerOf, Connection, type Reply } from "./connection";
import { type Endpoint, showEndpoint } from "./endpoint";
import { type Info, parseInfo } from "./info";
import { type Login } from "./login";

/**
 * Milliseconds until a question is given up, the connection that it opens included. A healthy server answers within a few;
 * the rest is for the network.
 */
export const QUESTION_TIMEOUT = 3000;

const NODE_ID = /^[0-9a-f]{40}$/;

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
    return this.within(timeout, (connection, spent) => connection.send<R>(command, timeout, spent));
  }

  /** Like `ask`, for keys and values that are not text. */
  askBytes<R extends Reply<Buffer> = Reply<Buffer>>(
    command: readonly (string | Buffer)[],
    timeout = this.timeout,
  ): Promise<Answer<R>> {
    return this.within(timeout, (connection, spent) => connection.sendBytes<R>(command, timeout, spent));
  }

  /** Like `ask`, for a reply that must be a text: what is no Redis can reply anything. */
  async askText(command: readonly string[], timeout?: number): Promise<Answer<string>> {
    return map(await this.ask(command, timeout), (reply) => {
      if (isText(reply)) return reply;
      throw this.strange(command, "a text");
    });
  }

  /** Like `ask`, for a reply that must be a list of texts. */
  async askTexts(command: readonly string[]): Promise<Answer<readonly string[]>> {
    return map(await this.ask(command), (reply) => {
      if (isList(reply) && reply.every(isText)) return reply;
      throw this.strange(command, "a list of texts");
    });
  }

  /** Like `ask`, for a reply that must be a list of lists. */
  async askLists(command: readonly string[]): Promise<Answer<readonly (readonly Reply[])[]>> {
    return map(await this.ask(command), (reply) => {
      if (isList(reply) && reply.every(isList)) return reply;
      throw this.strange(command, "a list of lists");
    });
  }

  /** The fields of INFO. @default section - all sections that the server shows by default */
  async info(section?: string, timeout?: number): Promise<Answer<Info>> {
    return map(await this.askText(["INFO", ...(section === undefined ? [] : [section])], timeout), parseInfo);
  }

  /** The cluster as this server sees it. `read`: the lines that were read of other servers, which are not read again. */
  async nodes(timeout?: number, read?: Map<string, ClusterNode>): Promise<Answer<ClusterNode[]>> {
    return map(await this.askText(["CLUSTER", "NODES"], timeout), (text) => {
      const nodes = parseClusterNodes(text, read);
      if (!nodes.some(({ flags }) => flags.includes("myself")))
        throw new Error(`${this.name}: CLUSTER NODES does not list the server itself; it may not be Redis`);
      // They can be of the server's memory, and are not shown.
      if (!nodes.every(({ id }) => NODE_ID.test(id)))
        throw new Error(`${this.name}: CLUSTER NODES has lines that are no nodes`);
      return nodes;
    });
  }

  /** CLUSTER INFO. */
  async clusterInfo(timeout?: number): Promise<Answer<Info>> {
    return map(await this.askText(["CLUSTER", "INFO"], timeout), parseInfo);
  }

  /** The value of a directive; empty text if it is not set. A directive that the server does not know is an error. */
  async directive(name: string): Promise<Answer<string>> {
    return map(await this.askTexts(["CONFIG", "GET", name]), (pairs) => {
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

  private strange(command: readonly string[], form: string): Error {
    const name = command.slice(0, 2).join(" ");
    return new Error(`${this.name}: the reply to ${name} is not ${form}; it may not be Redis`);
  }

  /** Asks on the connection. The time that it takes to open is part of the limit. */
  private within<R>(
    timeout: number,
    question: (connection: Connection, spent: number) => Promise<R>,
  ): Promise<Answer<R>> {
    const began = performance.now();
    return answerOf(this.name, async () => {
      const connection = await this.open(timeout);
      return question(connection, performance.now() - began);
    });
  }

  /** The connection. A broken one is replaced at the next question. */
  private open(timeout: number): Promise<Connection> {
    if (this.connection?.isOpen) return Promise.resolve(this.connection);
    this.connection?.close();
    this.opening ??= Connection.open(this.endpoint, this.login, timeout)
      .then((connection) => (this.connection = connection))
      .finally(() => (this.opening = undefined));
    return this.opening;
  }
}

function isText(reply: Reply): reply is string {
  return typeof reply === "string";
}

function isList(reply: Reply): reply is readonly Reply[] {
  return Array.isArray(reply);
}
