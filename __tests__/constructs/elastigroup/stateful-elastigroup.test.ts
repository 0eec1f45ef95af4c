import { SpotinstProvider } from "@cdktf/provider-spotinst/lib/provider";
import {
  App,
  type IResolvable,
  TerraformResource,
  TerraformStack,
  TerraformVariable,
  Testing,
  Token,
} from "cdktf";
import { randomBytes } from "node:crypto";
import {
  AvailabilityZones,
  type IStatefulElastigroup,
  Orientation,
  RevertToSpot,
  StatefulElastigroup,
  type StatefulElastigroupProps,
} from "../../../constructs";
import { bare, groupStack } from "../options";
import { elastigroup, synthesize, type Json } from "../support";

const minimal: StatefulElastigroupProps = {
  name: "group",
  region: "us-west-2",
  capacity: 2,
  imageId: "ami-0123456789abcdef0",
  instanceTypes: { onDemand: "r6i.large", spot: ["r6i.large", "r5.large"] },
  availabilityZones: AvailabilityZones.of({ "us-west-2a": ["subnet-0a1b"] }),
  securityGroupIds: ["sg-0123"],
};

function build(
  changed: Partial<StatefulElastigroupProps> = {},
  wrap?: (stack: TerraformStack) => Partial<StatefulElastigroupProps>,
): Json {
  return elastigroup(
    synthesize((app) => {
      const stack = new TerraformStack(app, "stack");
      new SpotinstProvider(stack, "spotinst");
      new StatefulElastigroup(stack, "group", { ...minimal, ...changed, ...wrap?.(stack) });
      return stack;
    }),
  );
}

describe("attributes that are always set, for an empty second plan", () => {
  const group = build();

  test.each([
    ["product", "Linux/UNIX"],
    ["capacity_unit", "instance"],
    ["spot_percentage", 100],
    ["region", "us-west-2"],
    ["health_check_grace_period", 300],
    ["placement_tenancy", "default"],
    ["revert_to_spot", { perform_at: "never" }],
    ["update_policy", { should_roll: false, should_resume_stateful: false, auto_apply_tags: true }],
    [
      "stateful_deallocation",
      expect.objectContaining({ should_delete_volumes: true, should_delete_network_interfaces: true }),
    ],
    [
      "resource_tag_specification",
      [
        {
          should_tag_amis: true,
          should_tag_enis: true,
          should_tag_snapshots: true,
          should_tag_volumes: true,
        },
      ],
    ],
    ["metadata_options", { http_tokens: "required", http_put_response_hop_limit: 1 }],
    ["persist_block_devices", false],
  ])("%s", (attribute, value: unknown) => {
    expect(group[attribute]).toEqual(value);
  });

  test("description, never empty", () => {
    expect(group.description).toMatch(/\S/);
  });

  test("the same capacity as minimum, maximum and target", () => {
    expect([group.min_size, group.max_size, group.desired_capacity]).toEqual([2, 2, 2]);
  });

  test("changes by Spot are ignored, but never those of the zones", () => {
    expect(group.lifecycle.ignore_changes).toEqual([
      "lifetime_period",
      "utilize_reserved_instances",
      "product",
      "capacity_unit",
    ]);
  });
});

describe("persistence", () => {
  test("keeps the root volume and the private IP by default", () => {
    expect(build()).toMatchObject({ persist_root_device: true, persist_private_ip: true });
    expect(build({ persistence: { privateIp: false } })).toMatchObject({
      persist_root_device: true,
      persist_private_ip: false,
    });
  });

  test("without a root volume and a private IP is refused", () => {
    expect(() => build({ persistence: { rootVolume: false, privateIp: false } })).toThrow(
      '`persistence` must keep the root volume or the private IP, got: {"rootVolume":false,"privateIp":false}',
    );
  });
});

describe("strategy", () => {
  test("prefers availability, falls back to on-demand and does not revert to spot by default", () => {
    expect(build()).toMatchObject({
      orientation: "availabilityOriented",
      fallback_to_ondemand: true,
      draining_timeout: 120,
    });
  });

  test("accepts an orientation, windows and a timeout", () => {
    const strategy = {
      orientation: Orientation.EQUAL_ZONES,
      fallbackToOnDemand: false,
      revertToSpot: RevertToSpot.within("Sun:03:00-Sun:05:00"),
      drainingTimeout: 60,
    };
    expect(build({ strategy })).toMatchObject({
      orientation: "equalAzDistribution",
      fallback_to_ondemand: false,
      revert_to_spot: { perform_at: "timeWindow", time_windows: ["Sun:03:00-Sun:05:00"] },
      draining_timeout: 60,
    });
  });
});

describe("user data", () => {
  test("is compressed by Terraform and measured at plan time", () => {
    const group = build({ userData: "#!/bin/sh\n" });
    expect(group.user_data).toMatch(/^\$\{base64gzip\(join\("\\n", local\.[\w-]+\)\)\}$/);
    expect(group.lifecycle.precondition[0].condition).toMatch(
      /^\$\{\(length\(base64gzip\(.+\)\) <= 21848\)\}$/,
    );
  });

  test("that is too large after gzip is refused at synthesis, in bytes", () => {
    const userData = `#!/bin/sh\n# ${randomBytes(17_000).toString("base64")}\n`;
    expect(() => build({ userData })).toThrow(
      /`userData` must be at most 16384 bytes after gzip, got: \d{5}/,
    );
  });

  test("is refused without #!, since it could be valid base64", () => {
    expect(() => build({ userData: "abcd" })).toThrow('`userData` must start with #!, got: "abcd"');
  });

  test("with a beginning that is known only to Terraform is checked by the plan", () => {
    const group = build({}, (stack) => ({
      userData: `${new TerraformVariable(stack, "text", { type: "string" }).stringValue}\n`,
    }));
    expect(group.lifecycle.precondition[0]).toEqual({
      condition: '${startswith("${var.text}\\n", "#!")}',
      error_message: '`userData` must start with #!, got: ${jsonencode(substr("${var.text}\\n", 0, 20))}',
    });
  });

  test("is not set without a script", () => {
    const group = build();
    expect(group.user_data).toBeUndefined();
    expect(group.lifecycle.precondition).toBeUndefined();
  });
});

describe("names and ids", () => {
  test.each<[string, Partial<StatefulElastigroupProps>, string]>([
    ["an empty name", { name: "" }, "`name` must be 1 to 255 characters"],
    [
      "a zone instead of a region",
      { region: "us-west-2a" },
      '`region` must be an AWS region such as us-west-2, got: "us-west-2a"',
    ],
    [
      "an invalid image ID",
      { imageId: "debian" },
      '`imageId` must be an image id such as ami-0123456789abcdef0, got: "debian"',
    ],
    [
      "a tag of AWS, with which no instance starts",
      { tags: { "aws:team": "data" } },
      '`tags` must be 1 to 128 characters and not begin with aws:, got: "aws:team"',
    ],
    [
      "a tag that is too long",
      { tags: { team: "d".repeat(257) } },
      "`tags.team` must be text of at most 256 characters",
    ],
    [
      "tags of which only a part is known only to Terraform, since cdktf cannot resolve such a map",
      { tags: { team: "data", ...Token.asStringMap("${var.tags}") } },
      '`tags` must be a map or the token of one; `Fn.merge` makes one of both, got: "both"',
    ],
    [
      "an ignored change of an unknown attribute",
      { ignoreChanges: ["image_id", "image"] },
      '`ignoreChanges[1]` must be the name of an attribute of spotinst_elastigroup_aws such as cpu_credits, got: "image"',
    ],
    ["a capacity of none", { capacity: 0 }, "`capacity` must be a whole number from 1 to 1000, got: 0"],
    ["half an instance", { capacity: 1.5 }, "`capacity` must be a whole number from 1 to 1000, got: 1.5"],
    [
      "an empty description, which would never give an empty plan",
      { description: "" },
      "`description` must not be empty",
    ],
    [
      "no security group",
      { securityGroupIds: [] },
      "`securityGroupIds` must name at least one security group, got: []",
    ],
    [
      "an invalid security group",
      { securityGroupIds: ["default"] },
      '`securityGroupIds` must be a security group id such as sg-0123456789abcdef0, got: "default"',
    ],
    [
      "no spot type",
      { instanceTypes: { onDemand: "r6i.large", spot: [] } },
      "`instanceTypes.spot` must name at least one instance type, got: []",
    ],
    [
      "an invalid instance type",
      { instanceTypes: { onDemand: "large", spot: ["r5.large"] } },
      '`instanceTypes.onDemand` must be an instance type such as r6i.large, got: "large"',
    ],
    [
      "an on-demand type twice",
      { instanceTypes: { onDemand: ["r5.large", "r5.large"], spot: ["r5.large"] } },
      '`instanceTypes.onDemand` must name each instance type once, got: ["r5.large","r5.large"]',
    ],
    [
      "an empty list of on-demand types",
      { instanceTypes: { onDemand: [], spot: ["r5.large"] } },
      "`instanceTypes.onDemand` must name at least one instance type, got: []",
    ],
    [
      "a preferred type that is not a spot type",
      { instanceTypes: { onDemand: "r6i.large", spot: ["r5.large"], preferredSpot: ["r6i.large"] } },
      "`instanceTypes.preferredSpot[0]` must be one of `instanceTypes.spot`",
    ],
    [
      "a draining timeout of zero",
      { strategy: { drainingTimeout: 0 } },
      "`strategy.drainingTimeout` must be a whole number from 1 to 3600 seconds, got: 0",
    ],
  ])("refuses %s", (_name, changed, message) => {
    expect(() => build(changed)).toThrow(message);
  });

  test("values that are known only to Terraform pass every check", () => {
    const group = build({}, (stack) => {
      const text = new TerraformVariable(stack, "text", { type: "string" }).stringValue;
      const list = new TerraformVariable(stack, "list", { type: "list(string)" }).listValue;
      const count = new TerraformVariable(stack, "count_of", { type: "number" }).numberValue;
      return {
        name: text,
        imageId: text,
        capacity: count,
        securityGroupIds: list,
        instanceTypes: { onDemand: text, spot: list },
        availabilityZones: AvailabilityZones.fromExpression(list),
      };
    });
    expect(group).toMatchObject({
      name: "${var.text}",
      desired_capacity: "${var.count_of}",
      security_groups: "${var.list}",
      availability_zones: expect.stringMatching(/^\$\{local\.group_zones_/),
      instance_types_spot: "${var.list}",
    });
  });

  test("tags that only Terraform knows are a dynamic block, held against the same rules", () => {
    const { dynamic, lifecycle } = build({ tags: Token.asStringMap("${var.tags}") });
    expect(dynamic).toMatchObject({
      tags: { for_each: "${var.tags}", content: { key: "${each.key}", value: "${each.value}" } },
    });
    const said = lifecycle.precondition.map(({ error_message }: Json) => error_message);
    for (const rule of ["be at most 50 tags", "not begin with aws:", "have values of at most 256 characters"])
      expect(said).toContainEqual(expect.stringMatching(`^\`tags\` must .*${rule}`));
  });

  test("tags in the metadata are a word for the provider, and left out unless they are given", () => {
    const options = (instanceMetadataTags?: boolean | IResolvable) =>
      build({ instanceMetadataTags }).metadata_options;
    expect(options()).not.toHaveProperty("instance_metadata_tags");
    expect(options(true)).toMatchObject({ instance_metadata_tags: "enabled" });
    expect(options(false)).toMatchObject({ instance_metadata_tags: "disabled" });
    expect(options(Token.asAny("${var.on}"))).toMatchObject({
      instance_metadata_tags: expect.stringContaining('? "enabled" : "disabled"}') as string,
    });
  });

  test("overrides set attributes without a property; null clears", () => {
    const overrides = {
      cpu_credits: "unlimited",
      cpu_options: { threads_per_core: 1 },
      itf: [{ load_balancer: [{ load_balancer_arn: "a" }] }],
      placement_tenancy: null,
    };
    expect(build({ overrides })).toMatchObject(overrides);
  });

  test("ignored changes are added to the construct's own and the lifecycle's, each once", () => {
    const { ignore_changes } = build({
      ignoreChanges: ["image_id", "product"],
      lifecycle: { ignoreChanges: ["image_id"] },
    }).lifecycle;
    expect(ignore_changes).toEqual([
      "lifetime_period",
      "utilize_reserved_instances",
      "product",
      "capacity_unit",
      "image_id",
    ]);
  });

  test("several on-demand types are a list, also one that only Terraform knows, and one type is not", () => {
    const types = (onDemand: string | string[]) => build({ instanceTypes: { onDemand, spot: ["r5.large"] } });
    expect(types(["r6i.large", "r5.large"])).toMatchObject({ on_demand_types: ["r6i.large", "r5.large"] });
    expect(types(["r6i.large"])).not.toHaveProperty("instance_types_ondemand");
    expect(types(Token.asList("${var.types}"))).toMatchObject({ on_demand_types: "${var.types}" });
    expect(types("r6i.large")).not.toHaveProperty("on_demand_types");
  });

  test("an instance profile of another partition is sent by its name, as the provider reads it", () => {
    expect(
      build({ iamInstanceProfile: "arn:aws-cn:iam::123456789012:instance-profile/path/redis" })
        .iam_instance_profile,
    ).toBe("redis");
    const arn = "arn:aws:iam::123456789012:instance-profile/redis";
    expect(build({ iamInstanceProfile: arn }).iam_instance_profile).toBe(arn);
  });

  test("the escaping of Terraform does not count in the length of a tag", () => {
    const tag = "t".repeat(253) + "$${x";
    expect(build({ tags: { tag } }).tags).toEqual([{ key: "tag", value: tag }]);
  });

  test("tags are in the given order, and omitted if there are none", () => {
    expect(build({ tags: { Team: "data", Name: "redis" } }).tags).toEqual([
      { key: "Team", value: "data" },
      { key: "Name", value: "redis" },
    ]);
    expect(build().tags).toBeUndefined();
  });
});

test("another provider and dependencies are passed on", () => {
  const group = build({}, (stack) => {
    const provider = new SpotinstProvider(stack, "other", { alias: "other" });
    const before = new TerraformResource(stack, "before", { terraformResourceType: "terraform_data" });
    return { provider, dependsOn: [before] };
  });
  expect(group).toMatchObject({ provider: "spotinst.other", depends_on: ["terraform_data.before"] });
});

test("synthesis runs no program, not even `terraform version`", () => {
  const path = process.env.PATH;
  process.env.PATH = "";
  try {
    expect(build({ userData: "#!/bin/sh\n" }).name).toBe("group");
  } finally {
    process.env.PATH = path;
  }
});

test("zones that are changed after the construction are also those of their record", () => {
  const zones = ["us-west-2b:subnet-0b"];
  const json = synthesize(
    groupStack(bare, ({ elastigroup }) => {
      elastigroup.availabilityZones = zones;
    }),
  );
  const [record] = Object.values<Json>(json.resource.terraform_data);
  const wanted = 'join(",", ["us-west-2b:subnet-0b"])';
  expect(elastigroup(json).availability_zones).toEqual(zones);
  expect(record.input.zones).toBe(`\${${wanted}}`);
  expect(record.lifecycle.postcondition[0].condition).toBe(`\${try(self.output.zones, "") == ${wanted}}`);
});

test("the HCL output of the framework is refused, since it lacks parts of the JSON", () => {
  const stack = groupStack(minimal)(Testing.app());
  expect(() => stack.toHclTerraform()).toThrow("a stateful Elastigroup cannot be written as HCL");
});

describe("an existing group that is not managed here", () => {
  const stack = new TerraformStack(new App(), "stack");

  test("has its ID, and no resource", () => {
    const group: IStatefulElastigroup = StatefulElastigroup.fromGroupId(stack, "existing", "sig-1a2b3c4d");
    expect(group.groupId).toBe("sig-1a2b3c4d");
    expect(group.node.path).toBe("stack/existing");
    expect(JSON.parse(Testing.synth(stack))).not.toHaveProperty("resource");
  });

  test("may have an ID that only Terraform knows", () => {
    const { stringValue } = new TerraformVariable(stack, "id", { type: "string" });
    expect(StatefulElastigroup.fromGroupId(stack, "later", stringValue).groupId).toBe(stringValue);
  });

  test("is refused with another ID", () => {
    expect(() => StatefulElastigroup.fromGroupId(stack, "wrong", "group-1")).toThrow(
      '`groupId` must be the id of an Elastigroup such as sig-1a2b3c4d, got: "group-1"',
    );
  });
});
