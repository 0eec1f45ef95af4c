import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../rehearsal/free-port";
import { until } from "../../../rehearsal/wait";

/** A real server on loopback. */
export interface LocalRedis {
  readonly address: string;
  readonly close: () => Promise<void>;
}

export async function startRedis(): Promise<LocalRedis> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), "redis-"));
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--save", ""];
  const child = spawn("redis-server", options, { stdio: "ignore" });
  const exited = new Promise((resolve) => child.on("exit", resolve));
  await until("redis-server answers", { timeout: 20_000 }, async () => {
    const wire = await Wire.open(port);
    wire.send(command("PING"));
    const text = await wire.until(/PONG/, 500).catch(() => "");
    wire.close();
    return text !== "";
  });
  const close = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
    rmSync(directory, { recursive: true, force: true });
  };
  return { address: `127.0.0.1:${port}`, close };
}

export function command(...words: (string | Buffer)[]): Buffer {
  const parts = words.flatMap((word) => [
    Buffer.from(`$${Buffer.byteLength(word)}\r\n`),
    Buffer.from(word),
    crlf,
  ]);
  return Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts]);
}

const crlf = Buffer.from("\r\n");

/** A connection with access to its raw bytes. */
export class Wire {
  private chunks: Buffer[] = [];
  /** How the connection ended; undefined while it is open. */
  ended?: "closed" | "reset";

  private constructor(private readonly socket: Socket) {
    socket.on("data", (chunk) => this.chunks.push(chunk));
    socket.on("error", () => (this.ended = "reset"));
    socket.on("close", () => (this.ended ??= "closed"));
  }

  static async open(port: number): Promise<Wire> {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: false });
    const wire = new Wire(socket);
    await until("connected", { timeout: 5000, every: 5 }, () => !socket.connecting);
    return wire;
  }

  /** Opens a connection to a server through a proxy. */
  static async through(proxy: number, address: string): Promise<Wire> {
    const wire = await Wire.open(proxy);
    wire.send(Buffer.from(`TO ${address}\n`));
    return wire;
  }

  get received(): Buffer {
    return Buffer.concat(this.chunks);
  }

  send(...parts: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** Waits for matching bytes, as Latin-1 text; returns everything received. */
  async until(wanted: RegExp, timeout = 5000): Promise<string> {
    const text = (): string => this.received.toString("latin1");
    await until(`received ${wanted}`, { timeout, every: 5, evidence: text }, () => wanted.test(text()));
    return text();
  }

  async untilEnded(): Promise<string> {
    await until(
      "the connection ended",
      { timeout: 5000, every: 5, evidence: () => this.received.toString() },
      () => this.ended,
    );
    return this.received.toString("latin1");
  }

  endSending(): void {
    this.socket.end();
  }

  /** Stops reading. */
  pause(): void {
    this.socket.pause();
  }

  close(): void {
    this.socket.destroy();
  }
}
