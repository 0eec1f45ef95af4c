import { Stall } from "../stall";
import { until } from "../wait";
import { emptied, KEPT, keptDigest } from "./f26-empty-master";
import { type Fault, holds, recovery, shell, since } from "./fault";

/** Longer than the stall, so that the others do not flag the master as failed. */
const nodeTimeout = 15_000;

/** If the master does not answer, it is unknown whether it has data. */
const slow: Fault = {
  id: "F33",
  title: "its master restarts empty while it is away and stalls for 7 seconds when it boots: refuses",
  // This master is only asked for its data: the cluster view comes from the first of the masters that agree.
  scene: { nodeTimeout, shard: 2 },
  async run(scene) {
    const { server, digest, acknowledged } = await emptied(scene);
    const from = scene.address(0);
    const stall = await Stall.arm({ node: server.node, seconds: 7, asked: ["cluster"], from });
    const start = Date.now();
    await scene.launch(0);
    const evidence = (): Promise<string> => scene.instance(0).journal(60);
    await stall.begins({ timeout: 90_000, evidence });
    const options = { timeout: 90_000, every: 200, evidence };
    await until("it refuses", options, async () => {
      const { text } = await scene.status(0).catch(() => ({ text: "" }));
      if (await scene.node(0).answers()) {
        const keys = await until("it has followed", { timeout: 20_000 }, () => {
          return scene
            .node(0)
            .cli("DBSIZE")
            .catch(() => undefined);
        });
        throw new Error(`Redis runs before the master has answered, and has ${keys} keys (${text})`);
      }
      return text.startsWith("refused");
    });
    const seconds = since(start);
    await stall.ends();
    holds("the status exits with 20", (await scene.status(0)).code === 20);
    holds("Redis does not run", !(await scene.node(0).answers()));
    holds("the kept RDB has all keys", (await keptDigest(scene)) === digest);
    holds("every master answers", await scene.mastersAnswer());
    return { outcome: "refused", seconds, acknowledged };
  },
};

/** The kept RDB has the only data that is left of the shard. */
const again: Fault = {
  id: "F33k",
  title: "accepted, it follows a master that restarted empty, and is killed: the kept RDB still has its keys",
  scene: { nodeTimeout },
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const { digest, acknowledged } = await emptied(scene);
    await scene.launch(0);
    await scene.reaches(0, /^refused/, 150_000);
    await shell(scene, "redis-replica accept");
    await scene.inSync(0);
    holds("it follows the empty master", (await scene.node(0).cli("DBSIZE")) === "0");
    holds("the kept RDB has all keys", (await keptDigest(scene)) === digest);
    const pid = await scene.pid(0);
    const back = await recovery(scene, { id }, async () => {
      await scene.instance(0).exec(["systemctl", "kill", "-s", "KILL", "redis-replica"]);
      await scene.anotherPid(0, pid);
    });
    const size = (await shell(scene, `stat -c %s ${KEPT}`)).trim();
    holds(
      `the kept RDB has all keys after the next start (${size} bytes)`,
      (await keptDigest(scene)) === digest,
    );
    holds("every master answers", await scene.mastersAnswer());
    return { outcome: "back", ...back, acknowledged };
  },
};

export const slowEmptyMaster = [slow, again];
