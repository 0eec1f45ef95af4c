import fc from "fast-check";
import { type Injection } from "../../../rehearsal/injector/injection";
import { InjectionPlan } from "../../../rehearsal/injector/injection-plan";
import { type Question } from "../../../rehearsal/injector/question";

function question(address: string, command: readonly string[], occurrence = 1): Question {
  return { number: 1, connection: 1, address, command, occurrence };
}

const many = Array.from({ length: 2000 }, (_, index) => {
  return question(`10.0.1.${10 + (index % 3)}:6379`, ["INFO", "replication"], 1 + Math.floor(index / 3));
});

describe("InjectionPlan", () => {
  test("applies an injection to one identity and to no other question", () => {
    const plan = InjectionPlan.of({
      injections: [{ address: "a:1", command: ["GET", "k"], occurrence: 2, kind: "delay", ms: 5 }],
    });
    expect(plan.for(question("a:1", ["GET", "k"], 2))).toEqual({ kind: "delay", ms: 5 });
    for (const other of [
      question("a:1", ["GET", "k"], 1),
      question("a:2", ["GET", "k"], 2),
      question("a:1", ["GET"], 2),
      question("a:1", ["get", "k"], 2),
    ]) {
      expect(plan.for(other)).toBeUndefined();
    }
  });

  test("applies the first matching entry; missing keys match everything", () => {
    const plan = InjectionPlan.of({ injections: [{ address: "a:1", kind: "drop" }, { kind: "lost" }] });
    expect(plan.for(question("a:1", ["PING"], 7))).toEqual({ kind: "drop" });
    expect(plan.for(question("b:1", ["PING"], 7))).toEqual({ kind: "lost" });
  });

  test("matches any single word by a star", () => {
    const plan = InjectionPlan.of({ injections: [{ command: ["SET", "k", "*"], kind: "drop" }] });
    expect(plan.for(question("a:1", ["SET", "k", "v"]))).toEqual({ kind: "drop" });
    expect(plan.for(question("a:1", ["SET", "j", "v"]))).toBeUndefined();
    expect(plan.for(question("a:1", ["SET", "k", "v", "NX"]))).toBeUndefined();
  });

  test("matches a long word that is written in full", () => {
    const script = "x".repeat(5000);
    const plan = InjectionPlan.of({ injections: [{ command: ["EVAL", script], kind: "drop" }] });
    expect(plan.for(question("a:1", ["EVAL", `${"x".repeat(256)}…(5000)`]))).toEqual({ kind: "drop" });
  });

  test("draws the given share of all kinds, regardless of the order for the same seed", () => {
    const drawn = (seed: number, questions = many): (Injection | undefined)[] => {
      const plan = InjectionPlan.of({ random: { share: 0.1, seed, ms: 50 } });
      return questions.map((each) => plan.for(each));
    };
    const first = drawn(7);
    expect(drawn(7, [...many].reverse()).reverse()).toEqual(first);
    expect(drawn(8)).not.toEqual(first);
    const applied = first.filter((each) => each !== undefined);
    expect(applied.length).toBeGreaterThan(140);
    expect(applied.length).toBeLessThan(260);
    expect(new Set(applied.map(({ kind }) => kind)).size).toBe(6);
    expect(applied.every(({ kind, ms }) => (kind === "delay" ? (ms ?? -1) <= 50 : ms === undefined))).toBe(
      true,
    );
  });

  test("draws nothing for a share of 0 and everything for 1, only of the given kinds", () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), (seed, word) => {
        const asked = question("a:1", [word]);
        const random = { seed, kinds: ["lost" as const] };
        expect(InjectionPlan.of({ random: { ...random, share: 0 } }).for(asked)).toBeUndefined();
        expect(InjectionPlan.of({ random: { ...random, share: 1 } }).for(asked)).toEqual({ kind: "lost" });
      }),
    );
  });

  test.each([
    [{ injections: [{ kind: "explode" }] }, "kind"],
    [{ injections: [{ kind: "delay" }] }, "delay needs ms"],
    [{ faults: [] }, "faults"],
    [{ random: { share: 2, seed: 1 } }, "share"],
    [7, "invalid"],
  ])("refuses %j", (data, problem) => {
    expect(() => InjectionPlan.of(data)).toThrow(problem);
  });
});
