import { map } from "../answer";
import { type Check } from "./check";
import { judge, namesOf } from "./judge";

export const clusterDisabled: Check = {
  severity: "error",
  keys: ["masters"],
  when: "a server of `masters` does not run in cluster mode",
  why: "Replicas join a Redis Cluster, and no other replication.",
  check({ nodes }) {
    return judge(
      nodes,
      ({ member }) => map(member.info, ({ cluster_enabled: value }) => value),
      (value, found) =>
        value === "1"
          ? undefined
          : {
              seen: `\`cluster_enabled\` is ${value ?? "missing"} at ${namesOf(found)}.`,
              remedy: "Set `cluster-enabled yes` in its redis.conf and restart it, or correct `masters`.",
            },
    );
  },
};
