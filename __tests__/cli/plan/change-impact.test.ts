import { ElastigroupAws } from "@cdktf/provider-spotinst/lib/elastigroup-aws";
import { App, TerraformStack } from "cdktf";
import { impactOf, isKnown } from "../../../cli/plan/change-impact";
import { minimal } from "../../constructs/support";

/** Every attribute and block of the provider's bindings. */
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
  ["image_id", { persist_root_device: true }, {}, "new_root_volume"],
  ["image_id", { persist_root_device: false }, {}, "next_recycle"],
  ["tags", { update_policy: [{ auto_apply_tags: true }] }, {}, "immediate"],
  ["tags", {}, {}, "next_recycle"],
  [
    "availability_zones",
    { persist_private_ip: true, availability_zones: ["a:1", "b:2"] },
    { availability_zones: ["a:1"] },
    "new_replicas",
  ],
  [
    "availability_zones",
    { persist_private_ip: true, availability_zones: ["a:1"] },
    { availability_zones: ["a:1", "b:2"] },
    "undocumented",
  ],
  ["availability_zones", { persist_private_ip: false }, {}, "next_recycle"],
  [
    "availability_zones",
    { persist_private_ip: true, availability_zones: ["a:1::2"] },
    { availability_zones: ["a:1"] },
    "new_replicas",
  ],
  ["ebs_block_device", { persist_root_device: true }, {}, "undocumented"],
  ["ebs_block_device", {}, {}, "next_recycle"],
  ["revert_to_spot", { revert_to_spot: [{ perform_at: "always" }] }, {}, "may_replace"],
  ["revert_to_spot", { revert_to_spot: [{ perform_at: "never" }] }, {}, "group_settings"],
  ["of a later provider", {}, {}, "undocumented"],
])(
  "a change of %s in a group that becomes %j and was %j has the impact %s",
  (attribute, after, before, impact) => {
    expect(impactOf(attribute, after as never, before as never)).toBe(impact);
  },
);
