import { SpotinstProvider } from "@cdktf/provider-spotinst/lib/provider";
import { TerraformResource } from "cdktf";
import {
  AvailabilityZones,
  type RedisReplicasProps,
  type StatefulElastigroupProps,
} from "../../../constructs";
import { filled } from "../../../rehearsal/spot-api/defaults";
import { describeWith } from "../../support/needs";
import { bare, groupStack } from "../options";
import { Workbench } from "../provider";
import { elastigroup, synthesizeReplicas, type Json } from "../support";

const rootVolume = { size: 40 };

const OWN = ["lifetime_period", "utilize_reserved_instances", "product", "capacity_unit"];

/** The lifecycle of the group, and that of the record of its zones. */
function lifecycles(changed: Partial<RedisReplicasProps>): { group: Json; zones: Json } {
  const json = synthesizeReplicas(changed);
  const [zones] = Object.values<Json>(json.resource.terraform_data);
  return { group: elastigroup(json).lifecycle, zones: zones.lifecycle };
}

describe("the lifecycle of a group", () => {
  test.each<[string, Partial<RedisReplicasProps>, Json]>([
    ["its own attributes and a default volume", {}, [...OWN, "ebs_block_device"]],
    ["its own attributes alone with a volume that is set", { rootVolume }, OWN],
    [
      "those and the user's",
      { rootVolume, lifecycle: { ignoreChanges: ["image_id"] } },
      [...OWN, "image_id"],
    ],
    ["all that there are", { lifecycle: { ignoreChanges: "all" } }, "all"],
    [
      "not what the user sets",
      { rootVolume, strategy: { utilizeReservedInstances: true } },
      OWN.filter((each) => each !== "utilize_reserved_instances"),
    ],
  ])("leaves alone %s", (_, props, ignored) => {
    expect(lifecycles(props).group.ignore_changes).toEqual(ignored);
  });

  test("prevents its destruction if it is protected", () => {
    expect(lifecycles({ protect: true }).group.prevent_destroy).toBe(true);
    expect(lifecycles({}).group.prevent_destroy).toBeUndefined();
  });

  test("keeps the user's other settings, including conditions", () => {
    const precondition = [{ condition: "${var.ready}", errorMessage: "not ready" }];
    expect(lifecycles({ lifecycle: { createBeforeDestroy: true, precondition } }).group).toMatchObject({
      create_before_destroy: true,
      precondition: [
        { condition: "${var.ready}", error_message: "not ready" },
        { error_message: expect.stringContaining("16384 bytes") as string },
      ],
    });
  });

  test.each<[RedisReplicasProps["lifecycle"], boolean]>([
    [undefined, true],
    [{ ignoreChanges: ["image_id"] }, true],
    [{ ignoreChanges: ["availability_zones"] }, false],
    [{ ignoreChanges: "all" }, false],
  ])("has the zones that were sent compared, unless they are left alone (%j: %s)", (lifecycle, compared) => {
    expect(lifecycles({ lifecycle }).zones.postcondition !== undefined).toBe(compared);
  });
});

describeWith(["terraform", "spotinst provider"], "meta-arguments, with the real provider", () => {
  let bench: Workbench;

  afterEach(() => bench.close());

  const changed: StatefulElastigroupProps = {
    ...bare,
    imageId: "ami-00000000000000002",
    availabilityZones: AvailabilityZones.of({ "us-west-2c": ["subnet-0c"] }),
  };

  test.each<[StatefulElastigroupProps["lifecycle"]]>([
    [{ ignoreChanges: ["image_id", "availability_zones"] }],
    [{ ignoreChanges: "all" }],
  ])(
    "an attribute that %j ignores is neither sent nor refused, and is sent without it",
    async (lifecycle) => {
      bench = await Workbench.open(filled);
      await bench.apply(groupStack({ ...bare, lifecycle }));
      expect(await bench.apply(groupStack({ ...changed, lifecycle }))).toEqual([]);
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
      const requests = await bench.apply(groupStack(changed));
      expect(requests.map(({ method }) => method)).toEqual(["PUT"]);
      expect(bench.group.compute).toMatchObject({
        availabilityZones: [{ name: "us-west-2c" }],
        launchSpecification: { imageId: "ami-00000000000000002" },
      });
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
    },
    120_000,
  );

  test("the given provider is used", async () => {
    bench = await Workbench.open(filled);
    // The simulated API has one account and refuses others.
    const by = (account: string) =>
      groupStack((stack) => {
        const featureFlags = "MergeCredentialsChain=true";
        return {
          ...bare,
          provider: new SpotinstProvider(stack, "other", { alias: "other", account, featureFlags }),
        };
      });
    await expect(bench.apply(by("act-0000beef"))).rejects.toThrow("no access to account act-0000beef");
    const [post, ...more] = await bench.apply(by("act-00000001"));
    expect(more).toEqual([]);
    expect(post?.path).toContain("accountId=act-00000001");
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
  }, 120_000);

  test("a dependency is created first; if it fails, no group is created", async () => {
    bench = await Workbench.open(filled);
    const after = (condition: boolean) =>
      groupStack((stack) => {
        const before = new TerraformResource(stack, "before", { terraformResourceType: "terraform_data" });
        before.addOverride("lifecycle.postcondition", [
          { condition: `\${self.id != "" && ${condition}}`, error_message: "not there yet" },
        ]);
        return { ...bare, dependsOn: [before] };
      });
    await expect(bench.apply(after(false))).rejects.toThrow("not there yet");
    expect(bench.api.groups.list()).toEqual([]);
    expect((await bench.apply(after(true))).map(({ method }) => method)).toEqual(["POST"]);
  }, 120_000);

  test("a group that is replaced on purpose is created before the old one is destroyed", async () => {
    bench = await Workbench.open(filled);
    const of = (generation: number) =>
      groupStack((stack) => {
        const trigger = new TerraformResource(stack, "generation", {
          terraformResourceType: "terraform_data",
        });
        trigger.addOverride("input", generation);
        return {
          ...bare,
          lifecycle: {
            createBeforeDestroy: false,
            replaceTriggeredBy: [`${trigger.terraformResourceType}.${trigger.friendlyUniqueId}`],
          },
        };
      });
    await bench.apply(of(1));
    const { id } = bench.group;
    expect((await bench.apply(of(2))).map(({ method }) => method)).toEqual(["POST", "DELETE"]);
    expect(bench.group.id).not.toBe(id);
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
  }, 120_000);
});
