import { spawnSync } from "node:child_process";
import { networkInterfaces } from "node:os";
import { installedMoto } from "../../rehearsal/moto";
import { onPath } from "../../rehearsal/programs";

/** Everything that a test can need in addition to Node, by name, and whether this machine has it. */
const present: Record<Need, () => boolean> = {
  bash: () => isInstalled("bash"),
  "bash-4.2": () => isInstalled("bash-4.2"),
  curl: () => isInstalled("curl"),
  blkid: () => isInstalled("blkid"),
  "mkfs.ext4": () => isInstalled("mkfs.ext4"),
  ip: () => isInstalled("ip"),
  "python3 >= 3.9": () =>
    spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"]).status === 0,
  root: () => process.getuid?.() === 0,
  "redis-server": () => isInstalled("redis-server") && isInstalled("redis-cli"),
  "valkey-server": () => isInstalled("valkey-server"),
  cc: () => isInstalled("cc"),
  "::1": () =>
    Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1")),
  shellcheck: () => isInstalled("shellcheck"),
  "systemd-nspawn": () => isInstalled("systemd-nspawn"),
  mmdebstrap: () => isInstalled("mmdebstrap"),
  moto: () => installedMoto() !== undefined,
  promtool: () => isInstalled("promtool"),
  prometheus: () => isInstalled("prometheus"),
  terraform: () => isInstalled("terraform"),
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

/** Whether tests can start the command by its name. */
function isInstalled(command: string): boolean {
  return onPath(command, []) !== undefined;
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
