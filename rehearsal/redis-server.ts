import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { workDirectory } from "./inside";
import { type Login } from "../cluster/login";
import { type Network } from "./network";
import { RedisNode } from "./redis-node";
import { tail } from "./run";
import { until } from "./wait";

export interface RedisServerOptions {
  /** The server to run: a path, or a name on PATH. @default redis-server */
  readonly server?: string;
  /** Directives that replace the defaults. An empty text removes a directive. */
  readonly directives?: Readonly<Record<string, string>>;
  /** How the run logs in to the server. @default - without a password and TLS */
  readonly login?: Login;
}

const defaults: Readonly<Record<string, string>> = {
  port: "6379",
  "protected-mode": "no",
  "cluster-enabled": "yes",
  // Shorter than Redis's 15 s, so that failovers do not make up most of a test.
  "cluster-node-timeout": "5000",
  "repl-backlog-size": "128mb",
  "repl-diskless-sync-delay": "0",
  // A replica that must be elected must not migrate to a master without replicas.
  "cluster-allow-replica-migration": "no",
  "enable-debug-command": "yes",
  // With a save point, a clean stop saves the data. The interval is long, so that no save disturbs a measurement.
  save: "86400 1",
  appendonly: "no",
};

/** A real server at its own address, without a booted system. */
export class RedisServer {
  readonly node: RedisNode;
  /** The folder of dump.rdb, nodes.conf and redis.log. */
  readonly directory: string;
  /** Added to the environment of this process, from the next start on. */
  environment: Readonly<Record<string, string>> = {};
  /** The server to run from the next start on: a path, or a name on PATH. */
  program: string;
  private child?: ChildProcess;
  private exited: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly network: Network,
    readonly address: string,
    private readonly options: RedisServerOptions,
  ) {
    const { "tls-port": tlsPort, port = "6379" } = options.directives ?? {};
    this.node = new RedisNode(address, { ...options.login, port: Number(tlsPort ?? port) });
    this.directory = join(workDirectory(), "servers", address);
    this.program = options.server ?? "redis-server";
  }

  /** Adds the address to the network and starts a server there. */
  static async create(
    network: Network,
    address: string,
    options: RedisServerOptions = {},
  ): Promise<RedisServer> {
    const server = new RedisServer(network, address, options);
    mkdirSync(server.directory, { recursive: true });
    await network.attach(address);
    await server.start();
    return server;
  }

  get running(): boolean {
    return this.child !== undefined;
  }

  /** Starts with the data on disk. Resolves when the server replies, even if it is loading its data. */
  async start(): Promise<void> {
    if (this.child) return;
    const directives = { ...defaults, dir: this.directory, logfile: "redis.log", ...this.options.directives };
    const lines = Object.entries(directives).filter(([, value]) => value !== "");
    const config = join(this.directory, "redis.conf");
    writeFileSync(config, lines.map(([name, value]) => `${name} ${value}\n`).join(""));
    const output = openSync(join(this.directory, "output"), "a");
    const [command = "", ...args] = this.network.at(this.address);
    const child = spawn(command, [...args, this.program, config], {
      stdio: ["ignore", output, output],
      env: { ...process.env, ...this.environment },
    });
    closeSync(output);
    this.child = child;
    this.exited = new Promise((resolve) => {
      child.on("error", resolve);
      child.on("exit", resolve);
    });
    void this.exited.then(() => (this.child = undefined));
    await until(`${this.address} answers`, { timeout: 30_000, evidence: () => this.log() }, () => {
      if (!this.child) throw new Error(`the server at ${this.address} ended\n${tail(this.log())}`);
      return this.node.answers();
    });
  }

  /** A clean stop with a save. */
  stop(): Promise<void> {
    return this.end("SIGTERM");
  }

  /** Kills the process with SIGKILL. Its address stays reachable. */
  kill(): Promise<void> {
    return this.end("SIGKILL");
  }

  /** Pauses the process with SIGSTOP, so that it sends no replies and keeps its connections, or resumes it. */
  freeze(frozen: boolean): void {
    this.child?.kill(frozen ? "SIGSTOP" : "SIGCONT");
  }

  /** Ends the server, removes the address from the network and deletes the data. */
  async close(): Promise<void> {
    await this.kill();
    await this.network.detach(this.address);
    rmSync(this.directory, { recursive: true, force: true });
  }

  log(): string {
    return ["output", "redis.log"].map((name) => read(join(this.directory, name))).join("");
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.child) return;
    this.child.kill(signal);
    const options = { timeout: 60_000, evidence: () => tail(this.log()) };
    await until(`${this.address} ended`, options, () => !this.running);
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
