import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { onPath, RequirementError } from "../programs";

/** The programs of a rehearsal with booted instances, and the Debian packages that have them. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "systemd-nspawn": "systemd-container",
  mmdebstrap: "mmdebstrap",
  "dpkg-source": "dpkg-dev",
  ip: "iproute2",
  "redis-server": "redis-server",
  "redis-cli": "redis-tools",
  unshare: "util-linux",
};

const ALTERNATIVE = "Without root and on any Linux: npm run rehearse -- --local";

/** Throws one error that names all that is missing, and how to get it. */
export function checkRequirements(): void {
  const isRoot = process.getuid?.() === 0;
  const problems: string[] = [];
  if (process.platform !== "linux") problems.push(`it needs Linux, got: ${process.platform}`);
  else if (!existsSync("/etc/debian_version") || onPath("apt-get") === undefined)
    problems.push("it needs Debian, since the image is made from Debian's packages");
  const missing = Object.keys(PROGRAMS).filter((name) => onPath(name) === undefined);
  if (missing.length > 0) problems.push(`not found: ${missing.join(", ")}`);
  if (!isRoot) problems.push("it needs root, for namespaces and mounts");
  else if (missing.length === 0 && !mayUnshare()) problems.push("this container permits no namespaces");
  if (problems.length === 0) return;
  const packages = [...new Set(missing.map((name) => PROGRAMS[name]))];
  const install =
    packages.length === 0 || onPath("apt-get") === undefined
      ? []
      : [`Install with: ${isRoot ? "" : "sudo "}apt-get install ${packages.join(" ")}`];
  const run = isRoot || process.platform !== "linux" ? [] : ["Run as root with: sudo npm run rehearse"];
  const text = `A rehearsal with booted instances cannot run here:\n  ${problems.join("\n  ")}`;
  throw new RequirementError([text, ...install, ...run, ALTERNATIVE].join("\n"));
}

function mayUnshare(): boolean {
  const namespaces = ["--net", "--mount", "--pid", "--ipc", "--uts", "--fork", "--mount-proc"];
  return spawnSync("unshare", [...namespaces, "true"]).status === 0;
}
