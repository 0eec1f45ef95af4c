import { createServer, type Server, type Socket } from "node:net";
import { BUS_OFFSET, freeClusterPort } from "../rehearsal/free-port";

const VERSION = "7.0.15";
/** When a node last answered on the bus: any time but never. */
const PONG = 1_764_300_000_000;

/**
 * A healthy cluster of any size whose answers are written beforehand: masters, each with a replica. One listener takes the
 * connections to all loopback addresses, and answers as the node at the address that was connected to. At 127.0.0.1 it is
 * the replica of the first master, which an agent on this machine takes for its own.
 */
export class ScriptedCluster {
  private readonly sockets = new Set<Socket>();
  private readonly answers = new Map<string, string>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
    readonly masters: readonly string[],
    /** The replica of the first master. */
    readonly replica: string,
  ) {}

  static async start(count: number): Promise<ScriptedCluster> {
    const port = await freeClusterPort();
    const masters = Array.from({ length: count }, (_, index) => address(1, index));
    const server = createServer();
    const cluster = new ScriptedCluster(server, port, masters, address(2, 0));
    server.on("connection", (socket) => cluster.serve(socket));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ port, host: "0.0.0.0", backlog: 4096 }, resolve);
    });
    return cluster;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    const own = socket.localAddress === "127.0.0.1" ? this.replica : (socket.localAddress ?? "");
    let rest = "";
    socket.on("data", (chunk) => {
      rest += chunk.toString("latin1");
      for (let command = wordsIn(rest); command !== undefined; command = wordsIn(rest)) {
        rest = rest.slice(command.length);
        socket.write(this.answer(own, command.words.join(" ").toUpperCase()));
      }
    });
  }

  /** The answers are long, and each is asked for at every look, so they are made once. */
  private answer(own: string, command: string): string {
    const name = `${own} ${command}`;
    const found = this.answers.get(name) ?? this.reply(own, command);
    this.answers.set(name, found);
    return found;
  }

  private reply(own: string, command: string): string {
    if (command === "CLUSTER NODES") return bulk(this.nodes(own));
    if (command === "CLUSTER INFO") return bulk(`cluster_state:ok\r\ncluster_slots_assigned:16384\r\n`);
    if (command.startsWith("INFO")) return bulk(this.info(own));
    if (command === "PING") return "+PONG\r\n";
    if (command === "REPLCONF") return "+OK\r\n";
    if (command === "TIME") return array(["1764300000", "0"]);
    return `-ERR ${command} is not scripted\r\n`;
  }

  private nodes(own: string): string {
    const share = 16_384 / this.masters.length;
    return this.masters
      .flatMap((master, index) => {
        const [first, last] = [Math.ceil(index * share), Math.ceil((index + 1) * share) - 1];
        const line = (at: string, role: string, of: string, slots: string): string =>
          `${idOf(at)} ${at}:${this.port}@${this.port + BUS_OFFSET} ${at === own ? "myself," : ""}${role} ${of} 0 ${PONG} ${index + 1} connected${slots}\n`;
        return [
          line(master, "master", "-", ` ${first}-${last}`),
          line(address(2, index), "slave", idOf(master), ""),
        ];
      })
      .join("");
  }

  private info(own: string): string {
    const isMaster = this.masters.includes(own);
    const counterpart = own.replace(/^127\.\d+/, isMaster ? "127.2" : "127.1");
    const common = [
      `redis_version:${VERSION}`,
      `run_id:${idOf(own)}`,
      "uptime_in_seconds:900",
      "loading:0",
      "aof_enabled:0",
    ];
    const offsets = ["master_replid:a", "master_repl_offset:900"];
    const role = isMaster
      ? [
          ...["role:master", "connected_slaves:1"],
          `slave0:ip=${counterpart},port=${this.port},state=online,offset=900,lag=0`,
        ]
      : [
          ...[
            "role:slave",
            `master_host:${counterpart}`,
            `master_port:${this.port}`,
            "master_link_status:up",
          ],
          ...["slave_repl_offset:900", "slave_read_repl_offset:900", "master_last_io_seconds_ago:0"],
        ];
    return [...common, ...role, ...offsets, ""].join("\r\n");
  }
}

function address(net: number, index: number): string {
  return `127.${net}.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}

function idOf(at: string): string {
  return Buffer.from(at).toString("hex").padEnd(40, "0").slice(0, 40);
}

function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

function array(texts: readonly string[]): string {
  return `*${texts.length}\r\n${texts.map(bulk).join("")}`;
}

/** The first whole command in a text, with its length there. */
function wordsIn(text: string): { readonly words: string[]; readonly length: number } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (!head) return undefined;
  let at = head[0].length;
  const words: string[] = [];
  while (words.length < Number(head[1])) {
    const [prefix = "", size = ""] = /^\$(\d+)\r\n/.exec(text.slice(at)) ?? [];
    const begin = at + prefix.length;
    const end = begin + Number(size);
    if (prefix === "" || text.length < end + 2) return undefined;
    words.push(text.slice(begin, end));
    at = end + 2;
  }
  return { words, length: at };
}
