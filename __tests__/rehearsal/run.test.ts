import { must, run, tail } from "../../rehearsal/run";

describe("run", () => {
  it("returns the exit code and the output, and passes on the input", async () => {
    const outcome = await run(["sh", "-c", "cat; echo wrong >&2; exit 3"], { input: "given" });
    expect(outcome).toEqual({ code: 3, stdout: "given", stderr: "wrong\n" });
  });

  it("kills a command after its timeout, and throws an error with its output", async () => {
    const begun = Date.now();
    await expect(run(["sh", "-c", "echo begun; sleep 30"], { timeout: 300 })).rejects.toThrow(
      /not finished after 300 ms\nbegun/,
    );
    expect(Date.now() - begun).toBeLessThan(5000);
  });

  it("rejects if the command does not exist", async () => {
    await expect(run(["no-such-command"])).rejects.toThrow("ENOENT");
  });
});

describe("must", () => {
  it("throws an error with the command, its exit code and its output", async () => {
    await expect(must(["sh", "-c", "echo wrong >&2; exit 3"])).rejects.toThrow(/sh -c .*: exit 3\nwrong/);
  });
});

describe("tail", () => {
  it("keeps the last lines", () => {
    expect(tail("a\nb\nc\n", 2)).toBe("b\nc");
  });
});
