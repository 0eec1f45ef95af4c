import { internalResourcesOf } from "../../../cli/plan/internal-resources";
import { synthesizeReplicas } from "../../constructs/support";

const type = "terraform_data";
const group = "spotinst_elastigroup_aws.replicas_group_04D7EBCA";
const memory = "terraform_data.replicas_group_zones-sent_92E34A7F";

function isInternal(address: string, beside: string, previous?: string): boolean {
  const changes = [{ address: beside, previous_address: previous, type: "spotinst_elastigroup_aws" }];
  return internalResourcesOf(changes as never)({
    address,
    type: address.includes(type) ? type : "null_resource",
  });
}

test.each([
  ["beside its group", memory, group],
  ["in the module of its group", `module.a["x.y"].${memory}`, `module.a["x.y"].${group}`],
])("the record of the zones is an internal resource %s", (_, address, beside) => {
  expect(isInternal(address, beside)).toBe(true);
});

test("the record of the zones is an internal resource at the former address of its group", () => {
  expect(isInternal(memory, "spotinst_elastigroup_aws.other_EB19C888", group)).toBe(true);
});

test.each([
  ["of another type", memory.replace(type, "null_resource"), group],
  ["without a group", memory, "spotinst_elastigroup_aws.other_EB19C888"],
  ["in another module", `module.b.${memory}`, `module.a.${group}`],
  ["whose name only contains the name", "terraform_data.replicas_group_zones-sent-by-mail_92E34A7F", group],
  ["without cdktf's hash", "terraform_data.replicas_group_zones-sent", group],
  ["that a user named like it", "terraform_data.zones-sent", group],
])("a resource %s is not internal", (_, address, beside) => {
  expect(isInternal(address, beside)).toBe(false);
});

test("every resource of Terraform's own that the constructs create is internal", () => {
  const { resource } = synthesizeReplicas() as { resource: Record<string, object> };
  const [elastigroup] = Object.keys(resource["spotinst_elastigroup_aws"]!);
  for (const name of Object.keys(resource[type]!))
    expect(isInternal(`${type}.${name}`, `spotinst_elastigroup_aws.${elastigroup}`)).toBe(true);
});
