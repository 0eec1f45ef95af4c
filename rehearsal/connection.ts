import { createClient } from "@redis/client";
import { tlsOptions } from "./login";
import { type RedisNodeOptions } from "./redis-node";

type Client = ReturnType<typeof newClient>;
type Reply = string | number | null;

/** One connection to one server. It does not reconnect, and each reply has a timeout. */
export class Connection {
  private constructor(private readonly client: Client) {}

  static async open(address: string, options: RedisNodeOptions, timeout: number): Promise<Connection> {
    const client = newClient(address, options, timeout);
    client.on("error", () => undefined); // the pending command is rejected with the same error
    try {
      await bounded(client.connect(), timeout, `connecting to ${address}`);
    } catch (error) {
      client.destroy();
      throw error;
    }
    return new Connection(client);
  }

  /** Sends a command. Replies come in the order of the commands. Rejects with the error of the server. */
  send(command: string[], timeout: number): Promise<Reply> {
    return bounded(this.client.sendCommand<Reply>(command), timeout, command[0] ?? "");
  }

  close(): void {
    if (this.client.isOpen) this.client.destroy();
  }
}

/** The first client of a class takes 50 ms, since it defines all Redis commands. Further clients of it take no time. */
const pattern = createClient({ disableClientInfo: true });

function newClient(address: string, options: RedisNodeOptions, connectTimeout: number) {
  const { port = 6379, user, password, tls } = options;
  const place = { host: address, port, connectTimeout, reconnectStrategy: false } as const;
  return pattern.duplicate({
    socket: tls ? { ...place, tls: true, ...tlsOptions(tls) } : place,
    username: user,
    password,
  });
}

function bounded<T>(promise: Promise<T>, timeout: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: no answer within ${timeout} ms`)), timeout);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
