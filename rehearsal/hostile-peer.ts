import { type ChildProcess, spawn } from "node:child_process";
import { type Network } from "./network";
import { RedisNode } from "./redis-node";
import { until } from "./wait";

export interface HostilePeerOptions {
  readonly network: Network;
  /** The address to listen on, at port 6379. No other server may use it. */
  readonly address: string;
  /** The reply to CLUSTER NODES. */
  readonly nodes: string;
}

/** A command that runs if a shell evaluates a reply. */
export const COMMAND = "touch /tmp/owned";

/** The program of the peer. On every second connection, the replies contain values that are out of range. */
const PROGRAM = `
const [nodes, command] = process.argv.slice(1);
const bulk = (text) => "$" + Buffer.byteLength(text) + "\\r\\n" + text + "\\r\\n";
const evil = "a[$(" + command + ")]";
const info = ["role:master", "loading:0", "redis_version:7.0.15", "master_replid:" + evil, "master_repl_offset:" + evil,
  "slave_repl_offset:-1", "master_link_down_since_seconds:" + evil, "aof_enabled:" + evil, ""].join("\\r\\n");
const reply = (name, words, odd) => {
  if (name === "CLUSTER" && words[1]?.toUpperCase() === "NODES")
    return bulk(odd ? nodes.replace(/^(\\S+ \\S+ \\S+ \\S+) \\S+ \\S+/gm, "$1 " + evil + " 99999999999999999999") : nodes);
  if (name === "CLUSTER" && words[1]?.toUpperCase() === "MYID") return bulk(nodes.slice(0, 40));
  if (name === "INFO") return bulk(info);
  if (name === "TIME") return "*2\\r\\n" + bulk(evil) + bulk("-1");
  if (name === "DBSIZE") return odd ? ":-5\\r\\n" : bulk(evil);
  if (name === "SET" || name === "EVAL") return "-MOVED 0 $(" + command + "):6379\\r\\n";
  return "-ERR \\u001b]0;owned\\u0007 $(" + command + ")\\r\\n";
};
let count = 0;
require("net").createServer((socket) => {
  const odd = count++ % 2 === 1;
  socket.on("error", () => undefined);
  socket.on("data", (data) => {
    for (const part of data.toString("latin1").split(/^\\*\\d+\\r\\n/m).slice(1)) {
      const words = part.split("\\r\\n").filter((_, index) => index % 2 === 1);
      socket.write(Buffer.from(reply((words[0] ?? "").toUpperCase(), words, odd), "latin1"));
    }
  });
}).listen(6379, "0.0.0.0");
`;

/** A process that answers in place of a Redis server, with forged cluster views and shell commands as values. */
export class HostilePeer {
  private constructor(private readonly child: ChildProcess) {}

  /** Resolves when it answers. */
  static async start({ network, address, nodes }: HostilePeerOptions): Promise<HostilePeer> {
    const [program = "", ...argv] = network.at(address);
    const child = spawn(program, [...argv, process.execPath, "-e", PROGRAM, nodes, COMMAND], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    const node = new RedisNode(address);
    await until(`the hostile peer at ${address} answers`, { timeout: 10_000 }, async () => {
      return (await node.cli("CLUSTER", "MYID").catch(() => "")) === nodes.slice(0, 40);
    });
    return new HostilePeer(child);
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.child.on("exit", resolve));
    this.child.kill("SIGKILL");
    await exited;
  }
}
