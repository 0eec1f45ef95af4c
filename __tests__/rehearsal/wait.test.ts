import { until } from "../../rehearsal/wait";

describe("until", () => {
  it("returns what it waited for", async () => {
    let looks = 0;
    expect(await until("three", { timeout: 1000, every: 1 }, () => (++looks === 3 ? "three" : ""))).toBe(
      "three",
    );
  });

  it("throws with the evidence when the time is up", async () => {
    const options = { timeout: 20, every: 5, evidence: () => "the log's end" };
    await expect(until("never", options, () => false)).rejects.toThrow(
      "never: not within 20 ms\nthe log's end",
    );
  });

  it("throws what the probe throws, at once", async () => {
    const probe = () => Promise.reject(new Error("cannot be"));
    await expect(until("never", { timeout: 60_000 }, probe)).rejects.toThrow("cannot be");
  });
});
