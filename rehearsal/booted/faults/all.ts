import { acknowledged } from "../../play/fault";
import { type BootedFault } from "./fault";

export const all: BootedFault = {
  name: "all",
  title: "an interruption with notice of all replicas at once",
  async run(cluster, writer) {
    await acknowledged(writer);
    return cluster.replace(cluster.replicas, "clean");
  },
};
