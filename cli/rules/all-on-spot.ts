import { type Rule } from "./rule";

/** Spot capacity goes for reasons that concern all of a type or a zone, so that replicas go together. */
export const allOnSpot: Rule = {
  severity: "warning",
  when: "every replica is on spot (always: this package keeps none on demand, but as a fallback)",
  remedy:
    "keep an on-demand replica of each shard whose loss would hurt, and ignore this rule with that as the reason",
  judge({ config: { strategy = {} } }) {
    const until =
      strategy.fallbackToOnDemand === false
        ? "there is spot capacity again"
        : "on-demand instances have taken over, minutes later";
    return [
      `all replicas may be interrupted at once, within two minutes, and the masters are the only copies until ${until}`,
    ];
  },
};
