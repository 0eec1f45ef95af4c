import { until, untilAbove } from "../../rehearsal/wait";

describe("until", () => {
  it("returns the value of the probe", async () => {
    let looks = 0;
    expect(await until("three", { timeout: 1000, every: 1 }, () => (++looks === 3 ? "three" : ""))).toBe(
      "three",
    );
  });

  it("throws an error with the evidence at the timeout", async () => {
    const options = { timeout: 20, every: 5, evidence: () => "the log's end" };
    await expect(until("never", options, () => false)).rejects.toThrow(
      "never: not within 20 ms\nthe log's end",
    );
  });

  it("throws the error of the probe immediately", async () => {
    const probe = () => Promise.reject(new Error("cannot be"));
    await expect(until("never", { timeout: 60_000 }, probe)).rejects.toThrow("cannot be");
  });
});

describe("untilAbove", () => {
  it("waits for longer than a pause while the count grows", async () => {
    const start = Date.now();
    const options = { timeout: 60_000, pause: 400, every: 1 };
    const count = (): number => Math.floor((Date.now() - start) / 100);
    await untilAbove("it counts", options, 9, count);
    expect(count()).toBeGreaterThan(9);
  });

  it("throws with the count and the evidence once it has not grown for a pause", async () => {
    let looks = 0;
    const options = { timeout: 60_000, pause: 20, every: 5, evidence: () => "the log's end" };
    await expect(untilAbove("it counts", options, 9, () => Math.min(++looks, 3))).rejects.toThrow(
      "it counts: not grown for 20 ms: 3, and more than 9 are needed\nthe log's end",
    );
  });

  it("throws at the timeout, even if the count grows", async () => {
    let looks = 0;
    const options = { timeout: 50, pause: 60_000, every: 5 };
    await expect(untilAbove("it counts", options, 1e9, () => ++looks)).rejects.toThrow("not within 50 ms");
  });
});
