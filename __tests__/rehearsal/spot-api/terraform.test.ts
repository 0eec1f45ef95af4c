import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filled, off } from "../../../rehearsal/spot-api/defaults";
import { at, type Json, type JsonObject, merge, numberAt } from "../../../rehearsal/spot-api/json";
import { PaperFleet } from "../../../rehearsal/spot-api/paper-fleet";
import { SpotApi } from "../../../rehearsal/spot-api/spot-api";
import { Terraform } from "../../../rehearsal/terraform";
import { describeWith } from "../../support/needs";
import { PROVIDER_VERSION } from "../../support/provider-version";

const script = "#!/bin/bash\necho hi\n";

/** The arguments with which a group has an empty second plan for any defaults of the API. */
const group: JsonObject = {
  name: "redis-replicas",
  description: "replicas",
  product: "Linux/UNIX",
  region: "us-west-2",
  capacity_unit: "instance",
  min_size: "${var.replicas}",
  max_size: "${var.replicas}",
  desired_capacity: "${var.replicas}",
  availability_zones: "${var.zones}",
  orientation: "availabilityOriented",
  fallback_to_ondemand: true,
  spot_percentage: 100,
  instance_types_ondemand: "r6i.large",
  instance_types_spot: ["r6i.large", "r5.large"],
  image_id: "ami-0123456789abcdef0",
  security_groups: ["sg-1"],
  user_data: script,
  persist_root_device: true,
  persist_block_devices: true,
  persist_private_ip: true,
  block_devices_mode: "reattach",
  revert_to_spot: [{ perform_at: "never" }],
  health_check_type: "EC2",
  health_check_grace_period: 300,
  placement_tenancy: "default",
  ebs_optimized: true,
  enable_monitoring: false,
  draining_timeout: 120,
  metadata_options: [{ http_tokens: "required", http_put_response_hop_limit: 1 }],
  ebs_block_device: [
    {
      device_name: "/dev/xvdf",
      volume_type: "gp3",
      volume_size: 50,
      encrypted: true,
      delete_on_termination: false,
    },
  ],
  stateful_deallocation: [
    {
      should_delete_images: true,
      should_delete_network_interfaces: true,
      should_delete_volumes: true,
      should_delete_snapshots: true,
    },
  ],
  tags: [{ key: "Name", value: "redis" }],
};

const ignoring: JsonObject = {
  lifecycle: { ignore_changes: ["lifetime_period", "utilize_reserved_instances"] },
};

function configuration(change: JsonObject): string {
  return JSON.stringify({
    terraform: {
      required_providers: { spotinst: { source: "spotinst/spotinst", version: PROVIDER_VERSION } },
    },
    provider: { spotinst: {} },
    variable: {
      replicas: { type: "number", default: 3 },
      zones: { type: "list(string)", default: ["us-west-2a:subnet-1", "us-west-2b:subnet-2"] },
    },
    resource: { spotinst_elastigroup_aws: { replicas: merge(group, change) } },
    output: { group_id: { value: "${spotinst_elastigroup_aws.replicas.id}" } },
  });
}

describeWith(["terraform", "spotinst provider"], "the unmodified Terraform provider", () => {
  let directory: string;
  let api: SpotApi;
  let terraform: Terraform;
  let fleet: PaperFleet;

  async function write(change: JsonObject = {}): Promise<void> {
    await writeFile(join(directory, "main.tf.json"), configuration(change));
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "terraform-test-"));
    fleet = new PaperFleet();
    api = await SpotApi.start({ fleet });
    terraform = new Terraform(directory, api.environment());
    await write(ignoring);
    await terraform.init();
  }, 60_000);

  afterAll(async () => {
    await api.close();
    await rm(directory, { recursive: true });
  });

  /** The requests about groups since the last call. */
  function asked(): { asked: string; body: Json | undefined }[] {
    const requests = api.requests.map(({ method, path, body }) => ({
      asked: `${method} ${path.replace("?accountId=act-00000001", "")}`,
      body,
    }));
    api.clearRequests();
    return requests;
  }

  async function id(): Promise<string> {
    return (await terraform.output()).group_id as string;
  }

  afterEach(async () => {
    api.failNextUpdates(0);
    api.setDefaults(off);
    await write(ignoring);
    await terraform.destroy();
    await api.settle();
    api.clearRequests();
    expect(fleet.running).toEqual([]);
    // Neither Terraform nor the provider tried to reach another host.
    expect(api.refusedHosts).toEqual([]);
  }, 60_000);

  test("creates a group with one POST and one GET, plans nothing more, and destroys it", async () => {
    await terraform.validate();
    await terraform.apply();
    const [created, ...rest] = asked();
    expect(created!.asked).toBe("POST /aws/ec2/group");
    expect(rest.map(({ asked }) => asked)).toEqual([`GET /aws/ec2/group/${await id()}`]);
    expect(at(created!.body, "group.compute.launchSpecification.userData")).toBe(
      Buffer.from(script).toString("base64"),
    );
    expect(await terraform.plan()).toMatchObject({ exitCode: 0 });
    await api.settle();
    expect(fleet.launches.slice(-3).map(({ userData }) => userData.toString())).toEqual([
      script,
      script,
      script,
    ]);

    const deleted = await id();
    api.clearRequests();
    await terraform.destroy();
    expect(asked().at(-1)).toEqual({
      asked: `DELETE /aws/ec2/group/${deleted}`,
      body: {
        statefulDeallocation: {
          shouldDeleteImages: true,
          shouldDeleteNetworkInterfaces: true,
          shouldDeleteVolumes: true,
          shouldDeleteSnapshots: true,
        },
      },
    });
  }, 60_000);

  test("has an empty plan if the API adds its defaults and the two unset attributes are ignored", async () => {
    api.setDefaults(filled);
    await terraform.apply();
    expect(await terraform.plan()).toMatchObject({ exitCode: 0 });
    await terraform.apply({ replicas: 4 });
    expect(await terraform.plan({ replicas: 4 })).toMatchObject({ exitCode: 0 });
  }, 60_000);

  test("would never have an empty plan with those defaults if the two were not ignored", async () => {
    api.setDefaults(filled);
    await write();
    await terraform.apply();
    const { exitCode, text } = await terraform.plan();
    expect(exitCode).toBe(2);
    expect(text).toContain("lifetime_period");
    expect(text).toContain("utilize_reserved_instances");
    await terraform.apply();
    expect(await terraform.plan()).toMatchObject({ exitCode: 2 });
  }, 60_000);

  test("sends only changed attributes, and more capacity starts more instances", async () => {
    await terraform.apply();
    await api.settle();
    api.clearRequests();
    await terraform.apply({ replicas: 4 });
    const put = asked().find((request) => request.asked.startsWith("PUT"));
    expect(numberAt(put?.body, "group.capacity.target")).toBe(4);
    expect(at(put?.body, "group.compute.product")).toBeUndefined();
    await api.settle();
    expect(fleet.running).toHaveLength(4);
  }, 60_000);

  test("puts its update policy into the query of an update, which then resumes paused instances", async () => {
    const update_policy = [{ should_roll: false, should_resume_stateful: true, auto_apply_tags: true }];
    await write({ ...ignoring, update_policy });
    await terraform.apply();
    await api.settle();
    const [first] = api.statefulInstances(await id());
    const response = await fetch(
      `${api.url}/aws/ec2/group/${await id()}/statefulInstance/${first!.id}/pause`,
      {
        method: "PUT",
        headers: { authorization: "Bearer rehearsal-token" },
      },
    );
    expect(response.status).toBe(200);
    await api.settle();
    api.clearRequests();
    await write({ ...ignoring, update_policy, draining_timeout: 60 });
    await terraform.apply();
    await api.settle();
    expect(asked().find((request) => request.asked.startsWith("PUT"))!.asked).toMatch(
      /autoApplyTags=true.*shouldResumeStateful=true/,
    );
    expect(api.statefulInstances(await id())[0]!.state).toBe("ACTIVE");
  }, 60_000);

  test("loses a change of zones whose request failed", async () => {
    await terraform.apply();
    const zones = { zones: ["us-west-2a:subnet-1", "us-west-2c:subnet-3"] };
    api.failNextUpdates(1);
    await expect(terraform.apply(zones)).rejects.toThrow("this update was configured to fail");
    // The zone sync guard of the constructs exists because of this.
    expect(await terraform.plan(zones)).toMatchObject({ exitCode: 0 });
    expect(JSON.stringify(api.groups.read(await id()))).not.toContain("subnet-3");
  }, 60_000);

  test("sends no zones at all for an item without a subnet", async () => {
    await terraform.apply();
    asked();
    const zones = { zones: ["us-west-2a"] };
    await terraform.apply(zones);
    const put = asked().find((request) => request.asked.startsWith("PUT"));
    expect(at(put?.body, "group.compute.availabilityZones")).toBeUndefined();
    expect(await terraform.plan(zones)).toMatchObject({ exitCode: 0 });
  }, 60_000);

  test("shows the errors of the API, with their fields", async () => {
    await write({ ...ignoring, instance_types_preferred_spot: ["m5.large"] });
    await expect(terraform.apply()).rejects.toThrow(
      /values not offered: m5.large[^]*body:group.compute.instanceTypes.preferredSpot/,
    );
  }, 60_000);

  test("waits for capacity by reading the health of the instances", async () => {
    await write({ ...ignoring, wait_for_capacity: 3, wait_for_capacity_timeout: 30 });
    await terraform.apply();
    expect(asked().map((request) => request.asked)).toContain(
      `GET /aws/ec2/group/${await id()}/instanceHealthiness`,
    );
  }, 60_000);

  test("recycles a stateful instance of its configuration", async () => {
    await terraform.apply();
    await api.settle();
    const [before] = api.statefulInstances(await id());
    await write({
      ...ignoring,
      stateful_instance_action: [{ stateful_instance_id: before!.id, type: "recycle" }],
    });
    await terraform.apply();
    await api.settle();
    const [after] = api.statefulInstances(await id());
    expect(after).toMatchObject({ id: before!.id, privateIp: before!.privateIp, state: "ACTIVE" });
    expect(after!.instance!.id).not.toBe(before!.instance!.id);
  }, 60_000);

  test("imports a group that it did not create: one update, then an empty plan", async () => {
    await terraform.apply();
    const body = asked()[0]!.body!;
    await terraform.destroy();
    const { id: made } = api.groups.create(body) as { id: string };
    await terraform.import("spotinst_elastigroup_aws.replicas", made);
    expect(await terraform.plan()).toMatchObject({ exitCode: 2 });
    await terraform.apply();
    expect(await terraform.plan()).toMatchObject({ exitCode: 0 });
    expect(await id()).toBe(made);
  }, 60_000);

  test("removes a group from the state that was deleted from the API", async () => {
    await terraform.apply();
    api.groups.delete(await id());
    const { exitCode, text } = await terraform.plan();
    expect(exitCode).toBe(2);
    expect(text).toContain("1 to add");
  }, 60_000);

  test.each([
    ["volume types in capitals", { capitalVolumeTypes: true }, 0],
    ["the subnets beside the zones", { subnetIds: true }, 2],
    ["an additional tag", { extraTag: true }, 2],
  ])(
    "an answer with %s is survived",
    async (_, odd, exitCode) => {
      await terraform.apply();
      api.setDefaults(odd);
      expect((await terraform.plan()).exitCode).toBe(exitCode);
    },
    60_000,
  );

  test("state and plan can be read as JSON", async () => {
    await terraform.apply();
    expect(at((await terraform.show()) as JsonObject, "values.root_module.resources")).toHaveLength(1);
    await terraform.plan({ replicas: 4 });
    const plan = (await terraform.show("plan")) as { resource_changes?: { change: { actions: string[] } }[] };
    expect(plan.resource_changes?.[0]?.change.actions).toEqual(["update"]);
  }, 60_000);
});
