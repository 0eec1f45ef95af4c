import { endsWell, type Fault, holds, since } from "./fault";

export const fault: Fault = {
  id: "F1",
  title: "kill -9 of Redis",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    const before = await scene.syncs();
    const start = Date.now();
    await scene.instance(0).exec(["systemctl", "kill", "-s", "KILL", "redis-replica"]);
    await scene.node(0).until("replication", "master_link_status", "up", { timeout: 60_000 });
    await scene.inSync(0);
    const seconds = since(start);
    holds("it is the same node", (await scene.node(0).cli("CLUSTER", "MYID")) === id);
    holds("the resync was partial", (await scene.syncs()).full === before.full);
    return { outcome: "back", seconds, ...(await endsWell(scene)) };
  },
};
