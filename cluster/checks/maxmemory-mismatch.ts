import { type Answer, known } from "../answer";
import { type Check } from "./check";
import { judge, namesOf } from "./judge";
import { type NodeFacts } from "./node-facts";
import { showBytes } from "./units";

interface Limit {
  readonly bytes: number;
  readonly policy: string;
}

function limitOf({ directives }: NodeFacts): Answer<Limit> {
  const [bytes, policy] = [directives.maxmemory, directives["maxmemory-policy"]];
  if (!bytes.known) return bytes;
  return policy.known ? known({ bytes: Number(bytes.value), policy: policy.value ?? "" }) : policy;
}

function show({ bytes, policy }: Limit): string {
  return bytes === 0 ? "no limit" : `${showBytes(bytes)} with ${policy}`;
}

/** The limit of a replica takes effect once it is promoted. */
export const maxmemoryMismatch: Check = {
  severity: "warning",
  keys: ["redis.maxMemory", "redis.directives"],
  when: "`maxmemory` or `maxmemory-policy` of a master differs from the config's",
  why: "A promoted replica then evicts keys, or refuses writes, where its master did not, or the reverse.",
  check({ masters, expected }) {
    const wanted = { bytes: expected.maxMemory, policy: expected.maxMemoryPolicy };
    return judge(masters, limitOf, (limit, found) =>
      show(limit) === show(wanted)
        ? undefined
        : {
            seen: `\`maxmemory\` is ${show(limit)} at ${namesOf(found)}, and ${show(wanted)} in the config.`,
            remedy:
              limit.bytes === 0
                ? "Remove `redis.maxMemory`, or set the same limit at the masters."
                : `Set \`redis: { maxMemory: ${limit.bytes}b, directives: { maxmemory-policy: ${limit.policy} } }\`.`,
          },
    );
  },
};
