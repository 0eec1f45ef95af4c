import fc from "fast-check";
import { type Range, shrink } from "../../../rehearsal/soak/shrink";

/** A runner that fails only if both rounds are played, and the ranges that it was called with. */
function runner(from: number, to: number): { asked: Range[]; replay: (range: Range) => Promise<boolean> } {
  const asked: Range[] = [];
  const replay = (range: Range): Promise<boolean> => {
    asked.push(range);
    return Promise.resolve(range.first <= from && to <= range.last);
  };
  return { asked, replay };
}

describe("shrink", () => {
  test("finds the shortest failing prefix, and then leaves out unneeded rounds at its beginning", async () => {
    const cases = fc.integer({ min: 1, max: 200 }).chain((failed) => {
      return fc.integer({ min: 1, max: failed }).chain((to) => {
        return fc.integer({ min: 1, max: to }).map((from) => ({ failed, from, to }));
      });
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ failed, from, to }) => {
        const { asked, replay } = runner(from, to);
        expect(await shrink(failed, replay)).toEqual({ first: from, last: to });
        expect(asked.length).toBeLessThanOrEqual(1 + 2 * Math.ceil(Math.log2(failed + 1)));
      }),
    );
  });

  test("plays every prefix before it leaves out rounds at the beginning", async () => {
    const { asked, replay } = runner(3, 5);
    await shrink(8, replay);
    expect(asked).toEqual([
      ...[{ first: 1, last: 8 }],
      ...[4, 6, 5].map((last) => ({ first: 1, last })),
      ...[4, 3].map((first) => ({ first, last: 5 })),
    ]);
  });

  test("finds nothing if the plan does not fail again", async () => {
    expect(await shrink(8, () => Promise.resolve(false))).toBeUndefined();
  });

  test("plays a plan of one round once", async () => {
    const { asked, replay } = runner(1, 1);
    expect(await shrink(1, replay)).toEqual({ first: 1, last: 1 });
    expect(asked).toHaveLength(1);
  });
});
