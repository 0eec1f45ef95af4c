import { vcpusOf } from "../../constructs/elastigroup/instance-type";
import { listOf } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** The build uses all vCPUs. */
export const slowSourceBuild: ReviewRule = {
  severity: "note",
  keys: ["redis.install", "instanceTypes"],
  when: "Redis is built from source on a burstable type or a type with one vCPU",
  remedy: "Set `redis.install: package`, or `image`.",
  check({ types, config: { redis = {} } }) {
    if ((redis.install ?? "source") !== "source") return [];
    if (types.length === 0) return NOT_APPLICABLE;
    const slow = types.filter((type) => /^t\d/.test(type) || vcpusOf(type) === 1);
    return slow.length === 0 ? [] : [`The build on a first boot takes many minutes on ${listOf(slow)}.`];
  },
};
