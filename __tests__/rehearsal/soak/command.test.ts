import { commandOf, parseSoak, runSoak, type Play } from "../../../rehearsal/soak/command";
import { draw } from "../../../rehearsal/soak/plan";
import { type Range } from "../../../rehearsal/soak/shrink";

describe("parseSoak", () => {
  test("draws the plan of a seed, all rounds by default", () => {
    const { plan, range, print, shrink } = parseSoak(["--soak", "30", "--seed", "7"]);
    expect(plan).toEqual(draw(30, 7));
    expect(range).toEqual({ first: 1, last: plan.rounds.length });
    expect([print, shrink]).toEqual([false, false]);
  });

  test("takes a part of the rounds", () => {
    const parse = (rounds: string): Range =>
      parseSoak(["--soak", "30", "--seed", "7", "--rounds", rounds]).range;
    expect(parse("2-5")).toEqual({ first: 2, last: 5 });
    expect(parse("3")).toEqual({ first: 3, last: 3 });
    for (const wrong of ["0-3", "5-2", "1-99", "x", "1-"]) {
      expect(() => parse(wrong)).toThrow("--rounds must be FIRST-LAST");
    }
  });

  test.each([
    [["--soak", "0"]],
    [["--soak", "x"]],
    [["--soak", "3", "--seed", "-1"]],
    [["--soak", "3", "--sed", "1"]],
  ])("refuses %j", (argv) => {
    expect(() => parseSoak(argv)).toThrow();
  });
});

describe("runSoak", () => {
  let lines: string[];
  let played: Range[];
  const log = (text: string): void => void lines.push(text);

  beforeEach(() => ([lines, played] = [[], []]));

  /** A runner that fails in one round, every time, and in no other. */
  function failsIn(round: number): Play {
    return (_, range) => {
      played.push(range);
      return Promise.resolve(range.first <= round && round <= range.last ? { failed: round } : {});
    };
  }

  test("prints a plan instead of playing it", async () => {
    expect(await runSoak(parseSoak(["--soak", "9", "--seed", "4", "--plan"]), failsIn(1), log)).toBe(0);
    expect(JSON.parse(lines.join("\n"))).toEqual(draw(9, 4));
    expect(played).toEqual([]);
  });

  test("plays all rounds, and prints nothing if they pass", async () => {
    const options = parseSoak(["--soak", "9", "--seed", "4"]);
    expect(await runSoak(options, failsIn(99), log)).toBe(0);
    expect([lines, played]).toEqual([[], [options.range]]);
  });

  test("names the command that repeats a failure", async () => {
    expect(await runSoak(parseSoak(["--soak", "30", "--seed", "4"]), failsIn(3), log)).toBe(1);
    expect(lines).toEqual(["failed in round 3; to repeat: npm run e2e -- --soak 30 --seed 4 --rounds 1-3"]);
    expect(played).toHaveLength(1);
  });

  test("shrinks a failure to its shortest part, and prints that and its command", async () => {
    const options = parseSoak(["--soak", "30", "--seed", "4", "--rounds", "2-9", "--shrink"]);
    expect(await runSoak(options, failsIn(5), log)).toBe(1);
    expect(played.slice(1).every(({ first, last }) => first >= 2 && last <= 5)).toBe(true);
    expect(lines.at(-3)).toBe("the shortest part that fails: rounds 5 to 5");
    expect(JSON.parse(lines.at(-2) ?? "").rounds).toEqual([draw(30, 4).rounds[4]]);
    expect(lines.at(-1)).toBe("to repeat: npm run e2e -- --soak 30 --seed 4 --rounds 5-5");
  });

  test("reports a failure that does not repeat", async () => {
    const once: Play = () => Promise.resolve(played.push({ first: 0, last: 0 }) === 1 ? { failed: 5 } : {});
    expect(await runSoak(parseSoak(["--soak", "30", "--seed", "4", "--shrink"]), once, log)).toBe(1);
    expect(lines.at(-1)).toContain("rounds 1 to 5 did not fail again");
  });
});

test("a command has the option for failing questions", () => {
  const plan = draw(5, 6);
  const range = { first: 1, last: plan.rounds.length };
  expect(parseSoak(["--soak", "5", "--seed", "6", "--inject"]).inject).toBe(true);
  expect(commandOf(plan, range, { inject: true })).toBe("npm run e2e -- --soak 5 --seed 6 --inject");
});

test("a command names the image if it is not the default", () => {
  process.env["REHEARSAL_IMAGE"] = "trixie";
  try {
    const plan = draw(5, 6);
    const range = { first: 1, last: plan.rounds.length };
    expect(commandOf(plan, range, { inject: false })).toBe("npm run e2e -- --image trixie --soak 5 --seed 6");
  } finally {
    delete process.env["REHEARSAL_IMAGE"];
  }
});
