import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BootScript, RedisInstall } from "../../constructs";
import { Metadata } from "../metadata";
import { shellWord } from "../shell-word";
import { until } from "../wait";
import { Agent, type Outcome } from "./agent";
import { Server } from "./server";
import { Unit } from "./unit";

/** Milliseconds until a unit is restarted, as on an instance. */
const RESTART = 1000;
const LOOK = 2000;
/** Milliseconds that a change of the state may take: longer than W, the longest wait of the agent. */
const PATIENCE = 120_000;
/** What an instance keeps: its volume. Files below /run end with it. */
const VOLUME = "var/lib";
/** How often an image is begun again, since a file was replaced while it was copied. */
const COPIES = 5;

export interface ReplicaProps {
  readonly directory: string;
  readonly address: string;
  readonly port: number;
  readonly masters: readonly string[];
  /** The server, as a path. */
  readonly program: string;
  /** The interpreter of the agent, as a path. */
  readonly python: string;
  /** Milliseconds between two runs of `reconcile`, 15 seconds on an instance. @default 2000 */
  readonly look?: number;
}

/** A replica with its agent: an instance as a folder. Its units are run here, since nothing of the machine is changed. */
export class Replica {
  readonly server: Server;
  private readonly unit: Unit;
  readonly agent: Agent;
  private readonly root: string;
  /** Called with each state while one is waited for. */
  onState: (state: string) => void = () => undefined;
  private shown = "";
  private instances = 0;
  private watches = true;
  private watching: Promise<void> = Promise.resolve();

  private constructor(
    private readonly props: ReplicaProps,
    private readonly metadata: Metadata,
  ) {
    this.root = join(props.directory, "instance");
    this.server = new Server(props.address, props.port, join(props.directory, "instance.log"), props.program);
    this.agent = new Agent(this.root, props.python, `127.0.0.1:${metadata.port}`);
    const pace = { restart: RESTART, tries: Infinity, delayed: () => Promise.resolve() };
    this.unit = new Unit(this.root, this.agent, this.server, pace);
  }

  /** Writes the files of an instance, with an empty volume, and starts its units. */
  static async create(props: ReplicaProps): Promise<Replica> {
    const metadata = await Metadata.start({ address: "127.0.0.1", port: 0 });
    const replica = new Replica(props, metadata);
    replica.furnish();
    replica.newInstance();
    replica.watching = replica.watch();
    return replica;
  }

  get address(): string {
    return this.props.address;
  }

  /** The state, as `redis-replica status` prints it. */
  get state(): string {
    try {
      return readFileSync(join(this.root, "run/redis-replica/state"), "utf8").trim();
    } catch {
      return "not started";
    }
  }

  /** What the agent has logged since the instance was started. */
  get log(): string {
    return this.unit.outcomes.map((each) => each.log).join("");
  }

  /** Whether the volume has the receipt of a clean shutdown. */
  get hasReceipt(): boolean {
    return readable(join(this.root, VOLUME, "redis-replica/receipt"));
  }

  /** Runs a command that an operator uses. */
  command(word: "status" | "retry" | "accept"): Promise<Outcome> {
    return this.agent.run([word]);
  }

  /** Starts the units. Resolves when Redis runs, or is not started. */
  start(): Promise<void> {
    return this.unit.start();
  }

  /** A clean shutdown: the agent stops Redis, saves the data and leaves a receipt. */
  stop(): Promise<void> {
    return this.unit.stop();
  }

  /** The loss of the host: kill -9, and no command of the agent runs. */
  lose(): Promise<void> {
    return this.unit.lose();
  }

  /** An image of the volume, while it is in use. */
  async image(): Promise<string> {
    const image = join(this.props.directory, `image-${Date.now()}`);
    for (let copy = 1; ; copy++) {
      try {
        cpSync(join(this.root, VOLUME), image, { recursive: true, preserveTimestamps: true });
        return image;
      } catch (error) {
        rmSync(image, { recursive: true, force: true });
        if (copy === COPIES) throw error;
        await sleep(100);
      }
    }
  }

  /** Another instance with this volume: the kept one, or that of an image. */
  newInstance(image?: string): void {
    const volume = join(this.root, VOLUME);
    if (image !== undefined) {
      rmSync(volume, { recursive: true, force: true });
      cpSync(image, volume, { recursive: true, preserveTimestamps: true });
    }
    rmSync(join(this.root, "run"), { recursive: true, force: true });
    mkdirSync(join(this.root, "run"), { recursive: true });
    mkdirSync(volume, { recursive: true });
    this.unit.outcomes.length = 0;
    this.shown = this.state;
    const instanceId = `i-${String(++this.instances).padStart(17, "0")}`;
    const facts = { instanceId, availabilityZone: "us-west-2a", instanceType: "r6i.large" };
    this.metadata.register("127.0.0.1", { ...facts, localIp: this.props.address });
  }

  /** Waits until the state matches. */
  async reaches(state: RegExp): Promise<string> {
    const evidence = (): string => `state: ${this.state}\n${this.log}`;
    return until(`the state is ${state.source}`, { timeout: PATIENCE, evidence }, () => {
      const now = this.state;
      if (now !== this.shown) this.onState(now);
      this.shown = now;
      return state.test(now) ? now : undefined;
    });
  }

  async close(): Promise<void> {
    this.watches = false;
    await this.unit.lose();
    await this.watching;
    await this.metadata.close();
  }

  /** Runs `reconcile` again and again while Redis runs, as the timer does. */
  private async watch(): Promise<void> {
    const { look = LOOK } = this.props;
    while (this.watches) {
      if (this.server.pid !== 0) await this.agent.run(["reconcile"]);
      for (let waited = 0; waited < look && this.watches && this.server.pid !== 0; waited += 100)
        await sleep(100);
      if (this.server.pid === 0) await sleep(50);
    }
  }

  /** Writes what user data writes on an instance. */
  private furnish(): void {
    for (const { path, mode, content } of BootScript.files()) {
      const file = join(this.root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content, { mode: parseInt(mode, 8) });
    }
    const { masters, port } = this.props;
    const redis = { install: RedisInstall.fromImage(), port };
    const { settings } = new BootScript({ masters: [...masters], redis });
    // Connections on loopback come from 127.0.0.1, so the master cannot see the address of the replica.
    const directives = `${settings["DIRECTIVES"] ?? ""}\nreplica-announce-ip ${this.props.address}`;
    const all = Object.entries({ ...settings, DIRECTIVES: directives.trim() });
    const file = join(this.root, "etc/redis-replica/settings");
    writeFileSync(file, all.map(([name, value]) => `${name}=${shellWord(value)}\n`).join(""));
    const bin = join(this.root, "opt/redis-replica/bin");
    mkdirSync(bin, { recursive: true });
    // The server checks files if it is called by the other name.
    for (const name of ["redis-server", "redis-check-rdb"]) symlinkSync(this.props.program, join(bin, name));
  }
}

function readable(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}
