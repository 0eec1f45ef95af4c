import { acknowledged } from "../../play/fault";
import { type BootedFault, needsFailover, needsImages } from "./fault";

/** Without the agent, the shard would lose what was written since the image, or have no owner. */
export const olderImage: BootedFault = {
  name: "older-image",
  title: "the loss of the promoted node, restored from an image from before its promotion",
  promoted: true,
  impossible: (config) => needsFailover(config) ?? needsImages(config),
  async run(cluster, writer) {
    await acknowledged(writer);
    const owner = await cluster.promoted();
    if (!owner) throw new Error("no replica is promoted");
    cluster.startFrom(owner, cluster.imageBeforePromotion(owner));
    return cluster.replace([owner], "gone");
  },
};
