import fc from "fast-check";
import {
  draw,
  kinds,
  printed,
  secondKinds,
  serverKinds,
  size,
  winnable,
  words,
} from "../../../rehearsal/soak/plan";

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const counts = fc.integer({ min: 1, max: 60 });

describe("a drawn plan", () => {
  test("is the same for the same seed, and differs for another one", () => {
    expect(draw(50, 7)).toEqual(draw(50, 7));
    expect(draw(50, 7).rounds).not.toEqual(draw(50, 8).rounds);
  });

  test("starts in the same way for any number of faults", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [short, long] = [draw(40, seed).rounds, draw(80, seed).rounds];
        expect(long.slice(0, short.length - 2)).toEqual(short.slice(0, -2));
      }),
    );
  });

  test("has the requested number of faults, and never two at once on one shard", () => {
    fc.assert(
      fc.property(counts, seeds, (faults, seed) => {
        const { rounds } = draw(faults, seed);
        expect(rounds.reduce((sum, round) => sum + size(round), 0)).toBe(faults);
        for (const round of rounds) {
          expect(new Set(round.map(({ shard }) => shard)).size).toBe(round.length);
        }
      }),
    );
  });

  test("has faults of one round within three seconds, and second ones less than three seconds into a recovery", () => {
    fc.assert(
      fc.property(counts, seeds, (faults, seed) => {
        for (const { delay, second } of draw(faults, seed).rounds.flat()) {
          expect(delay).toBeLessThan(3000);
          if (second) expect(second.after).toBeLessThan(3000);
        }
      }),
    );
  });

  test("has faults of every kind, single and several at once, and second ones of every kind", () => {
    const { rounds } = draw(400, 1);
    const steps = rounds.flat();
    expect(new Set(steps.map(({ kind }) => kind))).toEqual(new Set(kinds));
    expect(new Set(rounds.map(({ length }) => length))).toEqual(new Set([1, 2, 3]));
    expect(new Set(steps.flatMap(({ second }) => second?.kind ?? []))).toEqual(new Set(secondKinds));
  });

  test("loses no machine after a fault of its server, since the machine may have the only copy", () => {
    const { rounds } = draw(2000, 3);
    const seconds = rounds
      .flat()
      .flatMap(({ kind, second }) => (serverKinds.includes(kind) && second ? [second.kind] : []));
    expect(new Set(seconds)).toEqual(new Set(["unplug", "hang"]));
  });

  test("is printed as JSON, one round a line", () => {
    const plan = draw(20, 9);
    expect(JSON.parse(printed(plan))).toEqual(plan);
    expect(printed(plan).trimEnd().split("\n")).toHaveLength(plan.rounds.length + 6);
  });
});

describe("the winnable part of a round", () => {
  const step = { delay: 0, away: 1 };
  const second = { after: 0, away: 1 };

  test("hits the owners of at most one shard", () => {
    const owners = fc.array(fc.boolean(), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(seeds, owners, (seed, serves) => {
        for (const round of draw(30, seed).rounds) {
          const hit = winnable(round, serves).flatMap(({ shard, kind, second: next }) => {
            const hits = [kind, ...(next ? [next.kind] : [])].map(
              (each) => serverKinds.includes(each) !== serves[shard],
            );
            return hits.includes(true) ? [shard] : [];
          });
          expect(hit.length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("is the whole round if only replicas are hit, and is never empty", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const round of draw(30, seed).rounds) {
          const won = winnable(round, [false, false, false]);
          expect(won.length).toBeGreaterThan(0);
          if (
            round
              .flatMap((each) => [each.kind, each.second?.kind])
              .every((kind) => kind !== "server" && kind !== "stall")
          ) {
            expect(won).toEqual(round);
          }
        }
      }),
    );
  });

  test("leaves out a second fault that would hit a second owner, and keeps the first", () => {
    const round = [
      { ...step, shard: 0, kind: "server" as const },
      { ...step, shard: 1, kind: "kill" as const, second: { ...second, kind: "stall" as const } },
    ];
    expect(winnable(round, [false, false, false])).toEqual([round[0], { ...step, shard: 1, kind: "kill" }]);
  });

  test("interrupts an owner instead of forgetting it", () => {
    const round = [{ ...step, shard: 0, kind: "forget" as const }];
    expect(winnable(round, [true, false, false])).toEqual([{ ...step, shard: 0, kind: "interrupt" }]);
  });
});

test("words name every fault of a round", () => {
  const second = { kind: "stall" as const, after: 10, away: 1 };
  const round = [
    { shard: 0, kind: "kill" as const, delay: 0, away: 1, second },
    { shard: 2, kind: "reboot" as const, delay: 5, away: 1 },
  ];
  expect(words(round)).toBe("kill 0 then stall + reboot 2");
});
