import { acknowledged } from "../../play/fault";
import { type BootedFault, needsFailover } from "./fault";

export const promotion: BootedFault = {
  name: "promotion",
  title: "the master is killed, and a replica is promoted",
  impossible: needsFailover,
  async run(cluster, writer) {
    await acknowledged(writer);
    const milliseconds = await cluster.promote();
    await acknowledged(writer);
    return { outcome: "promoted", milliseconds };
  },
};
