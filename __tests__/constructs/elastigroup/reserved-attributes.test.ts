import { ElastigroupAws } from "@cdktf/provider-spotinst/lib/elastigroup-aws";
import { App, TerraformStack } from "cdktf";
import {
  ignoreConstraints,
  overridesConstraints,
  PROPERTIES,
} from "../../../constructs/elastigroup/reserved-attributes";
import { bare, everything, groupStack, others } from "../options";
import { elastigroup, plain, synthesize } from "../support";

/** The rules that overrides of these attributes violate, by attribute. */
function rules(...names: string[]): Record<string, string> {
  const overrides = Object.fromEntries(names.map((name) => [name, "x"]));
  return Object.fromEntries(overridesConstraints(overrides).map(({ path, rule }) => [path.at(-1)!, rule]));
}

/** All attributes of the resource, which its binding knows. */
function attributes(): string[] {
  const stack = new TerraformStack(new App(), "stack");
  const resource = new ElastigroupAws(stack, "group", {
    fallbackToOndemand: true,
    name: "a",
    orientation: "balanced",
    product: "Linux/UNIX",
    securityGroups: [],
  });
  return Object.keys(resource["synthesizeAttributes"]());
}

test("an attribute that any property sets cannot be overridden, and the message names the property", () => {
  const set = [bare, everything, others].flatMap((props) =>
    Object.keys(plain(elastigroup(synthesize(groupStack({ ...props, overrides: undefined }))))),
  );
  const found = rules(...set);
  const free = set.filter((name) => !(name in found));
  expect([...new Set(free)]).toEqual(["placement_tenancy", "product"]);
  expect(found).toMatchObject({
    image_id: "be left out: `imageId` sets it",
    iam_instance_profile: "be left out: `iamInstanceProfile` sets it",
    ebs_block_device: "be left out: `rootVolume` or `dataVolume` sets it",
    user_data: "be left out: the boot script sets it",
    max_size: "be left out: the number of instances sets it",
  });
});

test.each([
  ["scheduled_task", "it changes the number of instances, or replaces all of them"],
  ["scaling_up_policy", "it changes the number of instances"],
  ["instance_types_weights", "the capacity is a number of instances"],
  ["stateful_instance_action", "every update would repeat it"],
  ["wait_for_capacity", "a timeout taints the group, and the next apply destroys it"],
  ["depends_on", "it is not an attribute"],
])("%s cannot be overridden: %s", (name, reason) => {
  expect(rules(name)).toEqual({ [name]: `be left out: ${reason}` });
});

test("the properties set attributes that the resource has", () => {
  const properties = Object.keys(PROPERTIES).filter((name) => name !== "lifecycle");
  expect(attributes()).toEqual(expect.arrayContaining(properties));
});

test("attributes without a property can be overridden, but no secrets in them", () => {
  expect(rules("cpu_credits", "network_interface", "shutdown_script", "product")).toEqual({});
  const overrides = { integration_nomad: { acl_token: "hunter2" }, itf: [{ password: "hunter2" }] };
  expect(overridesConstraints(overrides)).toMatchObject([
    { path: ["overrides", "integration_nomad", "acl_token"], got: "acl_token" },
    { path: ["overrides", "itf", 0, "password"], got: "password" },
  ]);
});

test.each(["iam_instance_profile", "security_groups", "user_data", "persist_root_device", "subnet_ids"])(
  "changes of %s cannot be ignored",
  (name) => {
    expect(ignoreConstraints(["image_id", name])).toMatchObject([
      {
        path: ["ignoreChanges", 1],
        rule: expect.stringMatching(/: a change of .* would be lost$/) as string,
      },
    ]);
  },
);
