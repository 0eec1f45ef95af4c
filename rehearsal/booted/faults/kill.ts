import { setTimeout as sleep } from "node:timers/promises";
import { acknowledged } from "../../play/fault";
import { type BootedFault, needsImages } from "./fault";

export const kill: BootedFault = {
  name: "kill",
  title: "the loss of a host without notice, restored from an older image",
  impossible: needsImages,
  async run(cluster, writer) {
    const victims = cluster.replicas.slice(0, 1);
    for (const victim of victims) {
      const { instance } = victim;
      cluster.startFrom(victim, await instance.snapshot({ pause: true }));
      cluster.progress.note("an image of the volume is taken; writes continue", instance.privateIp);
    }
    await sleep(2000);
    await acknowledged(writer);
    return cluster.replace(victims, "gone");
  },
};
