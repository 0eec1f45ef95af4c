import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { variable } from "./inside";

/**
 * What is left of an enclosure that has ended: its folder, its cgroups, its processes and its loop devices. Mounts,
 * network namespaces and interfaces are in its own namespaces, which end with the last process.
 */
export function leftovers(work: string, cgroups: readonly string[]): string[] {
  return [
    ...[work, ...cgroups].filter((path) => existsSync(path)),
    ...processesOf(work).map((pid) => `process ${pid}`),
    ...loopDevicesOf(work).map((name) => `/dev/${name}`),
  ];
}

/** Every process of an enclosure inherits its variable, except those of booted systems, which end with their cgroup. */
function processesOf(work: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    return /^\d+$/.test(pid) && read(`/proc/${pid}/environ`).split("\0").includes(`${variable}=${work}`);
  });
}

function loopDevicesOf(work: string): string[] {
  return readdirSync("/sys/block").filter((name) => {
    return read(join("/sys/block", name, "loop/backing_file")).startsWith(`${work}/`);
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
