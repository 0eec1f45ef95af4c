import { listOf } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** https://aws.amazon.com/ec2/previous-generation/ */
const PREVIOUS = /^(a1|c[1-4]|cc2|cr1|d2|g[23]|h1|hs1|i[23]|m[1-4]|p2|r[34]|t[12]|x1e?)\./;

/** Of these AWS says itself that they are previous. */
export const previousGeneration: Rule = {
  severity: "warning",
  when: "a type is of a previous generation",
  remedy: "take its successor, such as r6i for r4",
  judge({ types }) {
    if (types.length === 0) return NOT_APPLICABLE;
    const old = types.filter((type) => PREVIOUS.test(type));
    return old.length === 0
      ? []
      : [
          `AWS adds no machines to the previous generations (${listOf(old)}): they get rarer, and not every zone has them`,
        ];
  },
};
