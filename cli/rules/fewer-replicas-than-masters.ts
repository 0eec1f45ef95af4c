import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** Replicas are spread over the shards, each to the master that has the fewest. */
export const fewerReplicasThanMasters: ReviewRule = {
  severity: "note",
  keys: ["replicas"],
  when: "there are fewer replicas than listed masters",
  remedy: "Set `replicas` to a multiple of the number of shards.",
  check({ groups: [group], config: { masters, shards } }) {
    if (shards !== undefined || group === undefined || !Array.isArray(masters)) return NOT_APPLICABLE;
    return group.replicas < masters.length
      ? [
          `${group.replicas} replicas for ${masters.length} masters: if each master has its own shard, some shards get no replica from this group.`,
        ]
      : [];
  },
};
