import { acknowledged } from "../../play/fault";
import { type BootedFault } from "./fault";

export const interruption: BootedFault = {
  name: "interruption",
  title: "an interruption with notice; another instance has the same volume and address",
  async run(cluster, writer) {
    await acknowledged(writer);
    return cluster.replace(cluster.replicas.slice(0, 1), "clean");
  },
};
