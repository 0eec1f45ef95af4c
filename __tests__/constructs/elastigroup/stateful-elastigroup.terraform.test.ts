import { SpotinstProvider } from "@cdktf/provider-spotinst/lib/provider";
import { type App, TerraformStack, TerraformVariable } from "cdktf";
import { randomBytes } from "node:crypto";
import {
  BootScript,
  DataVolumeMode,
  type RedisReplicasProps,
  RedisReplicasStack,
  StatefulElastigroup,
} from "../../../constructs";
import { filled, off } from "../../../rehearsal/spot-api/defaults";
import { describeWith } from "../../support/needs";
import { Workbench } from "../provider";
import { minimal } from "../support";

jest.setTimeout(120_000);

const replicas = (app: App): TerraformStack => new RedisReplicasStack(app, "redis", { replicas: minimal });

/** A group with this text as user data. If it is a function, it gets the variable `value`. */
function withUserData(text: string | ((value: string) => string)) {
  return (app: App): TerraformStack => {
    const stack = new TerraformStack(app, "redis");
    stack.addOverride("terraform.backend.local.path", "terraform.tfstate");
    new SpotinstProvider(stack, "spotinst");
    const value = new TerraformVariable(stack, "value", { type: "string", default: "" }).stringValue;
    const { masters, replicas: capacity = 3, ...group } = minimal;
    expect(masters).toHaveLength(1);
    new StatefulElastigroup(stack, "group", {
      ...group,
      capacity,
      userData: typeof text === "string" ? text : text(value),
    });
    return stack;
  };
}

describeWith(["terraform", "spotinst provider"], "a group with the real provider", () => {
  let bench: Workbench;

  afterEach(() => bench.close());

  test.each([
    ["that adds nothing", off],
    ["that adds its defaults after every request", filled],
  ])("has an empty second plan with an API %s", async (_name, defaults) => {
    bench = await Workbench.open(defaults);
    const requests = await bench.apply(replicas);
    expect(requests.map(({ method }) => method)).toEqual(["POST"]);
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
  });

  const withVolume = (changed: Partial<RedisReplicasProps> = {}) => {
    const props = { ...minimal, dataVolume: { size: 50, mode: DataVolumeMode.SNAPSHOT }, ...changed };
    return (app: App): TerraformStack => new RedisReplicasStack(app, "redis", { replicas: props });
  };

  test.each([
    ["that adds nothing", off],
    ["that adds its defaults after every request", filled],
  ])("has a data volume for Redis, and an empty second plan, with an API %s", async (_name, defaults) => {
    bench = await Workbench.open(defaults);
    const [post, ...more] = await bench.apply(withVolume());
    expect(more).toEqual([]);
    expect(post?.body).toMatchObject({
      group: {
        compute: {
          launchSpecification: {
            blockDeviceMappings: [
              {
                deviceName: "/dev/xvdf",
                ebs: { deleteOnTermination: false, encrypted: true, volumeSize: 50, volumeType: "gp3" },
              },
            ],
          },
        },
        strategy: { persistence: { blockDevicesMode: "onLaunch", shouldPersistBlockDevices: true } },
      },
    });
    expect(bench.userData).toContain("\nDATA_VOLUME='kept'\n");
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
  });

  test("gets a data volume, another mode and a larger size in place, and then has an empty plan", async () => {
    bench = await Workbench.open(filled);
    await bench.apply(replicas);
    for (const dataVolume of [
      { size: 50, mode: DataVolumeMode.SNAPSHOT },
      { size: 50 },
      { size: 80, throughput: 250 },
    ]) {
      const requests = await bench.apply(withVolume({ dataVolume }));
      expect(requests.map(({ method }) => method)).toEqual(["PUT"]);
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
    }
  });

  test("can be renamed in place, by a request with no other attributes, and then has an empty plan", async () => {
    bench = await Workbench.open(filled);
    await bench.apply(replicas);
    const [put, ...more] = await bench.apply(
      (app) => new RedisReplicasStack(app, "redis", { replicas: { ...minimal, name: "renamed" } }),
    );
    expect(more).toEqual([]);
    expect(put).toMatchObject({ method: "PUT", body: { group: { name: "renamed" } } });
    expect(JSON.stringify(put?.body)).not.toContain("us-west-2a");
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
  });

  test("gets a script with all special characters of shell and Terraform unchanged", async () => {
    const script = [
      "#!/bin/bash",
      "x=${x:-y} %{http_code} $${z} \"quoted\" 'quoted' back\\slash \\n `id` $(id) #${#a[@]}",
      "a line that ends in CR LF\r",
      "\ttab, \u2028 and é",
      "last line without an end",
    ].join("\n");
    bench = await Workbench.open();
    await bench.apply(withUserData(script));
    expect(bench.userData).toBe(script);
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
  });

  test("gets a script that is known only to Terraform, and refuses a text that is not a script", async () => {
    const script = "#!/bin/sh\necho ${x} %{y} 'z'\n";
    bench = await Workbench.open();
    bench.write(withUserData((value) => value));
    await bench.terraform.init();
    await expect(bench.terraform.apply({ value: "YWJjZA==" })).rejects.toThrow(
      '`userData` must start with #!, got: "YWJjZA=="',
    );
    expect(bench.api.groups.list()).toEqual([]);
    await bench.terraform.apply({ value: script });
    expect(bench.userData).toBe(script);
    await expect(bench.terraform.plan({ value: script })).resolves.toMatchObject({ exitCode: 0 });
  });

  test("gets the value of a variable as master", async () => {
    bench = await Workbench.open();
    await bench.apply(
      (app) => {
        const stack = new RedisReplicasStack(app, "redis");
        const master = new TerraformVariable(stack, "master_ip", { type: "string" }).stringValue;
        stack.addReplicas({ ...minimal, masters: [master] });
        return stack;
      },
      { master_ip: "10.0.1.77" },
    );
    expect(bench.userData).toBe(new BootScript({ masters: ["10.0.1.77"] }).text);
    const outputs = await bench.terraform.output();
    expect(outputs.settings).toMatchObject({ MASTERS: "10.0.1.77" });
  });

  test("is refused at plan time if its user data is too large and can only be measured by Terraform", async () => {
    bench = await Workbench.open();
    bench.write(withUserData((value) => `#!/bin/sh\n# ${value}\n`));
    await bench.terraform.init();
    const large = randomBytes(17_000).toString("base64");
    await expect(bench.terraform.apply({ value: large })).rejects.toThrow(
      "User data must be at most 16384 bytes after gzip",
    );
    expect(bench.api.groups.list()).toEqual([]);
    await bench.terraform.apply({ value: "small" });
    expect(bench.userData).toBe("#!/bin/sh\n# small\n");
  });

  test("is imported into an empty state by `terraform import`: one update in place, then an empty plan", async () => {
    const backend = { local: { path: "terraform.tfstate" } };
    const build = (app: App): TerraformStack =>
      new RedisReplicasStack(app, "redis", { replicas: minimal, backend });
    bench = await Workbench.open(filled);
    await bench.apply(build);
    const { id } = bench.group;
    bench.forget();
    await bench.terraform.import("spotinst_elastigroup_aws.replicas_group_04D7EBCA", id);
    const requests = await bench.apply(build);
    expect(requests.map(({ method, status }) => [method, status])).toEqual([["PUT", 200]]);
    expect(bench.group.id).toBe(id);
    await expect(bench.terraform.output()).resolves.toMatchObject({ group_id: id });
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
  });

  test("is destroyed with the volumes of its instances", async () => {
    bench = await Workbench.open();
    await bench.apply(replicas);
    await bench.terraform.destroy();
    const request = bench.api.requests.find(({ method }) => method === "DELETE");
    expect(request?.body).toEqual({
      statefulDeallocation: {
        shouldDeleteImages: true,
        shouldDeleteNetworkInterfaces: true,
        shouldDeleteSnapshots: true,
        shouldDeleteVolumes: true,
      },
    });
    expect(bench.api.orphaned).toEqual([]);
  });

  test("cannot be destroyed if it is protected", async () => {
    bench = await Workbench.open();
    await bench.apply(
      (app) => new RedisReplicasStack(app, "redis", { replicas: { ...minimal, protect: true } }),
    );
    await expect(bench.terraform.destroy()).rejects.toThrow("prevent_destroy");
    expect(bench.api.groups.list()).toHaveLength(1);
  });
});
