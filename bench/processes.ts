import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { freeClusterPort } from "../rehearsal/free-port";
import { Masters } from "../rehearsal/local/masters";
import { Replica, type ReplicaProps } from "../rehearsal/local/replica";
import { findPrograms, type Programs } from "../rehearsal/local/requirements";
import { Workplace } from "../rehearsal/local/workplace";

/** Milliseconds between two looks, as on an instance. */
const LOOK = 15_000;

/** Masters, and replicas with their agents, as processes on loopback addresses. */
export class Processes {
  private readonly replicas: Replica[] = [];
  private readonly ports: Set<number>;

  private constructor(
    readonly masters: Masters,
    readonly port: number,
    readonly programs: Programs,
    private readonly workplace: Workplace,
  ) {
    this.ports = new Set([port]);
  }

  static async start(masters: number): Promise<Processes> {
    const programs = await findPrograms();
    const workplace = new Workplace([programs.executable, programs.python]);
    try {
      const port = await freeClusterPort();
      const addresses = Array.from({ length: masters }, (_, index) => `127.0.1.${index + 1}`);
      const common = { directory: workplace.directory, port, program: programs.server };
      return new Processes(await Masters.start({ ...common, addresses }), port, programs, workplace);
    } catch (error) {
      await workplace.close();
      throw error;
    }
  }

  get directory(): string {
    return this.workplace.directory;
  }

  /** Writes the files of an instance with an empty volume. Its replica is not started. */
  async addReplica(
    given: Partial<Pick<ReplicaProps, "address" | "port" | "masters">> = {},
  ): Promise<Replica> {
    const { server: program, python } = this.programs;
    const address = `127.0.2.${this.replicas.length + 1}`;
    const masters = this.masters.addresses.map((host) => `${host}:${this.port}`);
    const own = { address, port: await this.unusedPort(), masters, ...given };
    const directory = join(this.directory, own.address);
    mkdirSync(directory);
    const replica = await Replica.create({ ...own, directory, program, python, look: LOOK });
    this.replicas.push(replica);
    return replica;
  }

  /** An agent asks its Redis at 127.0.0.1, so no two replicas have the same port. */
  private async unusedPort(): Promise<number> {
    for (;;) {
      const port = await freeClusterPort();
      if (this.ports.has(port)) continue;
      this.ports.add(port);
      return port;
    }
  }

  async close(): Promise<void> {
    // Together: a command of the agent that waits for the cluster would delay the end.
    await Promise.all([
      ...this.replicas.map((replica) => replica.close()),
      ...this.masters.servers.map((server) => server.end("SIGKILL")),
      this.workplace.close(),
    ]);
    await this.workplace.close();
  }
}
