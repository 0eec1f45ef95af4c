import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { Cgroup } from "./cgroup";
import { tail } from "./run";
import { until } from "./wait";

export interface MachineProps {
  /** The host name inside. */
  readonly name: string;
  /** Of the cgroup; another one for each boot. */
  readonly group: string;
  /** The mounted root tree. */
  readonly root: string;
  /** The network namespace's path. */
  readonly namespace: string;
  /** The file that gets what is written to the console. */
  readonly console: string;
}

/** How a machine ended: switched off, or to be switched on again at once. */
export type Ending = "off" | "reboot";

/** nspawn's exit status when the system inside asked for a reboot. */
const rebooted = 133;

/** One boot of a system in a container, from the first process to the last. */
export class Machine {
  /** Resolves when no process of it is left. */
  readonly ended: Promise<Ending>;

  private constructor(
    private readonly nspawn: ChildProcess,
    /** The host's id of the system's first process. */
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

  /** Resolves when the first process runs. */
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

  /** Presses the power button; units are then stopped in order. */
  async powerOff(): Promise<void> {
    let over = false;
    const end = () => (over = true);
    void this.ended.then(end, end);
    // Before systemd listens to it the signal would be lost, and a second one means: at once.
    await until("systemd listens", { timeout: 10_000 }, () => over || listens(this.leader));
    this.nspawn.kill("SIGTERM");
  }

  /** Ends every process at once. */
  kill(): void {
    try {
      process.kill(this.leader, "SIGKILL");
    } catch {
      this.nspawn.kill("SIGKILL");
    }
  }

  /** Holds every process still, which it waits for, or lets all go on. */
  async freeze(frozen: boolean): Promise<void> {
    this.cgroup.freeze(frozen);
    await until("processes stand still", { timeout: 5000, every: 5 }, () => this.cgroup.frozen === frozen);
  }

  /** A file's text as the system inside sees it; empty where there is none. */
  read(path: string): string {
    return read(`/proc/${this.leader}/root${path}`);
  }
}

/** The system's first process: a child of nspawn that is number 1 in a namespace of its own. */
function firstProcess(nspawn: number): number | undefined {
  const children = read(`/proc/${nspawn}/task/${nspawn}/children`).split(" ").filter(Boolean);
  const found = children.find((pid) => {
    return (
      /^NSpid:.*\t1$/m.test(read(`/proc/${pid}/status`)) && read(`/proc/${pid}/comm`).trim() === "systemd"
    );
  });
  return found === undefined ? undefined : Number(found);
}

/** Whether a process handles SIGRTMIN+3 (number 37), which asks systemd to power off. */
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
