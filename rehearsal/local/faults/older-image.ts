import { acknowledged } from "../../play/fault";
import { type LocalFault, recovery } from "./fault";

/** Without the agent, the shard would lose what was written since the image, or have no owner. */
export const olderImage: LocalFault = {
  name: "older-image",
  title: "the promoted node is restored from an image from before its promotion",
  promoted: true,
  async run(cluster, writer) {
    const { progress, replica } = cluster;
    await acknowledged(writer);
    progress.note("the promoted node is killed with kill -9, and its volume is gone", replica.address);
    await replica.lose();
    progress.note(
      "another instance starts at once, from the image from before the promotion",
      replica.address,
    );
    replica.newInstance(cluster.imageBeforePromotion);
    const ending = await recovery(cluster);
    progress.note(`${(await cluster.owner()).ip} was elected, and the node follows it`);
    return ending;
  },
};
