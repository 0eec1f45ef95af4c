import { spawnSync } from "node:child_process";
import { networkInterfaces } from "node:os";
import { installedMoto } from "../../rehearsal/moto";

/** Everything that a test can need in addition to Node, by name, and whether this machine has it. */
const present: Record<Need, () => boolean> = {
  bash: () => onPath("bash"),
  "bash-4.2": () => onPath("bash-4.2"),
  curl: () => onPath("curl"),
  blkid: () => onPath("blkid"),
  "mkfs.ext4": () => onPath("mkfs.ext4"),
  ip: () => onPath("ip"),
  "python3 >= 3.9": () =>
    spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"]).status === 0,
  root: () => process.getuid?.() === 0,
  "redis-server": () => onPath("redis-server") && onPath("redis-cli"),
  "valkey-server": () => onPath("valkey-server"),
  cc: () => onPath("cc"),
  "::1": () =>
    Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1")),
  shellcheck: () => onPath("shellcheck"),
  "systemd-nspawn": () => onPath("systemd-nspawn"),
  mmdebstrap: () => onPath("mmdebstrap"),
  moto: () => installedMoto() !== undefined,
  promtool: () => onPath("promtool"),
  prometheus: () => onPath("prometheus"),
  terraform: () => onPath("terraform"),
  // Set by global-setup.ts.
  "spotinst provider": () => process.env.SPOTINST_PROVIDER === "found",
};

export type Need =
  | "bash"
  | "bash-4.2"
  | "curl"
  | "blkid"
  | "mkfs.ext4"
  | "ip"
  | "python3 >= 3.9"
  | "root"
  | "redis-server"
  | "valkey-server"
  | "cc"
  | "::1"
  | "shellcheck"
  | "systemd-nspawn"
  | "mmdebstrap"
  | "moto"
  | "promtool"
  | "prometheus"
  | "terraform"
  | "spotinst provider";

function onPath(command: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
}

/** The needs that this machine does not meet. */
export function missing(needs: readonly Need[]): Need[] {
  return needs.filter((need) => !present[need]());
}

/** `describe`, or the same skipped with the missing parts in its name. */
export function describeWith(needs: readonly Need[], name: string, tests: () => void): void {
  const absent = missing(needs);
  if (absent.length === 0) describe(name, tests);
  else describe.skip(`${name} (${absent.map((need) => `${need} not found`).join(", ")})`, tests);
}
