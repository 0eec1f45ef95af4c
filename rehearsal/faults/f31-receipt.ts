import { type Scene } from "../scene";
import { until } from "../wait";
import { endsWell, type Fault, holds, more, since } from "./fault";
import { answering } from "./promoted";

/** The volume to which Redis saves. */
const VOLUME = "/var/lib/redis-volume";
/** Bytes that stay free: enough for nodes.conf and less than the data, so that Redis can be elected but cannot save. */
const free = 2 * 2 ** 20;

/** Only the replica, which may not be elected, has the acknowledged writes. */
export const fault: Fault = {
  id: "F31",
  title: "promoted, the disk is full, SHUTDOWN NOSAVE after a save that failed: no receipt, refuses",
  scene: { dataVolumes: true },
  run: answering(async (scene) => {
    const place = await scene.masterOf(0);
    const copy = scene.masters.node(await scene.masters.addReplica(place));
    await copy.cli("CONFIG", "SET", "cluster-replica-no-failover", "yes");
    await fill(scene);
    await scene.masters.kill(place);
    await scene.node(0).until("replication", "role", "master", { timeout: 60_000 });
    await copy.until("replication", "master_link_status", "up", { timeout: 60_000 });
    const writer = await scene.write();
    await more(writer, 1000);
    await writer.stop();
    await until("the replica has all keys", { timeout: 20_000 }, async () => {
      return (await copy.digest()) === (await scene.node(0).digest());
    });
    const digest = await copy.digest();

    await endWithoutSave(scene);
    const receipt = (await scene.instance(0).exec(["cat", "/var/lib/redis-replica/receipt"])).stdout;
    await scene.run(0, ["rm", `${VOLUME}/filler`]);
    const start = Date.now();
    await scene.run(0, ["systemctl", "start", "--no-block", "redis-replica"]);
    await until(
      "it refuses",
      { timeout: 150_000, every: 500, evidence: () => scene.instance(0).journal(60) },
      async () => {
        const { text } = await scene.status(0);
        const keys = (await scene.node(0).answers()) && (await scene.node(0).cli("DBSIZE"));
        const found = `${text}; ${keys} keys, the replica has ${await copy.cli("DBSIZE")}; receipt: ${receipt}`;
        holds(`it does not serve older data than was acknowledged (${found})`, keys === false);
        return text.startsWith("refused");
      },
    );
    const seconds = since(start);
    holds("no receipt was left", receipt === "");
    holds("the status exits with 20", (await scene.status(0)).code === 20);
    holds("the replica still has all keys", (await copy.digest()) === digest);

    // The operator's action that the refusal names.
    await copy.cli("CLUSTER", "FAILOVER", "TAKEOVER");
    await scene.run(0, ["redis-replica", "retry"]);
    await scene.inSync(0);
    await until("the cluster state is ok", { timeout: 30_000 }, () => scene.whole());
    return { outcome: "refused", seconds, ...(await endsWell(scene)) };
  }),
};

/** Leaves too little space for another save. */
async function fill(scene: Scene): Promise<void> {
  const script = `avail=$(df --output=avail -B1 ${VOLUME} | tail -n 1)
fallocate -l "$((avail - ${free}))" ${VOLUME}/filler`;
  await scene.run(0, ["sh", "-c", script]);
}

/** The unit is stopped, its save fails, and a person stops Redis without a save. */
async function endWithoutSave(scene: Scene): Promise<void> {
  const since = (await scene.run(0, ["date", "+@%s"])).trim();
  await scene.run(0, ["systemctl", "stop", "--no-block", "redis-replica"]);
  await until("the save has failed", { timeout: 60_000, every: 200 }, async () => {
    const argv = ["journalctl", "--unit=redis-replica", `--since=${since}`, "--output=cat"];
    return /Error trying to save the DB, can't exit|can't exit/.test(await scene.run(0, argv));
  });
  // Redis closes the connection as it ends.
  await scene
    .node(0)
    .cli("SHUTDOWN", "NOSAVE")
    .catch(() => undefined);
  await until("the unit has ended", { timeout: 30_000, every: 200 }, async () => {
    const argv = ["systemctl", "show", "--property=ActiveState", "--value", "redis-replica"];
    return (await scene.run(0, argv)).trim() === "inactive";
  });
}
