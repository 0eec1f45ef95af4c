import { endsWell, type Fault, holds, more, namesCause, since } from "./fault";

/** Redis exits at each start, and only its log has the cause. */
export const fault: Fault = {
  id: "F44",
  title:
    "Redis rejects a directive at its start: the state has its last log line, and corrected settings apply",
  scene: { replicas: 0 },
  async run(scene) {
    scene.configure({ directives: { unixsocket: "/run/no-such-folder/redis.sock" } });
    const start = Date.now();
    await scene.launch(0);
    const reason = await namesCause(scene, /Unix socket.*No such file or directory/i);
    const seconds = since(start);
    await scene.stop(0, "clean");
    scene.configure({});
    await scene.launch(0);
    await scene.inSync(0);
    await more(await scene.write(), 500);
    const ending = await endsWell(scene);
    holds("it has no socket", (await scene.node(0).cli("CONFIG", "GET", "unixsocket")) === "unixsocket");
    return { outcome: "joined", seconds, resync: "full", note: reason, ...ending };
  },
};
