import { Lazy, Token } from "cdktf";
import { BootScript, type MasterInZone } from "../../../constructs";

const inZone = (host: string, zone: string): MasterInZone => ({ host, zone });

function settings(...masters: (string | MasterInZone)[]): Record<string, string> {
  return new BootScript({ masters }).settings;
}

test("without zones there is no setting for them, and no byte of the script changes", () => {
  expect(settings("10.0.1.10", "10.0.1.11")).not.toHaveProperty("MASTER_ZONES");
  expect(new BootScript({ masters: ["10.0.1.10"] }).text).not.toContain("ZONES");
});

test("masters with and without a zone, with ports and IPv6 addresses, can be mixed", () => {
  expect(
    settings(inZone("10.0.1.10", "us-west-2a"), "redis-b", inZone("[fd00::1]:7000", "us-west-2-lax-1a")),
  ).toMatchObject({
    MASTERS: "10.0.1.10 redis-b [fd00::1]:7000",
    MASTER_ZONES: "10.0.1.10=us-west-2a [fd00::1]:7000=us-west-2-lax-1a",
  });
});

test("a list that is known only to Terraform has no zones", () => {
  const masters = Token.asList("${var.masters}");
  expect(new BootScript({ masters }).settings).not.toHaveProperty("MASTER_ZONES");
});

test.each([
  [
    "an invalid zone",
    [inZone("10.0.1.10", "usw2-az1")],
    '`masters[0].zone` must be an availability zone such as us-west-2a, got: "usw2-az1"',
  ],
  [
    "an invalid host",
    [inZone("10.0.1.999", "us-west-2a")],
    "`masters` must be an IP or DNS name with or without a port",
  ],
  [
    "a master with and without a zone",
    ["10.0.1.10", inZone("10.0.1.10", "us-west-2a")],
    "`masters` must name each master once",
  ],
  ["a master without its host", [{ zone: "us-west-2a" }], "`masters[0].host` must be given, got: nothing"],
  ["a master without its zone", [{ host: "10.0.1.10" }], "`masters[0].zone` must be given, got: nothing"],
  ["a number", [10], "`masters[0]` must be text, got: 10"],
])("%s is refused", (_, masters, message) => {
  expect(() => settings(...(masters as MasterInZone[]))).toThrow(message);
});

test("a zone that only Terraform knows is checked by the plan", () => {
  const { settings: found, preconditions } = new BootScript({
    masters: [inZone("10.0.1.10", Lazy.stringValue({ produce: () => "${var.zone}" }))],
  });
  expect(found["MASTER_ZONES"]).toMatch(/^10\.0\.1\.10=\$\{TfToken/);
  expect(preconditions.map(({ errorMessage }) => errorMessage)).toEqual([
    expect.stringContaining("`masters[0].zone` must be an availability zone such as us-west-2a"),
  ]);
});
