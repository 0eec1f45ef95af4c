import { acknowledged } from "../../play/fault";
import { type BootedFault, needsFailover } from "./fault";

export const owner: BootedFault = {
  name: "owner",
  title: "an interruption with notice of the promoted node; its copy takes its slots",
  promoted: true,
  impossible: needsFailover,
  async run(cluster, writer) {
    await acknowledged(writer);
    const promoted = await cluster.promoted();
    return cluster.replace(promoted ? [promoted] : [], "clean");
  },
};
