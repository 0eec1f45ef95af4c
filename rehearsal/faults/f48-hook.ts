import { until } from "../wait";
import { endsWell, type Fault, holds, killRedis, since } from "./fault";

/** The command line by which the hook's processes are found. */
const SLEEP = "sleep 86399";

/** Child processes inherit ignored signals. */
const HOOK = `#!/bin/sh
trap '' TERM INT HUP
${SLEEP} &
while :; do ${SLEEP}; done
`;

/** Milliseconds that a hook may take, and some more for the check. */
const LONGEST = 15_000;

export const fault: Fault = {
  id: "F48",
  title: "a hook and its child ignore SIGTERM: both are killed, and the agent continues",
  async run(scene) {
    await scene.instance(0).waitForUserData();
    await scene.write();
    const file = "/etc/redis-replica/hooks.d/recovered";
    const install = 'mkdir -p "${1%/*}" && cat > "$1" && chmod 0755 "$1"';
    await scene.run(0, ["sh", "-c", install, "sh", file], HOOK);
    await killRedis(scene);
    const users = async (): Promise<string[]> => {
      const { stdout } = await scene.instance(0).exec(["pgrep", "--full", "--exact", SLEEP]);
      const pids = stdout.split("\n").filter(Boolean);
      const argv = ["ps", "-o", "user:32=", "-p", pids.join()];
      return pids.length === 0 ? [] : (await scene.instance(0).exec(argv)).stdout.trim().split("\n");
    };
    const evidence = (): Promise<string> => scene.instance(0).journal(40);
    const owners = await until("the hook and its child run", { timeout: 30_000, evidence }, async () => {
      const found = await users();
      return found.length === 2 ? found : undefined;
    });
    const start = Date.now();
    const options = { timeout: LONGEST, every: 200, evidence };
    await until("no process of the hook is left", options, async () => (await users()).length === 0);
    const seconds = since(start);
    holds(`it does not run as root (${owners.join(", ")})`, !owners.includes("root"));
    // The lock is free: the next reconcile run and the next recovery complete.
    await scene.run(0, ["rm", file]);
    await scene.run(0, ["timeout", "30", "systemctl", "start", "redis-replica-reconcile.service"]);
    await killRedis(scene);
    await scene.inSync(0, 30_000);
    return { outcome: "back", seconds, resync: "partial", ...(await endsWell(scene)) };
  },
};
