import fc from "fast-check";
import { draw, kinds } from "../../../rehearsal/soak/plan";

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe("drawn faults", () => {
  test("are the same for the same seed, and others for another", () => {
    expect(draw(50, 7)).toEqual(draw(50, 7));
    expect(draw(50, 7)).not.toEqual(draw(50, 8));
  });

  test("are as many as were asked for, and never two at once on one shard", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), seeds, (faults, seed) => {
        const rounds = draw(faults, seed);
        expect(rounds.flat()).toHaveLength(faults);
        for (const round of rounds) {
          expect(new Set(round.map(({ shard }) => shard)).size).toBe(round.length);
        }
      }),
    );
  });

  test("are of every kind, single and several at once, some again during the recovery", () => {
    const rounds = draw(200, 1);
    expect(new Set(rounds.flat().map(({ kind }) => kind))).toEqual(new Set(kinds));
    expect(new Set(rounds.map(({ length }) => length))).toEqual(new Set([1, 2, 3]));
    expect(rounds.flat().some(({ again }) => again !== undefined)).toBe(true);
  });
});
