import { acknowledged, type Fault } from "./fault";

export const promotion: Fault = {
  name: "promotion",
  title: "the master is killed, and the replica is promoted",
  async run(cluster, writer) {
    const milliseconds = await cluster.promote();
    await acknowledged(writer);
    return { outcome: "promoted", milliseconds };
  },
};
