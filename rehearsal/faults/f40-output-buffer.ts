import { setTimeout as sleep } from "node:timers/promises";
import { type Scene } from "../scene";
import { endsWell, type Fault, more, namesCause, since, syncsSlow } from "./fault";

const LIMIT = "client-output-buffer-limit";

/** The writes during a full sync exceed the limit, so the master aborts this sync and the following ones. */
export const fault: Fault = {
  id: "F40",
  title:
    "the master's output buffer limit ends every full sync: the state names it, and full syncs become rare",
  scene: {
    replicas: 0,
    megabytes: 60,
    // The limit is never lower than the backlog.
    masterDirectives: { "repl-backlog-size": "1mb", [LIMIT]: "replica 1mb 1mb 0" },
  },
  async run(scene) {
    const load = busy(scene);
    const start = Date.now();
    await scene.launch(0);
    await scene.network.throttle(scene.address(0), "30mbit");
    const reason = await namesCause(scene, /client-output-buffer/);
    const seconds = since(start);
    await syncsSlow(scene.masters.node(await scene.masterOf(0)));
    for (const { node } of scene.masters.servers) await node.cli("CONFIG", "SET", LIMIT, "replica 0 0 0");
    await load.stop(); // its link is slower than these writes
    await scene.inSync(0);
    await more(await scene.write(), 500);
    return { outcome: "joined", seconds, resync: "full", note: reason, ...(await endsWell(scene)) };
  },
};

/** Overwrites the same 6 MB repeatedly. */
function busy(scene: Scene): { readonly stop: () => Promise<void> } {
  let running = true;
  const loop = (async () => {
    while (running) {
      await scene.masters.fill({ megabytes: 6, prefix: "busy" });
      await sleep(300);
    }
  })();
  loop.catch(() => undefined);
  return {
    async stop() {
      running = false;
      await loop;
    },
  };
}
