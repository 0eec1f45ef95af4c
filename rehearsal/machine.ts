import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { Cgroup } from "./cgroup";
import { tail } from "./run";
import { until } from "./wait";

export interface MachineProps {
  /** The host name of the system. */
  readonly name: string;
  /** The name of the cgroup. It is different for each boot. */
  readonly group: string;
  /** The mounted root tree. */
  readonly root: string;
  /** The path of the network namespace. */
  readonly namespace: string;
  /** The file for the console output. */
  readonly console: string;
}

/** How a machine ended: by a power-off, or by a reboot. */
export type Ending = "off" | "reboot";

/** The exit code of nspawn after a reboot of the system. */
const rebooted = 133;

/** One boot of a system in a container, from its first process to its last. */
export class Machine {
  /** Resolves when all its processes have ended. */
  readonly ended: Promise<Ending>;

  private constructor(
    private readonly nspawn: ChildProcess,
    /** The process ID of the init process on the host. */
    readonly leader: number,
    private readonly cgroup: Cgroup,
    exited: Promise<number | null>,
  ) {
    this.ended = exited.then(async (status) => {
      await until("the cgroup is empty", { timeout: 5000 }, () => cgroup.processes.length === 0);
      cgroup.remove();
      return status === rebooted ? "reboot" : "off";
    });
  }

  /** Resolves when the init process runs. */
  static async boot(props: MachineProps): Promise<Machine> {
    const cgroup = Cgroup.create(props.group);
    const output = openSync(props.console, "w");
    const argv = [
      ...["systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit", "--console=read-only"],
      ...["--resolv-conf=off", "--timezone=off", "--link-journal=no", "--kill-signal=SIGRTMIN+3"],
      ...[`--machine=${props.name}`, `--network-namespace-path=${props.namespace}`],
      ...["--directory", props.root],
    ];
    const nspawn = spawn("sh", ["-c", `${cgroup.enter} && exec "$@"`, "sh", ...argv], {
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    const exited = new Promise<number | null>((resolve) => {
      nspawn.on("error", () => resolve(null));
      nspawn.on("exit", (code) => resolve(code));
    });
    let over = false;
    void exited.then(() => (over = true));
    const evidence = () => tail(read(props.console));
    try {
      const leader = await until(`${props.name} boots`, { timeout: 10_000, every: 10, evidence }, () => {
        if (over) throw new Error(`${props.name} did not boot: ${evidence()}`);
        return firstProcess(nspawn.pid ?? 0);
      });
      return new Machine(nspawn, leader, cgroup, exited);
    } catch (error) {
      nspawn.kill("SIGKILL");
      await exited;
      cgroup.remove();
      throw error;
    }
  }

  /** Simulates the power button: systemd stops all units in order. */
  async powerOff(): Promise<void> {
    let over = false;
    const end = () => (over = true);
    void this.ended.then(end, end);
    // A signal that is sent before systemd handles it is lost, and a second one forces an immediate power-off.
    await until("systemd listens", { timeout: 10_000 }, () => over || listens(this.leader));
    this.nspawn.kill("SIGTERM");
  }

  /** Kills all processes at once. */
  kill(): void {
    try {
      process.kill(this.leader, "SIGKILL");
    } catch {
      this.nspawn.kill("SIGKILL");
    }
  }

  /** Freezes all processes and waits until they are frozen, or thaws them. */
  async freeze(frozen: boolean): Promise<void> {
    this.cgroup.freeze(frozen);
    await until(
      "all processes are frozen or thawed",
      { timeout: 5000, every: 5 },
      () => this.cgroup.frozen === frozen,
    );
  }

  /** The process IDs of all its processes on the host. */
  get processes(): readonly number[] {
    return this.cgroup.processes;
  }

  /** The text of a file in the system; empty if there is no such file. */
  read(path: string): string {
    return read(`/proc/${this.leader}/root${path}`);
  }
}

/** The init process of the system: a child of nspawn that is PID 1 in its PID namespace. */
function firstProcess(nspawn: number): number | undefined {
  const children = read(`/proc/${nspawn}/task/${nspawn}/children`).split(" ").filter(Boolean);
  const found = children.find((pid) => {
    return (
      /^NSpid:.*\t1$/m.test(read(`/proc/${pid}/status`)) && read(`/proc/${pid}/comm`).trim() === "systemd"
    );
  });
  return found === undefined ? undefined : Number(found);
}

/** Whether a process handles SIGRTMIN+3 (number 37), the signal for a power-off by systemd. */
function listens(pid: number): boolean {
  const [, blocked, caught] = /^SigBlk:\s*(\S+)[^]*^SigCgt:\s*(\S+)/m.exec(read(`/proc/${pid}/status`)) ?? [];
  return [blocked, caught].some((signals) => (BigInt(`0x${signals ?? "0"}`) & (1n << 36n)) !== 0n);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
