import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { endsWell, type Fault, holds, recovery } from "./fault";

export const NODES_CONF = "var/lib/redis/nodes.conf";
/** The last-known-good copy. */
export const SAVED = "var/lib/redis-replica/nodes.conf";

/** A nodes.conf that a power cut or a person has damaged: the node keeps its ID, and the resync is partial. */
function fault(id: string, what: string, damage: (file: string, saved: string) => void): Fault {
  return {
    id,
    title: `nodes.conf ${what}`,
    async run(scene) {
      const myself = await scene.node(0).cli("CLUSTER", "MYID");
      await scene.write();
      await scene.stop(0, "gone");
      damage(scene.file(0, NODES_CONF), scene.file(0, SAVED));
      const back = await recovery(scene, { id: myself }, () => scene.launch(0));
      holds("the resync was partial", back.resync === "partial");
      await scene.listed(0, myself);
      return { outcome: "back", ...back, ...(await endsWell(scene)) };
    },
  };
}

const zeroed = (file: string): void => writeFileSync(file, Buffer.alloc(readFileSync(file).length));

export const nodesConf: readonly Fault[] = [
  fault("F10a", "empty", (file) => truncateSync(file)),
  fault("F10b", "truncated", (file) => truncateSync(file, Math.floor(readFileSync(file).length / 2))),
  fault("F10c", "full of NUL bytes", zeroed),
  fault("F10d", "missing", (file) => rmSync(file)),
  fault(
    "F10e",
    "and its saved copy full of NUL bytes: the node is identified by its address",
    (file, saved) => {
      zeroed(file);
      zeroed(saved);
    },
  ),
];
