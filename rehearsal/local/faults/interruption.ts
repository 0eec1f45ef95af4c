import { type LocalFault, recovery } from "./fault";

export const interruption: LocalFault = {
  name: "interruption",
  title: "a clean shutdown, as after a notice, and another instance with the same volume",
  async run(cluster) {
    const { progress, replica } = cluster;
    progress.note("the replica is stopped; its agent saves the data", replica.address);
    await replica.stop();
    if (!replica.hasReceipt) throw new Error(`the clean shutdown has left no receipt:\n${replica.log}`);
    progress.note(
      "the volume has the receipt of a clean shutdown; another instance starts with it",
      replica.address,
    );
    replica.newInstance();
    return recovery(cluster);
  },
};
