import { type Block } from "../network";
import { type Scene } from "../scene";
import { until } from "../wait";
import { endsWell, type Fault, holds, recovery } from "./fault";

export const unplugged: Fault = {
  id: "F20a",
  title: "the network is down at boot: Redis stays down, and the agent retries until it is back",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    await scene.stop(0, "gone");
    const back = await recovery(scene, { id }, async () => {
      const instance = await scene.launch(0);
      await scene.network.unplug(scene.address(0));
      const restarts = async (): Promise<number> => {
        const argv = ["systemctl", "show", "--property=NRestarts", "--value", "redis-replica"];
        return Number((await instance.exec(argv)).stdout);
      };
      const options = { timeout: 60_000, every: 200, evidence: () => instance.journal(40) };
      await until("it has tried three times", options, async () => (await restarts()) >= 3);
      const { code, text } = await scene.status(0);
      holds(
        `it waits (${text})`,
        code === 10 && /^waiting: .*(no majority|no answer within|the secrets are not there yet)/.test(text),
      );
      const started = await instance.exec(["journalctl", "--boot", "--unit=redis-replica", "--output=cat"]);
      holds("Redis was not started", !started.stdout.includes("Redis is starting"));
      await scene.network.plug(scene.address(0));
    });
    holds("the resync was partial", back.resync === "partial");
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};

/** The bus is blocked in one direction at a replacement's boot; its state must not be in sync meanwhile. */
function blocked(id: string, title: string, blocks: (scene: Scene) => Block[]): Fault {
  return {
    id,
    title,
    async run(scene) {
      const myself = await scene.node(0).cli("CLUSTER", "MYID");
      const all = blocks(scene);
      await scene.write();
      await scene.stop(0, "gone");
      for (const block of all) await scene.network.block(block);
      const back = await recovery(scene, { id: myself }, async () => {
        await scene.launch(0);
        // The replication link uses the other port, so from here on only the bus is missing …
        const link = () =>
          scene
            .node(0)
            .info("replication")
            .catch(() => undefined);
        const options = { timeout: 60_000, evidence: () => scene.instance(0).journal(40) };
        await until("the link is up", options, async () => (await link())?.["master_link_status"] === "up");
        // … for a few node timeouts, in which the agent runs `reconcile` several times.
        const end = Date.now() + 15_000;
        await until("a few node timeouts have passed", { timeout: 20_000, every: 200 }, async () => {
          const { text } = await scene.status(0);
          if (text.startsWith("in sync")) {
            const lines = await scene.masters.cli(0, "CLUSTER", "NODES");
            const own = await scene.node(0).cli("CLUSTER", "NODES");
            throw new Error(`${text}\n${lines}\n\n${own}\n${await scene.instance(0).journal(40)}`);
          }
          return Date.now() > end;
        });
        for (const block of all) await scene.network.unblock(block);
      });
      holds("the resync was partial", back.resync === "partial");
      return { outcome: "back", ...back, ...(await endsWell(scene)) };
    },
  };
}

const port = 16379;

export const inbound = blocked("F20b", "the bus port is blocked, to the replica only", (scene) => [
  { to: scene.address(0), port },
]);

export const outbound = blocked("F20c", "the bus port is blocked, from the replica only", (scene) =>
  scene.masters.addresses.map((to) => ({ from: scene.address(0), to, port })),
);
