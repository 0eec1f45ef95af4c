import { type Fault, recovery } from "./fault";

export const stop: Fault = {
  name: "stop",
  title: "a clean shutdown, and another instance with the same volume",
  async run(cluster) {
    const { progress, replica } = cluster;
    progress.note("the replica is stopped; its agent saves the data");
    await replica.stop();
    if (!replica.hasReceipt) throw new Error(`the clean shutdown has left no receipt:\n${replica.log}`);
    progress.note("the volume has the receipt of a clean shutdown; another instance starts with it");
    replica.newInstance();
    return recovery(cluster);
  },
};
