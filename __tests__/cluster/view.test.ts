import { known } from "../../cluster/answer";
import { parseClusterNodes } from "../../cluster/cluster-nodes";
import { type Member } from "../../cluster/member";
import { View } from "../../cluster/view";

/** A view of three masters, with the slots that each lists for all of them. */
function viewOf(...listings: readonly (readonly string[])[]): View {
  return new View(
    listings.map((slots, own): Member => {
      const lines = slots.map(
        (ranges, index) =>
          `id-${index} 10.0.1.${index}:6379@16379 ${index === own ? "myself," : ""}master - 0 0 1 connected ${ranges}`,
      );
      return {
        endpoint: { host: `10.0.1.${own}`, port: 6379 },
        ...{ nodes: known(parseClusterNodes(lines.join("\n"))), info: known({}), cluster: known({}) },
      };
    }),
  );
}

const BEFORE = ["0-5460", "5461-10922", "10923-16383"];
const NEITHER = ["0-5459", "5461-10922", "10923-16383"];
const BOTH = ["0-5460", "5460-10922", "10923-16383"];
const AFTER = ["0-5459", "5460-10922", "10923-16383"];

test.each([
  ["all know the old owner", [BEFORE, BEFORE, BEFORE], 0],
  ["one has heard of the new owner", [BEFORE, AFTER, BEFORE], 0],
  ["two have heard of it", [AFTER, AFTER, BEFORE], 0],
  ["each line is agreed on, and both have the slot", [BEFORE, AFTER, BOTH], 0],
  ["each line is agreed on, and none has the slot", [AFTER, BEFORE, NEITHER], 0],
  ["two list no owner of a slot", [NEITHER, NEITHER, BEFORE], 1],
])("slots without an owner are counted by most views while a slot moves: %s", (_, listings, count) => {
  expect(viewOf(...listings).uncovered).toBe(count);
});

test("without any view, no slot is known to have an owner", () => {
  expect(new View([]).uncovered).toBe(16_384);
});
