import { Connection } from "../cluster/connection";
import { until } from "../rehearsal/wait";

/** When a replica was back, as its masters saw it, in milliseconds after `since`. */
export interface Return {
  /** A master first listed it with `state=online`. */
  readonly online: number;
  /** Its link was up, and it had applied the offset that its master had at `online`. */
  readonly synced: number;
  /** The address of that master, and its offset at that moment. */
  readonly master: string;
  readonly offset: number;
  /** All bytes that master had sent to replicas by then. */
  readonly sent: number;
}

/** The reply of a master that lists the replica as online. */
interface Sighting {
  readonly master: string;
  readonly offset: number;
  readonly sent: number;
}

const EVERY = 20;
const PATIENCE = 5000;

/** Asks every master every 20 ms until one of them has the replica at `address` in sync. */
export class Watch {
  private constructor(private readonly masters: readonly { address: string; connection: Connection }[]) {}

  /** Connects once, so that polling is cheap and costs the same in every measurement. */
  static async open(addresses: readonly string[]): Promise<Watch> {
    const open = async (address: string) => {
      return { address, connection: await Connection.open({ host: address, port: 6379 }, {}, PATIENCE) };
    };
    return new Watch(await Promise.all(addresses.map(open)));
  }

  async untilSynced(address: string, since: number, timeout: number): Promise<Return> {
    const options = { timeout, every: EVERY };
    const first = await until(`a master lists ${address}`, options, () => this.look(address));
    const online = Date.now() - since;
    const replica = await Connection.open({ host: address, port: 6379 }, {}, PATIENCE);
    try {
      await until(`${address} is in sync`, options, async () => {
        const text = await infoOf(replica, "replication");
        return (
          field(text, "master_link_status") === "up" && number(text, "slave_repl_offset") >= first.offset
        );
      });
      const synced = Date.now() - since;
      const last = (await this.look(address)) ?? first;
      return { online, synced, ...last };
    } finally {
      replica.close();
    }
  }

  /** Bytes that a master has sent to replicas so far. */
  async sentBy(address: string): Promise<number> {
    const master = this.masters.find((each) => each.address === address);
    if (!master) throw new Error(`${address} is not watched`);
    return number(await infoOf(master.connection, "stats"), "total_net_repl_output_bytes");
  }

  close(): void {
    for (const { connection } of this.masters) connection.close();
  }

  private async look(address: string): Promise<Sighting | undefined> {
    const found = await Promise.all(
      this.masters.map(async ({ address: master, connection }) => {
        // Sent together, so that the number of bytes belongs to the offset.
        const [replication, stats] = await Promise.all([
          infoOf(connection, "replication"),
          infoOf(connection, "stats"),
        ]);
        if (!replication.includes(`ip=${address},`) || !isOnline(replication, address)) return undefined;
        const sent = number(stats, "total_net_repl_output_bytes");
        return { master, offset: number(replication, "master_repl_offset"), sent };
      }),
    );
    return found.find((sighting) => sighting !== undefined);
  }
}

/** Whether a master's `slaveN` line says that the replica's stream is running. */
function isOnline(replication: string, address: string): boolean {
  const line = replication.split("\r\n").find((each) => each.includes(`ip=${address},`));
  return line?.includes("state=online") === true;
}

async function infoOf(connection: Connection, section: string): Promise<string> {
  return String(await connection.send(["INFO", section], PATIENCE));
}

function field(text: string, name: string): string | undefined {
  const line = text.split("\r\n").find((each) => each.startsWith(`${name}:`));
  return line?.slice(name.length + 1);
}

function number(text: string, name: string): number {
  return Number(field(text, name) ?? NaN);
}
