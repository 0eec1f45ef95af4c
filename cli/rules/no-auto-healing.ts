import { type Rule } from "./rule";

/** Of a stateful group Spot says that nothing is recycled without it. */
export const noAutoHealing: Rule = {
  severity: "warning",
  when: "Spot does not replace unhealthy instances",
  remedy: "leave `autoHealing` on",
  judge: ({ config: { autoHealing } }) =>
    autoHealing === false ? ["an instance whose host fails stays as it is until somebody recycles it"] : [],
};
