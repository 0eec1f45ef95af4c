import { faults } from "../../../rehearsal/faults";
import { type Fault } from "../../../rehearsal/faults/fault";
import { whyLeftOut } from "../../../rehearsal/faults/play-all";

const fault = (more: Partial<Fault>): Fault => ({
  ...{ id: "F0", title: "a fault" },
  run: () => Promise.reject(new Error("not run")),
  ...more,
});

describe("a fault is left out", () => {
  const before = process.env["REHEARSAL_SECURED"];

  beforeEach(() => delete process.env["REHEARSAL_SECURED"]);
  afterAll(() => {
    if (before === undefined) delete process.env["REHEARSAL_SECURED"];
    else process.env["REHEARSAL_SECURED"] = before;
  });

  test("of a secured run, for the reason that it has", () => {
    const plainOnly = fault({ notSecured: "there is no password to set" });
    expect(whyLeftOut(plainOnly)).toBeUndefined();
    process.env["REHEARSAL_SECURED"] = "1";
    expect(whyLeftOut(plainOnly)).toBe("there is no password to set");
    expect(whyLeftOut(fault({}))).toBeUndefined();
  });

  test("of any run without a store of secrets, if it is always secured", () => {
    expect(whyLeftOut(fault({ scene: { secured: true } }), "no moto")).toBe("no moto");
    expect(whyLeftOut(fault({}), "no moto")).toBeUndefined();
  });

  test("of a secured run only if it says why", () => {
    process.env["REHEARSAL_SECURED"] = "1";
    const left = faults.filter((each) => whyLeftOut(each) !== undefined).map(({ id }) => id);
    expect(left).toEqual(["F25a", "F25b", "F42", "F42b", "F54a", "F54b"]);
  });
});
