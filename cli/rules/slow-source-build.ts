import { vcpusOf } from "../../constructs/elastigroup/instance-type";
import { listOf } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** The build uses all processors there are. */
export const slowSourceBuild: Rule = {
  severity: "note",
  when: "Redis is built from source on a bursting or one-vCPU type",
  remedy: "set `redis.install: package`, or `image`",
  judge({ types, config: { redis = {} } }) {
    if ((redis.install ?? "source") !== "source") return [];
    if (types.length === 0) return NOT_APPLICABLE;
    const slow = types.filter((type) => /^t\d/.test(type) || vcpusOf(type) === 1);
    return slow.length === 0 ? [] : [`on ${listOf(slow)} the build of a first boot takes many minutes`];
  },
};
