import { isSecured, takeSecured } from "../../rehearsal/secured";

describe("a secured run", () => {
  const before = process.env["REHEARSAL_SECURED"];

  beforeEach(() => delete process.env["REHEARSAL_SECURED"]);
  afterAll(() => {
    if (before === undefined) delete process.env["REHEARSAL_SECURED"];
    else process.env["REHEARSAL_SECURED"] = before;
  });

  test("is not the default", () => {
    expect(takeSecured(["--fault", "F1"])).toEqual(["--fault", "F1"]);
    expect(isSecured()).toBe(false);
  });

  test("is asked for anywhere in the command line, and passed to child processes", () => {
    expect(takeSecured(["--fault", "F1", "--secured", "--times", "2"])).toEqual([
      "--fault",
      "F1",
      "--times",
      "2",
    ]);
    expect(isSecured()).toBe(true);
    expect(process.env["REHEARSAL_SECURED"]).toBe("1");
  });
});
