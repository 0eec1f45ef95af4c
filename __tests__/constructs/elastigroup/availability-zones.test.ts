import { App, TerraformOutput, TerraformStack, TerraformVariable, Testing, Token } from "cdktf";
import { AvailabilityZones } from "../../../constructs";

describe("AvailabilityZones.of", () => {
  test("returns zone:subnet items in the given order", () => {
    const zones = AvailabilityZones.of({
      "us-west-2b": ["subnet-0b", "subnet-0c"],
      "us-west-2a": ["subnet-0a"],
    });
    expect(zones.items).toEqual(["us-west-2b:subnet-0b", "us-west-2b:subnet-0c", "us-west-2a:subnet-0a"]);
    expect(zones.names).toEqual(["us-west-2b", "us-west-2a"]);
  });

  test("accepts subnets of a zone that are known only to Terraform", () => {
    const stack = new TerraformStack(new App(), "s");
    const subnets = new TerraformVariable(stack, "subnets", { type: "list(string)" }).listValue;
    const { items, names } = AvailabilityZones.of({ "us-west-2a": ["subnet-0a"], "us-west-2b": subnets });
    new TerraformOutput(stack, "items", { value: items, staticId: true });
    expect(JSON.parse(Testing.synth(stack)).output.items.value).toBe(
      '${flatten([["us-west-2a:subnet-0a"], [for id in var.subnets : join(":", flatten(["us-west-2b", id, []]))]])}',
    );
    expect(names).toEqual(["us-west-2a", "us-west-2b"]);
  });

  test.each([
    ["no zone", {}, "`availabilityZones` must name at least one zone, got: []"],
    [
      "a zone without a subnet",
      { "us-west-2a": [] },
      "`availabilityZones.us-west-2a` must name at least one subnet, got: []",
    ],
    [
      "a name that is not a zone",
      { west: ["subnet-0a"] },
      '`availabilityZones` must be an availability zone such as us-west-2a, got: "west"',
    ],
    [
      "an ID that is not a subnet",
      { "us-west-2a": ["sg-1"] },
      '`availabilityZones.us-west-2a` must be a subnet id such as subnet-0a1b2c3d4e5f60001, got: "sg-1"',
    ],
    ["a subnet named twice", { "us-west-2a": ["subnet-0a", "subnet-0a"] }, "must name each subnet once"],
    [
      "a subnet in two zones",
      { "us-west-2a": ["subnet-0a"], "us-west-2b": ["subnet-0a"] },
      '`availabilityZones.us-west-2b[0]` must be listed in one zone only; it is already listed in us-west-2a, got: "subnet-0a"',
    ],
  ])("refuses %s", (_name, zones, message) => {
    expect(() => AvailabilityZones.of(zones as { [zone: string]: string[] })).toThrow(message);
  });
});

describe("AvailabilityZones.fromExpression", () => {
  test("accepts a list that is known only to Terraform", () => {
    const stack = new TerraformStack(new App(), "s");
    const variable = new TerraformVariable(stack, "zones", { type: "list(string)" });
    const zones = AvailabilityZones.fromExpression(variable.listValue);
    expect(Token.isUnresolved(zones.items)).toBe(true);
    expect(zones.names).toBeUndefined();
  });

  test("refuses a list that is known", () => {
    expect(() => AvailabilityZones.fromExpression(["us-west-2a:subnet-0a"])).toThrow("must be a list token");
  });
});
