import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { endsWell, type Fault, holds, recovery } from "./fault";

function fault(id: string, what: string, damage: (rdb: string) => void): Fault {
  return {
    id,
    title: `RDB ${what}`,
    async run(scene) {
      const myself = await scene.node(0).cli("CLUSTER", "MYID");
      await scene.write();
      await scene.stop(0, "clean");
      damage(scene.file(0, "var/lib/redis/dump.rdb"));
      const back = await recovery(scene, { id: myself }, () => scene.launch(0));
      holds("the resync was full", back.resync === "full");
      holds("the log has the cause", /RDB is damaged/.test(await scene.instance(0).journal(1000)));
      return { outcome: "back", ...back, ...(await endsWell(scene)) };
    },
  };
}

export const rdb: readonly Fault[] = [
  fault("F11a", "truncated", (file) => truncateSync(file, Math.floor(statSync(file).size / 2))),
  fault("F11b", "with other bytes in its middle", (file) => {
    const bytes = readFileSync(file);
    const middle = Math.floor(bytes.length / 2);
    for (let at = middle; at < middle + 64; at++) bytes[at] = 255 - (bytes[at] ?? 0);
    writeFileSync(file, bytes);
  }),
];
