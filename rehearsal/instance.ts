import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DataDisk, LSBLK } from "./data-disk";
import { workDirectory } from "./inside";
import { Machine } from "./machine";
import { type InstanceFacts, type Metadata, type NoticeAction } from "./metadata";
import { type Network } from "./network";
import { type Outcome, run, tail } from "./run";
import { type Snapshot, type Volume } from "./volume";
import { until } from "./wait";

export interface InstanceProps extends InstanceFacts {
  readonly network: Network;
  /** @default - no metadata service at 169.254.169.254 */
  readonly metadata?: Metadata;
  /** The root volume. It is mounted while the instance runs, and kept afterwards. */
  readonly volume: Volume;
  readonly privateIp: string;
  /** The data volumes that are attached at boot. @default - none, and none can be attached later */
  readonly disks?: readonly DataDisk[];
  /** Files of the root volume that are written before each boot, by their paths. @default none */
  readonly files?: Readonly<Record<string, string>>;
  /** The bytes that EC2 would pass on, compressed or not. */
  readonly userData: Buffer;
}

/** The result of the user data. Times are in milliseconds after the start. */
export interface UserDataResult {
  readonly succeeded: boolean;
  readonly errors: readonly string[];
  /** Begin of cloud-init's final stage, which runs the user data. */
  readonly begun: number;
  /** End of that stage. */
  readonly finished: number;
  /** When multi-user.target was reached; undefined before that. */
  readonly multiUser?: number;
}

/** systemd's stop timeout of a unit (90 s), and a margin. */
const powerOffTimeout = 100_000;

/** A booted system that simulates an EC2 instance. */
export class Instance {
  /** The time of the latest boot. */
  startedAt = new Date(0);
  /** The number of boots, including reboots. */
  boots = 0;
  private startedMonotonic = 0;
  private machine?: Machine;
  private gone: Promise<void> = Promise.resolve();
  private failure?: Error;

  private readonly disks: DataDisk[];

  constructor(private readonly props: InstanceProps) {
    this.disks = [...(props.disks ?? [])];
    mkdirSync(join(workDirectory(), "consoles"), { recursive: true });
  }

  get instanceId(): string {
    return this.props.instanceId;
  }

  get privateIp(): string {
    return this.props.privateIp;
  }

  get volume(): Volume {
    return this.props.volume;
  }

  get running(): boolean {
    return this.machine !== undefined;
  }

  /** The process ID of the instance's init process on the host, for nsenter. */
  get leader(): number {
    if (!this.machine) throw new Error(`${this.instanceId} is not running`);
    return this.machine.leader;
  }

  /** The process IDs of all its processes on the host; none while it is off. */
  get processes(): readonly number[] {
    return this.machine?.processes ?? [];
  }

  /** Attaches the volume and the address and boots. Resolves when the init process runs. */
  async start(): Promise<void> {
    if (this.machine) throw new Error(`${this.instanceId} is already running`);
    const { volume, metadata, privateIp } = this.props;
    const root = await volume.mount();
    if (this.props.disks) writeFileSync(join(root, "usr/local/sbin/lsblk"), LSBLK, { mode: 0o755 });
    for (const [path, text] of Object.entries(this.props.files ?? {})) writeFileSync(join(root, path), text);
    const seed = join(root, "var/lib/cloud/seed/nocloud");
    mkdirSync(seed, { recursive: true });
    writeFileSync(join(seed, "meta-data"), `instance-id: ${this.instanceId}\n`);
    writeFileSync(join(seed, "user-data"), this.props.userData);
    metadata?.register(privateIp, this.props);
    let over = (): void => undefined;
    this.gone = new Promise((resolve) => (over = resolve));
    try {
      await this.boot(over);
    } catch (error) {
      await this.release();
      over();
      throw error;
    }
  }

  /** Attaches a data volume now and at every reboot. */
  async attach(disk: DataDisk): Promise<void> {
    this.disks.push(disk);
    await disk.attach(this.leader);
  }

  /** Powers off as with the power button: systemd stops all units in order. */
  async stop(options: { readonly timeout?: number } = {}): Promise<void> {
    if (!this.machine) return;
    await this.machine.powerOff();
    await this.untilGone(options.timeout ?? powerOffTimeout, "powered off");
  }

  /** Simulates the loss of the instance: no unit is stopped, and peers receive no packets. */
  async kill(): Promise<void> {
    const machine = this.machine;
    if (!machine) return;
    // The network first: otherwise the peers would receive FIN and RST packets of the killed processes.
    await this.props.network.unplug(this.privateIp);
    machine.kill();
    await this.untilGone(15_000, "gone");
  }

  /** A spot interruption: the interruption notice, its waiting time, and the power-off. */
  async interrupt(
    options: { readonly noticeSeconds?: number; readonly action?: NoticeAction } = {},
  ): Promise<void> {
    const notice = (options.noticeSeconds ?? 120) * 1000;
    const time = new Date(Date.now() + notice);
    this.props.metadata?.notice(this.privateIp, options.action ?? "terminate", time);
    const end = Date.now() + notice;
    await until(
      "the time of the interruption notice has passed",
      { timeout: notice + 1000, every: 100 },
      () => {
        return !this.running || Date.now() >= end;
      },
    );
    await this.stop();
  }

  /** Reboots with the same instance ID and volume. Resolves when the init process runs again. */
  async reboot(): Promise<void> {
    const boots = this.boots;
    await this.exec(["systemctl", "reboot"]).catch(() => undefined); // the reboot may kill the command
    const options = { timeout: powerOffTimeout, evidence: () => this.evidence() };
    await until(`${this.instanceId} rebooted`, options, () => {
      if (this.failure) throw this.failure;
      return this.boots > boots && this.machine;
    });
  }

  /** Runs a command on the instance, as root, with a clean environment. */
  async exec(
    argv: readonly string[],
    options: { readonly timeout?: number; readonly input?: string | Buffer } = {},
  ): Promise<Outcome> {
    const timeout = options.timeout ?? 60_000;
    const environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"];
    // timeout(1) runs on the instance, since killing nsenter would leave the command running.
    const outcome = await run(
      ["nsenter", "--target", String(this.leader), "--all", "--root", "--wd", "env", "-i"].concat(
        [...environment, "LANG=C.UTF-8", "timeout", "--kill-after=1", String(timeout / 1000)],
        argv,
      ),
      { timeout: timeout + 5000, input: options.input },
    );
    if (outcome.code !== 124) return outcome;
    throw new Error(
      `${argv.join(" ")} in ${this.instanceId}: not finished after ${timeout} ms\n` +
        `${tail(outcome.stdout + outcome.stderr)}\n${await this.evidence()}`,
    );
  }

  /** The text of a file of the running system; empty if there is no such file. */
  read(path: string): string {
    return this.machine?.read(path) ?? "";
  }

  /** Waits until cloud-init has ended, with or without errors. */
  async waitForUserData(timeout = 60_000): Promise<UserDataResult> {
    const options = { timeout, evidence: () => this.evidence() };
    const text = await until(`${this.instanceId} has run its user data`, options, async () => {
      if (this.failure) throw this.failure;
      if (!this.running) throw new Error(`${this.instanceId} is off\n${await this.evidence()}`);
      const { machine } = this;
      return machine?.read("/run/cloud-init/result.json") && machine.read("/run/cloud-init/status.json");
    });
    const { v1 } = JSON.parse(text) as { v1: Record<string, Partial<Stage> | undefined> };
    const stages = Object.values(v1).filter((stage) => Array.isArray(stage?.errors));
    const errors = stages.flatMap((stage) => stage?.errors ?? []);
    // Seconds since 1970. Later releases of cloud-init count from the start of the kernel.
    const since = (seconds = 0): number => {
      const start = seconds > 1e9 ? this.startedAt.getTime() : this.startedMonotonic;
      return Math.round(seconds * 1000 - start);
    };
    const final = v1["modules-final"];
    return {
      succeeded: errors.length === 0,
      errors,
      begun: since(final?.start),
      finished: since(final?.finished),
      multiUser: await this.reached("multi-user.target"),
    };
  }

  /** When a unit became active, in milliseconds after the start; undefined if it is not active. */
  async reached(unit: string): Promise<number | undefined> {
    const property = "--property=ActiveEnterTimestampMonotonic";
    const { stdout } = await this.exec(["systemctl", "show", property, "--value", unit]);
    const at = Number(stdout.trim()) / 1000;
    return at > 0 ? Math.round(at - this.startedMonotonic) : undefined;
  }

  /**
   * A copy of the root volume. With `pause`, all processes are frozen during the copy, so it shows one point in time, as
   * an EBS snapshot does.
   */
  async snapshot(options: { readonly pause?: boolean } = {}): Promise<Snapshot> {
    return options.pause ? this.still(() => this.volume.snapshot()) : this.volume.snapshot();
  }

  /** Runs a function while all processes are frozen. */
  async still<T>(act: () => Promise<T>): Promise<T> {
    const { machine } = this;
    try {
      await machine?.freeze(true);
      return await act();
    } finally {
      await machine?.freeze(false);
    }
  }

  /** The end of the journal. The instance need not be running. */
  async journal(lines = 200): Promise<string> {
    const kept = join(this.volume.upper, "var/log/journal");
    const early = this.machine ? `/proc/${this.machine.leader}/root/run/log/journal` : "";
    const directory = existsSync(kept) ? kept : early;
    if (!existsSync(directory)) return "";
    const argv = ["journalctl", `--directory=${directory}`, "--no-pager", "--quiet", `--lines=${lines}`];
    return (await run(argv)).stdout;
  }

  /** The output of the user data. */
  cloudInitLog(): string {
    return read(join(this.volume.upper, "var/log/cloud-init-output.log"));
  }

  /** The console output since the latest boot. */
  console(): string {
    return read(this.consoleFile);
  }

  private get consoleFile(): string {
    return join(workDirectory(), "consoles", `${this.instanceId}.${this.boots}`);
  }

  private async evidence(): Promise<string> {
    const parts = {
      console: this.console(),
      "cloud-init": this.cloudInitLog(),
      journal: await this.journal(40),
    };
    return Object.entries(parts)
      .map(([name, text]) => `--- ${this.instanceId} ${name}\n${tail(text)}`)
      .join("\n");
  }

  private async boot(over: () => void): Promise<void> {
    const { network, volume, privateIp } = this.props;
    const namespace = await network.attach(privateIp);
    this.boots++;
    this.startedAt = new Date();
    this.startedMonotonic = Number(process.hrtime.bigint() / 1_000_000n);
    const machine = await Machine.boot({
      name: `ip-${privateIp.replaceAll(".", "-")}`,
      group: `${this.instanceId}.${this.boots}`,
      ...{ root: volume.root, namespace, console: this.consoleFile },
    });
    this.machine = machine;
    for (const disk of this.disks) await disk.attach(machine.leader);
    void this.attend(machine, over);
  }

  /** Waits for the end of a boot: a power-off or a reboot. */
  private async attend(machine: Machine, over: () => void): Promise<void> {
    try {
      const ending = await machine.ended;
      this.machine = undefined;
      if (ending === "reboot") return await this.boot(over);
      await this.release();
    } catch (error) {
      this.machine = undefined;
      this.failure = error as Error;
      await this.release().catch(() => undefined);
    }
    over();
  }

  private async release(): Promise<void> {
    this.props.metadata?.forget(this.privateIp);
    await this.props.network.detach(this.privateIp);
    await this.volume.unmount();
  }

  private async untilGone(timeout: number, what: string): Promise<void> {
    let gone = false;
    void this.gone.then(() => (gone = true));
    const options = { timeout, evidence: () => this.evidence() };
    await until(`${this.instanceId} is ${what}`, options, () => gone);
    if (this.failure) throw this.failure;
  }
}

interface Stage {
  readonly start: number;
  readonly finished: number;
  readonly errors: readonly string[];
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
