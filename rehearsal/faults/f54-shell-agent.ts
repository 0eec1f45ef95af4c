import { until } from "../wait";
import { endsWell, type Fault, holds, more, nothingLost, recovery, since } from "./fault";
import { promote } from "./promoted";

const notSecured = "the shell agent does not support AUTH and TLS";

/** The current agent takes over the volume of the earlier agent, written in shell, unchanged. */
export const takenOver: readonly Fault[] = [
  {
    id: "F54a",
    title: "a replica with the shell agent gets the current agent at its replacement",
    scene: { agent: "shell" },
    notSecured,
    async run(scene) {
      const id = await scene.node(0).cli("CLUSTER", "MYID");
      await scene.write();
      await scene.stop(0, "clean");
      scene.configure({ agent: "current" });
      const back = await recovery(scene, { id }, () => scene.launch(0));
      const { succeeded, errors } = await scene.instance(0).waitForUserData();
      holds(`its user data succeeded (${errors.join("; ")})`, succeeded);
      await scene.inSync(0);
      holds("the current agent runs", (await help(scene.run.bind(scene))).includes("--json"));
      const again = await recovery(scene, { id }, async () => {
        await scene.stop(0, "clean");
        await scene.launch(0);
      });
      holds("the resync after that was partial", again.resync === "partial");
      return { outcome: "back", ...back, ...(await endsWell(scene)) };
    },
  },
  {
    id: "F54b",
    title: "a promoted node with the shell agent, no other copy, gets the current agent: serves again",
    scene: { agent: "shell" },
    notSecured,
    async run(scene) {
      const id = await scene.node(0).cli("CLUSTER", "MYID");
      const writer = await scene.write();
      await promote(scene);
      await more(writer, 2000, { what: "plain" });
      await writer.stop();
      await scene.stop(0, "clean");
      scene.configure({ agent: "current" });
      const start = Date.now();
      await scene.launch(0);
      await scene.reaches(0, /^promoted/);
      const seconds = since(start);
      const { succeeded, errors } = await scene.instance(0).waitForUserData();
      holds(`its user data succeeded (${errors.join("; ")})`, succeeded);
      await scene.reaches(0, /^promoted/);
      holds("it is the same node", (await scene.node(0).cli("CLUSTER", "MYID")) === id);
      await until("the cluster state is ok", { timeout: 30_000 }, () => scene.whole());
      const counts = nothingLost(await scene.verdict());
      holds("no write to the promoted node is gone", counts.lostPlain === 0);
      return { outcome: "serves", seconds, ...counts };
    },
  },
];

function help(run: (place: number, argv: readonly string[]) => Promise<string>): Promise<string> {
  return run(0, ["redis-replica", "help"]);
}
