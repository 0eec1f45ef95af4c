import { currentSuite, takeSuite } from "../../rehearsal/suite";

describe("the suite of a run", () => {
  const before = process.env["REHEARSAL_IMAGE"];

  beforeEach(() => delete process.env["REHEARSAL_IMAGE"]);
  afterAll(() => {
    if (before === undefined) delete process.env["REHEARSAL_IMAGE"];
    else process.env["REHEARSAL_IMAGE"] = before;
  });

  test("is bookworm by default", () => {
    expect(takeSuite(["--fault", "F1"])).toEqual(["--fault", "F1"]);
    expect(currentSuite()).toBe("bookworm");
  });

  test.each([
    [["--image", "trixie", "--all"], ["--all"]],
    [
      ["--fault", "F1", "--image=trixie"],
      ["--fault", "F1"],
    ],
  ])("is taken out of %j", (argv, rest) => {
    expect(takeSuite(argv)).toEqual(rest);
    expect(currentSuite()).toBe("trixie");
  });

  test.each([["--image"], ["--image", "sid"], ["--image="]])(
    "must be one that is known: %j %j",
    (...argv) => {
      expect(() => takeSuite(argv)).toThrow("--image must be one of bookworm, trixie");
    },
  );
});
