import { parseClusterNodes } from "../cluster/cluster-nodes";
import { Connection } from "../cluster/connection";
import { endpointOf, type RedisNodeOptions } from "./redis-node";

/** A range of slots and its owner. */
export interface Owner {
  readonly first: number;
  readonly last: number;
  readonly address: string;
}

/** The timeout of one query, in milliseconds. */
const patience = 500;
/** The least milliseconds between two queries, so that they do not add load to a failing cluster. */
const pause = 100;

/** The owners of the slots, in the view of the members that reply. */
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

  /** The errors of the members that did not reply to the last query, for error messages. */
  get trouble(): string {
    return this.silence;
  }

  owner(slot: number): Owner | undefined {
    return this.owners.find(({ first, last }) => slot >= first && slot <= last);
  }

  /** Queries all known members. Concurrent calls share the result. */
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
    // For each slot, the claim with the highest configuration epoch is valid, whichever member reports it.
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
    const connection = await Connection.open(endpointOf(address, this.options), this.options, patience);
    try {
      return String(await connection.send(["CLUSTER", "NODES"], patience));
    } finally {
      connection.close();
    }
  }
}
