import { randomInt } from "node:crypto";
import { acknowledged } from "../../play/fault";
import { type BootedFault } from "./fault";

export const pair: BootedFault = {
  name: "pair",
  title: "the loss of two hosts without notice, drawn at random",
  impossible: ({ replicas }) => (replicas < 2 ? "there is one replica" : undefined),
  async run(cluster, writer) {
    await acknowledged(writer);
    const victims = cluster.replicas;
    while (victims.length > 2) victims.splice(randomInt(victims.length), 1);
    return cluster.replace(victims, "gone");
  },
};
