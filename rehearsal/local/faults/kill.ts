import { setTimeout as sleep } from "node:timers/promises";
import { acknowledged } from "../../play/fault";
import { type LocalFault, recovery } from "./fault";

export const kill: LocalFault = {
  name: "kill",
  title: "kill -9 without notice, restored from an older image",
  async run(cluster, writer) {
    const { progress, replica } = cluster;
    const image = await cluster.takeImage();
    progress.note("an image of the volume is taken; writes continue", replica.address);
    await sleep(2000);
    await acknowledged(writer);
    progress.note("the replica is killed with kill -9, and its volume is gone", replica.address);
    await replica.lose();
    progress.note("another instance starts from the image", replica.address);
    replica.newInstance(image);
    return recovery(cluster);
  },
};
