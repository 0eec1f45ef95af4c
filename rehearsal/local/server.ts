import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { Connection } from "../../cluster/connection";
import { until } from "../wait";

/** The timeout of one command in milliseconds. */
const patience = 5000;

/** How a process ended, in the terms of systemd. */
export interface End {
  readonly result: "success" | "exit-code" | "signal";
  /** The code, or the signal's name without SIG. */
  readonly status: string;
}

/** A redis-server on a loopback address. */
export class Server {
  private child?: ChildProcess;
  /** Resolves when the process ends. */
  exited: Promise<End> = Promise.resolve({ result: "success", status: "0" });

  constructor(
    readonly ip: string,
    readonly port: number,
    private readonly log: string,
    private readonly program = "redis-server",
  ) {}

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** Starts the process; it may not answer yet. */
  spawn(...argv: readonly string[]): void {
    const output = openSync(this.log, "a");
    const child = spawn(this.program, argv, { stdio: ["ignore", output, output], cwd: dirname(this.log) });
    closeSync(output);
    this.child = child;
    this.exited = new Promise((resolve) => {
      child.once("error", () => resolve({ result: "exit-code", status: "203" }));
      child.once("exit", (code, signal) => {
        if (signal) resolve({ result: "signal", status: signal.slice(3) });
        else resolve({ result: code === 0 ? "success" : "exit-code", status: String(code) });
      });
    });
    void this.exited.then(() => {
      if (this.child === child) this.child = undefined;
    });
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.child?.kill(signal);
    await this.exited;
  }

  async untilAnswers(): Promise<void> {
    await until(`${this.ip} answers`, { timeout: 30_000 }, () => {
      return this.ask("PING").then(
        (reply) => reply === "PONG",
        () => false,
      );
    });
  }

  /** The answer to one command; rejects with the error of the server. */
  async ask(...words: readonly string[]): Promise<unknown> {
    return (await this.askAll([words]))[0];
  }

  async askAll(commands: readonly (readonly string[])[]): Promise<unknown[]> {
    const connection = await Connection.open({ host: this.ip, port: this.port }, {}, patience);
    try {
      return await Promise.all(commands.map((words) => connection.send([...words], patience)));
    } finally {
      connection.close();
    }
  }

  /** The fields of INFO. */
  async info(): Promise<Readonly<Record<string, string>>> {
    const lines = String(await this.ask("INFO")).split("\r\n");
    return Object.fromEntries(lines.map((line) => line.split(/:(.*)/s).slice(0, 2) as [string, string]));
  }
}
