import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { workDirectory } from "./inside";
import { must, run } from "./run";

/**
 * A data volume: a file on a loop device. A running instance gets the device node, as EC2 attaches a volume. The device
 * is set to autoclear, so it is released at the latest when this process ends.
 */
export class DataDisk {
  private constructor(
    /** Its content, block by block. */
    readonly file: string,
    private readonly device: string,
    private readonly hold: number,
  ) {}

  /** A blank disk, or a disk with a copy of another one's content. */
  static async create({
    megabytes = 512,
    from,
  }: { megabytes?: number; from?: string } = {}): Promise<DataDisk> {
    const directory = join(workDirectory(), "disks");
    mkdirSync(directory, { recursive: true });
    const file = join(directory, `vol-${randomBytes(8).toString("hex")}`);
    if (from === undefined) writeFileSync(file, "");
    else await copy(from, file);
    if (from === undefined) truncateSync(file, megabytes * 2 ** 20);
    const device = (await must(["losetup", "--find", "--show", file])).trim();
    const hold = openSync(device, "r");
    await must(["losetup", "--detach", device]);
    return new DataDisk(file, device, hold);
  }

  /** Creates the device node in the system with this init process, as a hot-plugged disk. */
  async attach(leader: number): Promise<void> {
    const numbers = (await must(["stat", "--format=%Hr %Lr", this.device])).trim().split(" ");
    const argv = ["nsenter", "--target", String(leader), "--mount", "mknod", this.device, "b", ...numbers];
    await must(argv);
  }

  /** Creates a file system that does not belong to the agent. */
  async format(label: string): Promise<void> {
    await must(["mkfs.ext4", "-q", "-F", "-L", label, this.device]);
  }

  /** A copy of the content. All writers must be frozen, with all their data written. */
  async snapshot(): Promise<string> {
    const file = `${this.file}-${randomBytes(4).toString("hex")}`;
    await copy(this.file, file);
    return file;
  }

  /** A checksum of the content. The disk must not be mounted. */
  async digest(): Promise<string> {
    return (await must(["sha256sum", this.file])).split(" ")[0] ?? "";
  }

  close(): void {
    closeSync(this.hold);
    rmSync(this.file, { force: true });
  }
}

async function copy(from: string, to: string): Promise<void> {
  const { code, stderr } = await run(["cp", "--sparse=always", from, to], { timeout: 300_000 });
  if (code !== 0) throw new Error(stderr);
}

/**
 * A wrapper that is found before the instance's own lsblk. /sys shows the devices of the host, so the wrapper lists only
 * devices with a node in the instance, and shows loop devices as disks.
 */
export const LSBLK = `#!/bin/sh
/usr/bin/lsblk "$@" | sed 's/TYPE="loop"/TYPE="disk"/' | while IFS= read -r line; do
  name=\${line#*'"'}
  [ ! -b "/dev/\${name%%'"'*}" ] || printf '%s\\n' "$line"
done
`;
