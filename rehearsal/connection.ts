import { createClient } from "@redis/client";
import { type RedisNodeOptions } from "./redis-node";

type Client = ReturnType<typeof newClient>;
type Reply = string | number | null;

/** One connection to one server: it never reconnects by itself, and every answer is awaited for a bounded time. */
export class Connection {
  private constructor(private readonly client: Client) {}

  static async open(address: string, options: RedisNodeOptions, timeout: number): Promise<Connection> {
    const client = newClient(address, options, timeout);
    client.on("error", () => undefined); // the pending command says it too
    try {
      await bounded(client.connect(), timeout, `connecting to ${address}`);
    } catch (error) {
      client.destroy();
      throw error;
    }
    return new Connection(client);
  }

  /** Commands sent in one go are answered in their order; rejects with the server's error. */
  send(command: string[], timeout: number): Promise<Reply> {
    return bounded(this.client.sendCommand<Reply>(command), timeout, command[0] ?? "");
  }

  close(): void {
    if (this.client.isOpen) this.client.destroy();
  }
}

/** Making a client makes a class with all of Redis's commands, in 50 ms; another one of that class takes none. */
const pattern = createClient({ disableClientInfo: true });

function newClient(address: string, options: RedisNodeOptions, connectTimeout: number) {
  return pattern.duplicate({
    socket: { host: address, port: options.port ?? 6379, connectTimeout, reconnectStrategy: false },
    username: options.user,
    password: options.password,
  });
}

function bounded<T>(promise: Promise<T>, timeout: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: no answer within ${timeout} ms`)), timeout);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
