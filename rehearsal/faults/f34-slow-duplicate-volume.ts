import { type Scene } from "../scene";
import { Stall } from "../stall";
import { until } from "../wait";
import { endsWell, type Ending, type Fault, holds, more, since } from "./fault";

/** Longer than the first machine stalls, so that no master flags its node as failed. */
const nodeTimeout = 15_000;

const stalls: Fault = {
  id: "F34",
  title:
    "a second machine on a snapshot of the first's volume, while the first stalls for 8 seconds: refuses",
  scene: { nodeTimeout },
  run: (scene) =>
    duplicate(scene, async (launch) => {
      const asker = scene.address(1);
      const by = scene.masters.servers.map(({ node }) => node);
      const stall = await Stall.arm({ node: scene.node(0), seconds: 8, asked: ["cluster"], by, from: asker });
      await launch();
      await stall.begins({ timeout: 90_000, evidence: () => scene.instance(1).journal(60) });
      return () => stall.ends();
    }),
};

/** At 5 ms a key, loading takes longer than the boot of the second machine. */
const loads: Fault = {
  id: "F34l",
  title: "a second machine on a snapshot of the first's volume, while the first loads its data: refuses",
  scene: {
    nodeTimeout,
    replicaDirectives: { "key-load-delay": "5000", "loading-process-events-interval-bytes": "1024" },
  },
  run: (scene) =>
    duplicate(scene, async (launch) => {
      await scene.instance(0).exec(["systemctl", "kill", "-s", "KILL", "redis-replica"]);
      await launch();
      const loading = async (): Promise<boolean> =>
        (await scene.node(0).info("persistence"))["loading"] === "1";
      await until("the first loads its data", { timeout: 30_000 }, () => loading().catch(() => false));
      return () =>
        until("the first has loaded its data", { timeout: 60_000 }, async () => !(await loading()));
    }),
};

export const slowDuplicateVolume = [stalls, loads];

/**
 * Boots the second machine while the first does not answer. The second must refuse and its Redis must not run, at the
 * latest when the first answers again. It must never have been in sync. The first must not change.
 */
async function duplicate(
  scene: Scene,
  silence: (launch: () => Promise<unknown>) => Promise<() => Promise<unknown>>,
): Promise<Ending> {
  const id = await scene.node(0).cli("CLUSTER", "MYID");
  const writer = await scene.write();
  await more(writer, 300);
  const image = await scene.snapshot(0);
  const start = Date.now();
  const over = await silence(() => scene.restore(1, image));
  let reason = "";
  // The stall and two runs of the timer.
  const options = { timeout: 60_000, every: 200, evidence: () => scene.instance(1).journal(60) };
  await until("the second refuses", options, async () => {
    reason = (await scene.status(1).catch(() => ({ text: "" }))).text;
    if (/^(in sync|promoted)/.test(reason)) {
      const seen = (await scene.seen(id)).map((line) => `${line?.address} ${line?.flags.join()}`);
      throw new Error(`the second is not refused: ${reason}; the masters list ${seen.join("; ")}`);
    }
    return reason.startsWith("refused");
  });
  const seconds = since(start);
  holds(`its reason has the cause: ${reason}`, /another machine|same (node )?id/i.test(reason));
  await over();
  await until("Redis does not run at the second", { timeout: 20_000, every: 200 }, async () => {
    return (await scene.pid(1)) === 0 && !(await scene.node(1).answers());
  });
  holds("the status of the second exits with 20", (await scene.status(1)).code === 20);
  await scene.look(0);
  await scene.inSync(0, 60_000);
  // If the second has run, the masters list its address until the first has pinged each of them.
  await scene.listed(0, id, 30_000);
  holds("the first is the same node", (await scene.node(0).cli("CLUSTER", "MYID")) === id);
  await scene.stop(1, "clean");
  return { outcome: "refused", seconds, ...(await endsWell(scene)) };
}
