import { SpotinstProvider } from "@cdktf/provider-spotinst/lib/provider";
import { TerraformStack } from "cdktf";
import { RedisReplicas } from "../../../constructs";
import { bare, groupStack } from "../options";
import { minimal, synthesize } from "../support";

describe("the versions of Spot's provider in a stack of the user", () => {
  const versionOf = (more: (stack: TerraformStack) => void): unknown =>
    synthesize((app) => {
      const stack = new TerraformStack(app, "mine");
      new SpotinstProvider(stack, "spotinst");
      more(stack);
      return stack;
    }).terraform.required_providers.spotinst.version;
  const path = "terraform.required_providers.spotinst.version";
  const add = (stack: TerraformStack): unknown => new RedisReplicas(stack, "replicas", minimal);

  test("are a range, since the bindings accept one only", () => {
    expect(versionOf(add)).toBe("~> 1.231");
    expect(synthesize(groupStack(bare)).terraform.required_providers.spotinst.version).toBe("~> 1.231");
  });

  test("are those of the user, given before or after", () => {
    expect(versionOf((stack) => [stack.addOverride(path, "1.240.0"), add(stack)])).toBe("1.240.0");
    expect(versionOf((stack) => [add(stack), stack.addOverride(path, "1.240.0")])).toBe("1.240.0");
  });
});
