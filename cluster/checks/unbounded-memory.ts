import { type Check, NOT_APPLICABLE } from "./check";
import { judge, namesOf } from "./judge";
import { configSet } from "./redis-cli";
import { showBytes, toDirective } from "./units";

export const unboundedMemory: Check = {
  severity: "warning",
  keys: ["instanceTypes", "redis.maxMemory"],
  when: "`maxmemory` of a master is above three quarters of the smallest type's memory (note: it is not set)",
  why: "Once the data has grown to it, replicas are OOM-killed.",
  check(facts) {
    const { types, dataShare } = facts.expected;
    if (types.length === 0) return NOT_APPLICABLE;
    const smallest = types.reduce((least, each) => (each.bytes < least.bytes ? each : least));
    const limit = smallest.bytes * dataShare;
    return judge(
      facts.masters,
      ({ directives }) => directives.maxmemory,
      (value, found) => {
        const bytes = Number(value);
        if (bytes > 0 && bytes <= limit) return undefined;
        return {
          seen: `\`maxmemory\` is ${bytes === 0 ? "not set" : showBytes(bytes)} at ${namesOf(found)}, and ${smallest.type} has ${showBytes(smallest.bytes)}.`,
          remedy: "Use larger types, or limit the data:",
          commands: configSet(facts, found, "maxmemory", toDirective(Math.floor(limit / 2 ** 20) * 2 ** 20)),
          ...(bytes === 0 ? { severity: "note" as const } : {}),
        };
      },
    );
  },
};
