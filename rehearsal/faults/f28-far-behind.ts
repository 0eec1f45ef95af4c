import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../wait";
import { endsWell, type Fault, holds, more, recovery } from "./fault";

const nodeTimeout = 5000;
/** Milliseconds after its master's failure in which an unguarded replica would have started an election: it is the
 * only one, so it starts within a second, and again if votes are lost. */
const watched = 5 * nodeTimeout;
/** The replica must lack at least this number of bytes when its master dies. */
const behind = 10 * 2 ** 20;

/** The link is up from the first byte of the resync on, and Redis checks only the link before it starts an election. */
export const fault: Fault = {
  id: "F28",
  title: "its master dies while it is back but far behind, over a slow link",
  // The masters' disks must survive a kill: they have the only full copy.
  scene: { nodeTimeout, masterDirectives: { appendonly: "yes" } },
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const place = await scene.masterOf(0);
    const { node } = scene.masters.server(place);
    const image = await scene.snapshot(0);
    await scene.masters.fill({ megabytes: 120, prefix: "more" });
    const filled = Number((await node.info("replication"))["master_repl_offset"]);
    // Acknowledged after the image was taken, at the end of the backlog that the replica has to catch up with.
    const writer = await scene.write();
    await more(writer, 2000);
    await writer.stop();
    await scene.stop(0, "gone");

    let lacks = 0;
    const back = await recovery(scene, { id, timeout: 180_000 }, async () => {
      await scene.restore(0, image);
      await scene.network.throttle(scene.address(0), "20mbit");
      const offset = await until("its sync has begun", { timeout: 90_000, every: 20 }, async () => {
        const info = await scene
          .node(0)
          .info("replication")
          .catch(() => undefined);
        return info?.["master_link_status"] === "up" ? Number(info["slave_repl_offset"]) : undefined;
      });
      await scene.masters.kill(place);
      lacks = filled - offset;
      holds(`it lacked ${lacks} bytes, and all that was acknowledged, when its master died`, lacks > behind);
      await until("the others flag its master as failed", { timeout: 60_000 }, async () => {
        const lines = await Promise.all(
          scene.masters.servers.filter(({ running }) => running).map(({ node }) => node.nodes()),
        );
        return lines.every((seen) =>
          seen.some(({ address, flags }) => address === node.address && flags.includes("fail")),
        );
      });
      for (const end = Date.now() + watched; Date.now() < end; await sleep(200)) {
        holds("it is not elected", (await scene.node(0).info("replication"))["role"] === "slave");
      }
      const applied = Number((await scene.node(0).info("replication"))["slave_repl_offset"]);
      holds(`it still lacks what was acknowledged (${filled - applied})`, applied < filled);
      const { code, text } = await scene.status(0);
      holds(`its state is not in sync (${code}, ${text})`, code !== 0);
      await scene.masters.server(place).start();
    });
    holds("it follows the same master", (await scene.masterOf(0)) === place);
    await until("the cluster state is ok", { timeout: 30_000 }, () => scene.whole());
    return { outcome: "back", ...back, note: `${lacks} bytes behind`, ...(await endsWell(scene)) };
  },
};
