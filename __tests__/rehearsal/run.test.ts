import { must, run, tail } from "../../rehearsal/run";

describe("run", () => {
  it("gives status and output, and hands on input", async () => {
    const outcome = await run(["sh", "-c", "cat; echo wrong >&2; exit 3"], { input: "given" });
    expect(outcome).toEqual({ code: 3, stdout: "given", stderr: "wrong\n" });
  });

  it("kills what takes too long, and says what it had printed", async () => {
    const begun = Date.now();
    await expect(run(["sh", "-c", "echo begun; sleep 30"], { timeout: 300 })).rejects.toThrow(
      /not finished after 300 ms\nbegun/,
    );
    expect(Date.now() - begun).toBeLessThan(5000);
  });

  it("rejects where there is no such command", async () => {
    await expect(run(["no-such-command"])).rejects.toThrow("ENOENT");
  });
});

describe("must", () => {
  it("throws with the command, its status and its words", async () => {
    await expect(must(["sh", "-c", "echo wrong >&2; exit 3"])).rejects.toThrow(/sh -c .*: exit 3\nwrong/);
  });
});

describe("tail", () => {
  it("keeps the last lines", () => {
    expect(tail("a\nb\nc\n", 2)).toBe("b\nc");
  });
});
