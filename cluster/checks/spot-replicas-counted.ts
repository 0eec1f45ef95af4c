import { numberIn } from "../info";
import { isFailing } from "../view";
import { type Check, unchecked, type Verdict } from "./check";
import { configSet } from "./redis-cli";
import { offSpot, shardsOf } from "./shards";
import { unanswered } from "./unanswered";

/** A spot replica is away for minutes at a time. */
export const spotReplicasCounted: Check = {
  severity: "warning",
  keys: ["masters", "privateIps"],
  when: "`min-replicas-to-write` of a master is above the number of its replicas outside the groups",
  why: "The master refuses writes while a spot replica is replaced.",
  check(facts) {
    const shards = shardsOf(facts);
    return facts.masters.flatMap((master): Verdict[] => {
      const answer = master.directives["min-replicas-to-write"];
      if (!answer.known) return [unchecked(answer.reason)];
      const least = numberIn({ value: answer.value ?? "0" }, "value") ?? 0;
      const shard = shards.find(({ owner }) => owner.id === master.node?.id);
      if (least === 0 || shard === undefined) return [];
      const others = offSpot(shard, facts);
      if (!others.known) return [unanswered(facts, others.reason)];
      const lasting = others.value.filter((node) => !isFailing(node)).length;
      if (least <= lasting) return [];
      return [
        {
          seen: `\`min-replicas-to-write\` is ${least} at ${master.name}, which has ${lasting} replicas outside the groups.`,
          remedy: "Count only those:",
          commands: configSet(facts, [master], "min-replicas-to-write", String(lasting)),
        },
      ];
    });
  },
};
