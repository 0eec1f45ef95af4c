import { differences } from "../../../cli/plan/difference";
import { noticesOn } from "../../../cli/plan/notices";
import { type Attributes, type ResourceChange } from "../../../cli/plan/terraform-plan";

function notices(before: Attributes, after: Attributes): string[] {
  const group: ResourceChange = {
    address: "spotinst_elastigroup_aws.group",
    mode: "managed",
    type: "spotinst_elastigroup_aws",
    change: { actions: ["update"], before, after },
  };
  return noticesOn(group, { action: "update", changes: differences(group), replicas: [] });
}

test("a new on-demand count has what to do if the apply fails", () => {
  expect(notices({ spot_percentage: 100 }, { ondemand_count: 1 })).toEqual([
    expect.stringContaining("If this apply fails, leave `strategy.onDemandCount` out") as string,
  ]);
});

test("a count that Spot may not have is a notice before all replicas become on-demand", () => {
  expect(notices({ spot_percentage: 100, ondemand_count: 1 }, { ondemand_count: 1 })).toEqual([
    expect.stringContaining("this apply makes all replicas on-demand") as string,
  ]);
});

test.each<[string, Attributes, Attributes]>([
  ["another count", { ondemand_count: 1 }, { ondemand_count: 2 }],
  ["another percentage", { spot_percentage: 100 }, { spot_percentage: 50 }],
  ["no count any more", { ondemand_count: 1 }, { spot_percentage: 100 }],
])("%s has no notice", (_, before, after) => {
  expect(notices(before, after)).toEqual([]);
});

test("tags in the metadata that are left out again are shown by every plan", () => {
  const options = (instance_metadata_tags: string | null) => ({
    metadata_options: [{ http_tokens: "required", instance_metadata_tags }],
  });
  expect(notices(options("enabled"), options(null))).toEqual([
    expect.stringContaining("Set `instanceMetadataTags: false`.") as string,
  ]);
  expect(notices(options("enabled"), options("disabled"))).toEqual([]);
});
