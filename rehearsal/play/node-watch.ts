import { setTimeout as sleep } from "node:timers/promises";
import { parseClusterNodes } from "../../cluster/cluster-nodes";
import { Connection, type Reply } from "../../cluster/connection";
import { type Progress } from "../report/progress";

/** What a node is, by its own answers. `starting`: it loads its data, or has neither slots nor a master. */
export type NodeState = "owner" | "in-sync" | "syncing" | "starting" | "down";

/** A time in which a node had one state, in milliseconds of the run. */
export interface Span {
  readonly state: NodeState;
  readonly from: number;
  to: number;
}

/** The states of a node during a run. */
export interface Lane {
  readonly address: string;
  /** What it was at the start. */
  readonly role: "master" | "replica";
  readonly spans: readonly Span[];
}

/** Milliseconds between two looks at a node. */
const EVERY = 100;
/** Milliseconds until a node that does not answer counts as down, from the question on. */
const PATIENCE = 1000;
/** Milliseconds that a timer may be late. Later, this process was busy, and may not have read an answer. */
const LATE = 50;

/** Asks every node for its role, ten times a second, and keeps what changed. */
export class NodeWatch {
  private readonly watched: { readonly lane: Lane & { spans: Span[] }; readonly ended: Promise<void> }[] = [];
  private watches = true;

  constructor(
    private readonly port: number,
    private readonly progress: Progress,
  ) {}

  get lanes(): Lane[] {
    return this.watched.map(({ lane }) => lane);
  }

  /** Watches a node from now on. A node that is watched already is left as it is. */
  add(role: Lane["role"], ...addresses: readonly string[]): void {
    for (const address of addresses) {
      if (this.watched.some(({ lane }) => lane.address === address)) continue;
      const lane = { address, role, spans: [] };
      this.watched.push({ lane, ended: this.watch(lane) });
    }
  }

  async stop(): Promise<void> {
    this.watches = false;
    await Promise.all(this.watched.map(({ ended }) => ended));
  }

  private async watch(lane: Lane & { spans: Span[] }): Promise<void> {
    let connection: Connection | undefined;
    while (this.watches) {
      const asked = this.progress.now;
      let state: NodeState = "down";
      try {
        if (!connection?.isOpen)
          connection = await Connection.open({ host: lane.address, port: this.port }, {}, PATIENCE);
        state = await stateOf(connection);
      } catch {
        connection?.close();
        connection = undefined;
        if (this.progress.now - asked > PATIENCE + LATE) continue;
      }
      note(lane.spans, state, asked, this.progress.now);
      await sleep(EVERY);
    }
    connection?.close();
  }
}

async function stateOf(connection: Connection): Promise<NodeState> {
  const reply = await connection.send(["ROLE"], PATIENCE);
  const [role, , , link] = reply as readonly Reply[];
  if (role === "slave") return link === "connected" ? "in-sync" : "syncing";
  const nodes = await connection.send(["CLUSTER", "NODES"], PATIENCE).catch((error: unknown) => {
    if (/^LOADING/.test((error as Error).message)) return "";
    throw error;
  });
  const own = parseClusterNodes(String(nodes)).find(({ flags }) => flags.includes("myself"));
  return own?.slots.length ? "owner" : "starting";
}

/** Extends the last span, or begins another one. */
function note(spans: Span[], state: NodeState, asked: number, answered: number): void {
  const last = spans.at(-1);
  if (last) last.to = last.state === state ? answered : asked;
  if (last?.state !== state) spans.push({ state, from: asked, to: answered });
}
