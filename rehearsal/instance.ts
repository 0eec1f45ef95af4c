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
  /** @default - the instance finds nothing at 169.254.169.254 */
  readonly metadata?: Metadata;
  /** The root volume; it is mounted while the instance runs and survives it. */
  readonly volume: Volume;
  readonly privateIp: string;
  /** The data volumes that are attached as soon as it boots. @default - none, and none later */
  readonly disks?: readonly DataDisk[];
  /** As EC2 would hand it over: byte for byte, compressed or not. */
  readonly userData: Buffer;
}

/** How the user data ended, and when things happened, in milliseconds after the start. */
export interface UserDataResult {
  readonly succeeded: boolean;
  readonly errors: readonly string[];
  /** cloud-init's last stage, which runs user data, began … */
  readonly begun: number;
  /** … and ended. */
  readonly finished: number;
  /** multi-user.target was reached; absent while it is not. */
  readonly multiUser?: number;
}

/** systemd's own patience with a unit that does not stop, and some. */
const powerOffTimeout = 100_000;

/** A booted system that stands in for an EC2 instance. */
export class Instance {
  /** Of the latest boot. */
  startedAt = new Date(0);
  /** How often it has booted, a reboot included. */
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

  /** The host's process id of the system's first process, for nsenter. */
  get leader(): number {
    if (!this.machine) throw new Error(`${this.instanceId} is not running`);
    return this.machine.leader;
  }

  /** Attaches volume and address and switches on; resolves when the first process runs. */
  async start(): Promise<void> {
    if (this.machine) throw new Error(`${this.instanceId} runs already`);
    const { volume, metadata, privateIp } = this.props;
    const root = await volume.mount();
    if (this.props.disks) writeFileSync(join(root, "usr/local/sbin/lsblk"), LSBLK, { mode: 0o755 });
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

  /** Attaches a data volume while it runs, and at every reboot. */
  async attach(disk: DataDisk): Promise<void> {
    this.disks.push(disk);
    await disk.attach(this.leader);
  }

  /** Switches off as a press of the button does: units are stopped in order. */
  async stop(options: { readonly timeout?: number } = {}): Promise<void> {
    if (!this.machine) return;
    await this.machine.powerOff();
    await this.untilGone(options.timeout ?? powerOffTimeout, "powered off");
  }

  /** The machine is gone at once: no unit is stopped, and no peer is told. */
  async kill(): Promise<void> {
    const machine = this.machine;
    if (!machine) return;
    // First the cable: a dying kernel's FIN and RST packets would tell the peers.
    await this.props.network.unplug(this.privateIp);
    machine.kill();
    await this.untilGone(15_000, "gone");
  }

  /** A spot interruption: the notice, the time it leaves, and the power-off. */
  async interrupt(
    options: { readonly noticeSeconds?: number; readonly action?: NoticeAction } = {},
  ): Promise<void> {
    const notice = (options.noticeSeconds ?? 120) * 1000;
    const time = new Date(Date.now() + notice);
    this.props.metadata?.notice(this.privateIp, options.action ?? "terminate", time);
    const end = Date.now() + notice;
    await until("the notice is over", { timeout: notice + 1000, every: 100 }, () => {
      return !this.running || Date.now() >= end;
    });
    await this.stop();
  }

  /** Reboots from inside; same instance id, same volume. Resolves when the first process runs again. */
  async reboot(): Promise<void> {
    const boots = this.boots;
    await this.exec(["systemctl", "reboot"]).catch(() => undefined); // it may be cut off
    const options = { timeout: powerOffTimeout, evidence: () => this.evidence() };
    await until(`${this.instanceId} rebooted`, options, () => {
      if (this.failure) throw this.failure;
      return this.boots > boots && this.machine;
    });
  }

  /** Runs a command in there, as root, with an environment of its own. */
  async exec(
    argv: readonly string[],
    options: { readonly timeout?: number; readonly input?: string | Buffer } = {},
  ): Promise<Outcome> {
    const timeout = options.timeout ?? 60_000;
    const environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"];
    // timeout(1) inside, since the death of nsenter would leave the command running.
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

  /** Waits until cloud-init is through, well or badly. */
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
    // In seconds since 1970, or with later releases of cloud-init since the kernel started.
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

  /** When a unit became active, in milliseconds after the start; absent where it is not. */
  async reached(unit: string): Promise<number | undefined> {
    const property = "--property=ActiveEnterTimestampMonotonic";
    const { stdout } = await this.exec(["systemctl", "show", property, "--value", unit]);
    const at = Number(stdout.trim()) / 1000;
    return at > 0 ? Math.round(at - this.startedMonotonic) : undefined;
  }

  /**
   * A copy of the root volume. `pause` holds every process meanwhile, which makes it one point in time
   * as EBS's snapshots are, at the price of a standstill.
   */
  async snapshot(options: { readonly pause?: boolean } = {}): Promise<Snapshot> {
    return options.pause ? this.still(() => this.volume.snapshot()) : this.volume.snapshot();
  }

  /** Does something while every process stands still. */
  async still<T>(act: () => Promise<T>): Promise<T> {
    const { machine } = this;
    try {
      await machine?.freeze(true);
      return await act();
    } finally {
      await machine?.freeze(false);
    }
  }

  /** The journal's end, also of an instance that is off. */
  async journal(lines = 200): Promise<string> {
    const kept = join(this.volume.upper, "var/log/journal");
    const early = this.machine ? `/proc/${this.machine.leader}/root/run/log/journal` : "";
    const directory = existsSync(kept) ? kept : early;
    if (!existsSync(directory)) return "";
    const argv = ["journalctl", `--directory=${directory}`, "--no-pager", "--quiet", `--lines=${lines}`];
    return (await run(argv)).stdout;
  }

  /** What the user data printed. */
  cloudInitLog(): string {
    return read(join(this.volume.upper, "var/log/cloud-init-output.log"));
  }

  /** What was written to the console since the latest boot. */
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

  /** Waits for the end of a boot: the system is off, or wants to boot again. */
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
