import { ElastigroupAws } from "@cdktf/provider-spotinst/lib/elastigroup-aws";
import { App, TerraformStack } from "cdktf";
import { isKnown, reachOf } from "../../../cli/plan/attributes";
import { minimal } from "../../constructs/support";

/** Every attribute and block that the provider's bindings know. */
function attributes(): string[] {
  const group = new ElastigroupAws(new TerraformStack(new App(), "redis"), "group", {
    name: minimal.name,
    product: "Linux/UNIX",
    orientation: "balanced",
    fallbackToOndemand: true,
    securityGroups: minimal.securityGroupIds,
  });
  const written = (group as unknown as { synthesizeAttributes(): object }).synthesizeAttributes();
  return Object.keys(written).filter((name) => name !== "id");
}

test("every attribute of the provider is known", () => {
  expect(attributes().length).toBeGreaterThan(80);
  expect(attributes().filter((name) => !isKnown(name))).toEqual([]);
});

test.each<[string, object, object, string]>([
  ["image_id", { persist_root_device: true }, {}, "fresh root"],
  ["image_id", { persist_root_device: false }, {}, "next recycle"],
  ["tags", { update_policy: [{ auto_apply_tags: true }] }, {}, "at once"],
  ["tags", {}, {}, "next recycle"],
  [
    "availability_zones",
    { persist_private_ip: true, availability_zones: ["a:1", "b:2"] },
    { availability_zones: ["a:1"] },
    "new replicas",
  ],
  [
    "availability_zones",
    { persist_private_ip: true, availability_zones: ["a:1"] },
    { availability_zones: ["a:1", "b:2"] },
    "unsure",
  ],
  ["availability_zones", { persist_private_ip: false }, {}, "next recycle"],
  [
    "availability_zones",
    { persist_private_ip: true, availability_zones: ["a:1::2"] },
    { availability_zones: ["a:1"] },
    "new replicas",
  ],
  ["ebs_block_device", { persist_root_device: true }, {}, "unsure"],
  ["ebs_block_device", {}, {}, "next recycle"],
  ["revert_to_spot", { revert_to_spot: [{ perform_at: "always" }] }, {}, "may replace"],
  ["revert_to_spot", { revert_to_spot: [{ perform_at: "never" }] }, {}, "group"],
  ["of a later provider", {}, {}, "unsure"],
])("%s of a group that is then %j and was %j: %s", (attribute, after, before, reach) => {
  expect(reachOf(attribute, after as never, before as never)).toBe(reach);
});
