import { type Check } from "./check";

/** A failover needs the votes of more than half of the owners of slots. */
export const fewMasters: Check = {
  severity: "warning",
  keys: ["masters"],
  when: "fewer than three masters own slots",
  why: "A failover needs the votes of most masters, so with fewer than three none succeeds after one has failed.",
  check({ view }) {
    const count = view.owners.length;
    if (count === 0 || count >= 3) return [];
    return [
      {
        seen: count === 1 ? "One master owns all slots." : `${count} masters own slots.`,
        remedy: "Spread the slots over at least three masters (`redis-cli --cluster reshard`).",
      },
    ];
  },
};
