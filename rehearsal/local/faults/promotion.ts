import { acknowledged } from "../../play/fault";
import { type LocalFault } from "./fault";

export const promotion: LocalFault = {
  name: "promotion",
  title: "the master is killed, and the replica is promoted",
  async run(cluster, writer) {
    const milliseconds = await cluster.promote();
    await acknowledged(writer);
    return { outcome: "promoted", milliseconds };
  },
};
