import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { workDirectory } from "../inside";
import { type Scene } from "../scene";
import { holds } from "./fault";

/** Shifts the time of day that programs read. Its speed and the kernel's own clocks stay the same. */
const library = `
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec *at) {
  int failed = syscall(SYS_clock_gettime, id, at);
  if (!failed && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) at->tv_sec += OFFSET;
  return failed;
}
int gettimeofday(struct timeval *at, void *zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}
time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}
`;

export interface Skew {
  /** Hours by which the clock of the machine at place 0 is ahead. */
  readonly machine: number;
  /** Hours by which the clock of a master without replicas is ahead. */
  readonly master: number;
}

/**
 * Sets clocks wrong and restarts their programs. All machines share one kernel clock, so a preloaded library shifts it:
 * on the machine for every process, since the volume's `/etc/ld.so.preload` names the library.
 */
export async function setClocks(scene: Scene, skew: Skew): Promise<() => Promise<void>> {
  const shifted = (await scene.masterOf(0)) === 0 ? 1 : 0;
  const own = "/usr/local/lib/clock.so";
  const theirs = "/var/tmp/clock.so";
  await compile(scene, own, skew.machine);
  await compile(scene, theirs, skew.master);
  await scene.run(0, ["tee", "/etc/ld.so.preload"], `${own}\n`);
  await scene.stop(0, "clean");
  const preload = join(workDirectory(), "clock.so");
  copyFileSync(scene.file(0, theirs), preload);
  const server = scene.masters.server(shifted);
  server.environment = { LD_PRELOAD: preload };
  await scene.masters.restart(shifted);
  await scene.masters.untilWhole();
  await scene.launch(0);
  await scene.inSync(0);
  return async () => {
    ahead("the machine", Number(await scene.run(0, ["date", "+%s"])), skew.machine);
    ahead("the master", Number((await server.node.cli("TIME")).split("\n")[0]), skew.master);
    if (!(await scene.node(0).answers())) return;
    ahead("its Redis", Number((await scene.node(0).cli("TIME")).split("\n")[0]), skew.machine);
  };
}

function ahead(what: string, seconds: number, hours: number): void {
  const off = seconds - Date.now() / 1000 - hours * 3600;
  holds(`the clock of ${what} is ${hours} h ahead, and ${Math.round(off)} s`, Math.abs(off) < 60);
}

async function compile(scene: Scene, file: string, hours: number): Promise<void> {
  const flags = ["-O2", "-shared", "-fPIC", `-DOFFSET=(${hours * 3600})`, "-x", "c"];
  await scene.run(0, ["gcc", ...flags, "-o", file, "-"], library);
}
