import { until } from "../wait";
import { endsWell, type Fault, holds, more } from "./fault";

/**
 * When memory runs out, the kernel kills the child first. Redis can then be stopped by systemd, unless `OOMPolicy`
 * prevents it. From 7.0 on, Redis also stops itself at its master's next write, unless the setting
 * `replica-ignore-disk-write-errors` prevents it.
 */
export const fault: Fault = {
  id: "F51",
  title: "the child of a background save is killed, as by the OOM killer: Redis keeps running",
  async run(scene) {
    const writer = await scene.write();
    const node = scene.node(0);
    const pid = await scene.pid(0);
    await node.cli("CONFIG", "SET", "rdb-key-save-delay", "20000");
    await node.cli("BGSAVE");
    const argv = ["pgrep", "--parent", String(pid)];
    const child = await until("the save has begun", { timeout: 10_000 }, async () => {
      return (await scene.instance(0).exec(argv)).stdout.trim();
    });
    await scene.run(0, ["kill", "-KILL", child]);
    // A server may stop at the first write after a failed save.
    await more(writer, 500, { what: "plain" });
    const { stdout: log } = await scene
      .instance(0)
      .exec(["journalctl", "--unit=redis-replica", "--output=cat"]);
    const last = log.split("\n").filter((line) => /Guru Meditation/.test(line));
    holds(`Redis is the same process (${last.join(", ")})`, (await scene.pid(0)) === pid);
    const show = ["systemctl", "show", "--property=OOMPolicy", "--value", "redis-replica"];
    const policy = (await scene.run(0, show)).trim();
    holds(`systemd lets the unit continue after an OOM kill (OOMPolicy=${policy})`, policy === "continue");
    await node.cli("CONFIG", "SET", "rdb-key-save-delay", "0");
    await node.cli("BGSAVE");
    await node.until("persistence", "rdb_last_bgsave_status", "ok", { timeout: 10_000 });
    return { outcome: "back", seconds: 0, ...(await endsWell(scene)) };
  },
};
