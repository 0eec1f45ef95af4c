import { Connection } from "./connection";
import { parseClusterNodes, type RedisNodeOptions } from "./redis-node";

/** Slots and the master that serves them. */
export interface Owner {
  readonly first: number;
  readonly last: number;
  readonly address: string;
}

/** Milliseconds for one member's answer. */
const patience = 500;
/** Milliseconds between two questions: a cluster in trouble is not to be asked in a hurry. */
const pause = 100;

/** Which master serves which slots, as far as the members that answer know. */
export class SlotMap {
  private owners: Owner[] = [];
  private members: readonly string[];
  private refreshing?: Promise<void>;
  private silence = "";

  constructor(
    private readonly seeds: readonly string[],
    private readonly options: RedisNodeOptions,
  ) {
    this.members = seeds;
  }

  get known(): boolean {
    return this.owners.length > 0;
  }

  /** Why members did not answer the last question, for whoever cannot go on without. */
  get trouble(): string {
    return this.silence;
  }

  owner(slot: number): Owner | undefined {
    return this.owners.find(({ first, last }) => slot >= first && slot <= last);
  }

  /** Asks all known members; calls that come meanwhile share the answer. */
  refresh(): Promise<void> {
    this.refreshing ??= this.ask().finally(() => {
      setTimeout(() => (this.refreshing = undefined), pause).unref();
    });
    return this.refreshing;
  }

  private async ask(): Promise<void> {
    const views = await Promise.allSettled(this.members.map((address) => this.view(address)));
    this.silence = views
      .flatMap((view, index) => {
        return view.status === "rejected" ? `${this.members[index]}: ${String(view.reason)}` : [];
      })
      .join("\n");
    const nodes = views
      .flatMap((view) => (view.status === "fulfilled" ? parseClusterNodes(view.value) : []))
      .filter(({ address }) => address !== "");
    // Per slot the highest configuration epoch is right, whoever says so.
    const claims = nodes
      .filter(({ flags }) => flags.includes("master") && !flags.includes("fail"))
      .sort((one, other) => other.configEpoch - one.configEpoch);
    if (claims.length === 0) return;
    this.owners = claims.flatMap(({ address, slots }) => {
      return slots.map(([first, last]) => ({ first, last, address }));
    });
    this.members = [...new Set([...this.seeds, ...nodes.map(({ address }) => address)])];
  }

  private async view(address: string): Promise<string> {
    const connection = await Connection.open(address, this.options, patience);
    try {
      return String(await connection.send(["CLUSTER", "NODES"], patience));
    } finally {
      connection.close();
    }
  }
}
