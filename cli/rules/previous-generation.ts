import { listOf } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** https://aws.amazon.com/ec2/previous-generation/ */
const PREVIOUS = /^(a1|c[1-4]|cc2|cr1|d2|g[23]|h1|hs1|i[23]|m[1-4]|p2|r[34]|t[12]|x1e?)\./;

export const previousGeneration: ReviewRule = {
  severity: "warning",
  keys: ["instanceTypes"],
  when: "a type is of a generation that AWS lists as previous",
  remedy: "Use the successor, such as r6i for r4.",
  check({ types }) {
    if (types.length === 0) return NOT_APPLICABLE;
    const old = types.filter((type) => PREVIOUS.test(type));
    return old.length === 0
      ? []
      : [
          `AWS adds no capacity to previous generations (${listOf(old)}): they get scarcer, and some zones lack them.`,
        ];
  },
};
