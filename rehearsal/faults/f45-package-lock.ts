import { setTimeout as sleep } from "node:timers/promises";
import { RedisInstall } from "../../constructs";
import { endsWell, type Fault, holds, more, since } from "./fault";

/** Seconds for which the package manager is busy. */
const BUSY = 20;
const MARK = "/run/after-has-run";

/** What unattended upgrades do at a first boot: they hold both of apt's locks. */
const HOLD = `systemd-run --quiet --unit=package-lock python3 -c '
import fcntl, time
files = [open(path, "w") for path in ("/var/lib/apt/lists/lock", "/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock")]
for file in files: fcntl.lockf(file, fcntl.LOCK_EX)
time.sleep(${BUSY})'
until systemctl --quiet is-active package-lock; do sleep 0.1; done
sleep 1
`;

export const busy: Fault = {
  id: "F45",
  title: `the package manager is busy for ${BUSY} s: the state names the lock, the install continues, \`after\` runs`,
  scene: { replicas: 0 },
  async run(scene) {
    scene.configure({ steps: { before: HOLD, after: `touch ${MARK}\n` } });
    const start = Date.now();
    const instance = await scene.launch(0);
    const states = new Set<string>();
    while (since(start) < 120 && ![...states].some((state) => /^in sync/.test(state))) {
      states.add((await scene.status(0).catch(() => ({ text: "" }))).text);
      await sleep(200);
    }
    const seconds = since(start);
    const log = [...states].join("\n");
    holds(`it joins\n${log}`, /^in sync/m.test(log));
    holds(`it waited for the lock (${seconds} s)`, seconds >= BUSY);
    holds(`it is never refused\n${log}`, !/^refused/m.test(log));
    holds(`the state named the lock\n${log}`, /^waiting: .*\block\b/im.test(log));
    holds("the user data succeeds", (await instance.waitForUserData()).succeeded);
    holds("`after` has run", (await instance.exec(["test", "-e", MARK])).code === 0);
    await more(await scene.write(), 500);
    return { outcome: "joined", seconds, resync: "full", ...(await endsWell(scene)) };
  },
};

/** A retry does not help: an operator has to name another package. */
export const missing: Fault = {
  id: "F45b",
  title: "no repository has the package: refused, and the package is named",
  scene: { replicas: 0 },
  async run(scene) {
    const name = "redis-no-such-package";
    scene.configure({ install: RedisInstall.fromPackage(name) });
    const start = Date.now();
    const instance = await scene.launch(0);
    const reason = await scene.reaches(0, /^refused/, 60_000);
    const seconds = since(start);
    holds(`the package is named (${reason})`, reason.includes(name));
    holds("the exit code of the status is 20", (await scene.status(0)).code === 20);
    holds("the user data fails", !(await instance.waitForUserData()).succeeded);
    holds("every master answers", await scene.mastersAnswer());
    return { outcome: "refused", seconds, note: reason };
  },
};
