import { checkRequirements } from "../../../rehearsal/booted/requirements";
import { describeWith } from "../../support/needs";

const LOCAL = "Without root and on any Linux: npm run rehearse -- --local";

afterEach(() => jest.restoreAllMocks());

test("without root, the message has how to run it as root, and the rehearsal without root", () => {
  jest.spyOn(process, "getuid").mockReturnValue(1000);
  expect(checkRequirements).toThrow(/needs root/);
  expect(checkRequirements).toThrow("Run as root with: sudo npm run rehearse");
  expect(checkRequirements).toThrow(LOCAL);
});

test("another system is named", () => {
  const given = Object.getOwnPropertyDescriptor(process, "platform")!;
  Object.defineProperty(process, "platform", { value: "darwin" });
  try {
    expect(checkRequirements).toThrow(/^A rehearsal with booted instances cannot run here:\n.*darwin/);
    expect(checkRequirements).toThrow(LOCAL);
  } finally {
    Object.defineProperty(process, "platform", given);
  }
});

describeWith(
  ["root", "systemd-nspawn", "mmdebstrap", "redis-server", "ip"],
  "a machine with all of it",
  () => {
    test("is accepted", () => {
      expect(checkRequirements).not.toThrow();
    });
  },
);
