import { type ReviewRule } from "./rule";

/** Spot recycles no instance of a stateful group without it. */
export const noAutoHealing: ReviewRule = {
  severity: "warning",
  keys: ["autoHealing"],
  when: "Spot does not replace unhealthy instances",
  remedy: "Set `autoHealing: true`.",
  check: ({ config: { autoHealing } }) =>
    autoHealing === false ? ["An instance whose host fails stays down until it is recycled by hand."] : [],
};
