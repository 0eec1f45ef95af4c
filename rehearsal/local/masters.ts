import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ClusterNode, parseClusterNodes } from "../../cluster/cluster-nodes";
import { type Resyncs } from "../play/fault";
import { slotCount } from "../slots";
import { until } from "../wait";
import { Server } from "./server";

/** Milliseconds that a change in a healthy cluster may take on a busy machine. */
const PATIENCE = 60_000;

/** Directives of the masters, of every release since Redis 6. */
const DIRECTIVES = [
  ...["protected-mode no", "cluster-enabled yes", "repl-diskless-sync-delay 0", "repl-backlog-size 16mb"],
  // Shorter than the default of 15 s, so that a failover does not make up most of the run.
  "cluster-node-timeout 2000",
  // A master that has ended comes back without data, unless it was saved.
  'save ""',
];

export interface MastersProps {
  readonly directory: string;
  readonly addresses: readonly string[];
  /** The port of all nodes. */
  readonly port: number;
  readonly program: string;
}

/** Three masters, which share the slots, each at a loopback address. */
export class Masters {
  readonly servers: readonly Server[];

  private constructor(private readonly props: MastersProps) {
    const { addresses, directory, port, program } = props;
    this.servers = addresses.map((ip) => new Server(ip, port, join(directory, `${ip}.log`), program));
  }

  /** Starts the servers, and resolves when all of them see a whole cluster. */
  static async start(props: MastersProps): Promise<Masters> {
    const masters = new Masters(props);
    await masters.form();
    return masters;
  }

  get addresses(): readonly string[] {
    return this.props.addresses;
  }

  /** The master at an address. */
  at(ip: string): Server {
    const found = this.servers.find((server) => server.ip === ip);
    if (!found) throw new Error(`${ip} is not the address of a master`);
    return found;
  }

  /** Starts a master again with the data that it has on disk. */
  async restart(server: Server): Promise<void> {
    server.spawn(this.configOf(server));
    await server.untilAnswers();
  }

  /** Takes the data of a stopped master away; the returned function puts it back. */
  hideData(server: Server): () => void {
    const file = join(this.props.directory, server.ip, "dump.rdb");
    renameSync(file, `${file}.hidden`);
    return () => renameSync(`${file}.hidden`, file);
  }

  /** The nodes as a master lists them. */
  async nodes(server = this.running[0]): Promise<ClusterNode[]> {
    return server === undefined ? [] : parseClusterNodes(String(await server.ask("CLUSTER", "NODES")));
  }

  /** Waits until every running master sees a whole cluster, and lists this owner of a slot. */
  async untilAgreed(slot: number, ip: string): Promise<void> {
    await until(`all masters list ${ip} as the owner of slot ${slot}`, { timeout: PATIENCE }, async () => {
      const agreed = await Promise.all(this.running.map((server) => this.agrees(server, slot, ip)));
      return agreed.every(Boolean);
    });
  }

  async resyncs(): Promise<Resyncs> {
    const all = await Promise.all(this.running.map((server) => server.info()));
    const sum = (field: string): number => all.reduce((total, info) => total + Number(info[field] ?? 0), 0);
    return { full: sum("sync_full"), partial: sum("sync_partial_ok") };
  }

  private get running(): readonly Server[] {
    return this.servers.filter(({ pid }) => pid !== 0);
  }

  private async agrees(server: Server, slot: number, ip: string): Promise<boolean> {
    try {
      const state = String(await server.ask("CLUSTER", "INFO"));
      const owner = (await this.nodes(server)).find(({ slots }) => {
        return slots.some(([first, last]) => slot >= first && slot <= last);
      });
      return state.includes("cluster_state:ok") && owner?.address === ip;
    } catch {
      return false;
    }
  }

  private async form(): Promise<void> {
    for (const server of this.servers) {
      const { ip } = server;
      const folder = join(this.props.directory, ip);
      mkdirSync(folder, { recursive: true });
      // Connections on loopback come from 127.0.0.1, whichever server they are of.
      const own = [`bind ${ip}`, `port ${this.props.port}`, `dir ${folder}`, `cluster-announce-ip ${ip}`];
      const lines = [...own, `replica-announce-ip ${ip}`, ...DIRECTIVES];
      writeFileSync(this.configOf(server), `${lines.join("\n")}\n`);
    }
    await Promise.all(this.servers.map((server) => this.restart(server)));
    const [first] = this.servers;
    const share = Math.ceil(slotCount / this.servers.length);
    for (const [index, server] of this.servers.entries()) {
      const slots = Array.from({ length: share }, (_, place) => index * share + place);
      // Redis 6 has no ADDSLOTSRANGE.
      await server.ask("CLUSTER", "ADDSLOTS", ...slots.filter((slot) => slot < slotCount).map(String));
      await server.ask("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1));
      if (first && server !== first) await server.ask("CLUSTER", "MEET", first.ip, String(this.props.port));
    }
    await this.untilAgreed(0, first?.ip ?? "");
  }

  private configOf({ ip }: Server): string {
    return join(this.props.directory, `${ip}.conf`);
  }
}
