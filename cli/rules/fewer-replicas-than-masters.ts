import { NOT_APPLICABLE, type Rule } from "./rule";

/** Replicas are spread over the shards, each to the master that has the fewest. */
export const fewerReplicasThanMasters: Rule = {
  severity: "note",
  when: "there are fewer replicas than named masters",
  remedy: "raise `replicas` to a multiple of the shards",
  judge({ groups: [group], config: { masters, shards } }) {
    if (shards !== undefined || group === undefined || !Array.isArray(masters)) return NOT_APPLICABLE;
    return group.replicas < masters.length
      ? [
          `${group.replicas} for ${masters.length} masters: if each has a shard of its own, some shard has no replica here`,
        ]
      : [];
  },
};
