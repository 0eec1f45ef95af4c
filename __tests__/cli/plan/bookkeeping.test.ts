import { bookkeepingOf } from "../../../cli/plan/bookkeeping";
import { synthesizeReplicas } from "../../constructs/support";

const type = "terraform_data";
const group = "spotinst_elastigroup_aws.replicas_group_04D7EBCA";
const memory = "terraform_data.replicas_group_zones-sent_92E34A7F";

function isBookkeeping(address: string, beside: string, previous?: string): boolean {
  const changes = [{ address: beside, previous_address: previous, type: "spotinst_elastigroup_aws" }];
  return bookkeepingOf(changes as never)({ address, type: address.includes(type) ? type : "null_resource" });
}

test.each([
  ["beside its group", memory, group],
  ["in a module of the group's", `module.a["x.y"].${memory}`, `module.a["x.y"].${group}`],
])("what remembers zones is bookkeeping %s", (_, address, beside) => {
  expect(isBookkeeping(address, beside)).toBe(true);
});

test("what remembers zones is bookkeeping where its group came from", () => {
  expect(isBookkeeping(memory, "spotinst_elastigroup_aws.other_EB19C888", group)).toBe(true);
});

test.each([
  ["of another type", memory.replace(type, "null_resource"), group],
  ["beside no group", memory, "spotinst_elastigroup_aws.other_EB19C888"],
  ["in another module", `module.b.${memory}`, `module.a.${group}`],
  ["whose name only holds ours", "terraform_data.replicas_group_zones-sent-by-mail_92E34A7F", group],
  ["without cdktf's hash", "terraform_data.replicas_group_zones-sent", group],
  ["called so by a user", "terraform_data.zones-sent", group],
])("a resource %s is not", (_, address, beside) => {
  expect(isBookkeeping(address, beside)).toBe(false);
});

test("all that the constructs make of Terraform's own resources is bookkeeping", () => {
  const { resource } = synthesizeReplicas() as { resource: Record<string, object> };
  const [elastigroup] = Object.keys(resource["spotinst_elastigroup_aws"]!);
  for (const name of Object.keys(resource[type]!))
    expect(isBookkeeping(`${type}.${name}`, `spotinst_elastigroup_aws.${elastigroup}`)).toBe(true);
});
