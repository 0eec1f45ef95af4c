import { Connection } from "../cluster/connection";
import { connectedReplicas, type Info, numberIn, parseInfo } from "../cluster/info";
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

/** Asks every master every 20 ms which replicas it lists as online. */
export class Watch {
  private constructor(
    private readonly masters: readonly { readonly address: string; readonly connection: Connection }[],
    private readonly port: number,
  ) {}

  /** Connects once, so that polling is cheap and costs the same in every measurement. */
  static async open(addresses: readonly string[], port = 6379): Promise<Watch> {
    const open = async (address: string) => {
      return { address, connection: await Connection.open({ host: address, port }, {}, PATIENCE) };
    };
    return new Watch(await Promise.all(addresses.map(open)), port);
  }

  async untilSynced(address: string, since: number, timeout: number): Promise<Return> {
    const options = { timeout, every: EVERY };
    const first = await until(`a master lists ${address}`, options, () => this.look(address));
    const online = Date.now() - since;
    const replica = await Connection.open({ host: address, port: this.port }, {}, PATIENCE);
    try {
      await until(`${address} is in sync`, options, async () => {
        const info = await infoOf(replica, "replication");
        return (
          info["master_link_status"] === "up" && (numberIn(info, "slave_repl_offset") ?? 0) >= first.offset
        );
      });
      const synced = Date.now() - since;
      const last = (await this.look(address)) ?? first;
      return { online, synced, ...last };
    } finally {
      replica.close();
    }
  }

  /** When each of several replicas was first listed as online, in milliseconds after `since`, in rising order. */
  async untilOnline(addresses: readonly string[], since: number, timeout: number): Promise<number[]> {
    const missing = new Set(addresses);
    const times: number[] = [];
    const evidence = (): string => `missing: ${[...missing].join(", ")}`;
    await until("masters list all replicas", { timeout, every: EVERY, evidence }, async () => {
      const lists = await Promise.all(
        this.masters.map(({ connection }) => infoOf(connection, "replication")),
      );
      const now = Date.now() - since;
      for (const address of [...missing].filter((each) =>
        lists.some((list) => online(list).includes(each)),
      )) {
        missing.delete(address);
        times.push(now);
      }
      return missing.size === 0;
    });
    return times;
  }

  /** The number of replicas that each master lists as online. */
  async replicasByMaster(): Promise<number[]> {
    const lists = await Promise.all(this.masters.map(({ connection }) => infoOf(connection, "replication")));
    return lists.map((list) => online(list).length);
  }

  /** Bytes that a master has sent to replicas so far. */
  async sentBy(address: string): Promise<number> {
    const master = this.masters.find((each) => each.address === address);
    if (!master) throw new Error(`${address} is not watched`);
    return sentIn(await infoOf(master.connection, "stats"));
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
        if (!online(replication).includes(address)) return undefined;
        const offset = numberIn(replication, "master_repl_offset") ?? NaN;
        return { master, offset, sent: sentIn(stats) };
      }),
    );
    return found.find((sighting) => sighting !== undefined);
  }
}

/** The addresses of the replicas whose streams run. */
function online(replication: Info): string[] {
  return connectedReplicas(replication).flatMap(({ address, state }) =>
    state === "online" ? [address] : [],
  );
}

function sentIn(stats: Info): number {
  return numberIn(stats, "total_net_repl_output_bytes") ?? NaN;
}

async function infoOf(connection: Connection, section: string): Promise<Info> {
  return parseInfo(String(await connection.send(["INFO", section], PATIENCE)));
}
