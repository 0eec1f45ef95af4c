import { RedisReplicasStack, type RedisReplicasStackProps } from "../../../constructs";
import { elastigroup, minimal, synthesize, synthesizeReplicas, type Json } from "../support";

function stack(props: RedisReplicasStackProps = {}, id = "redis"): Json {
  return synthesize((app) => new RedisReplicasStack(app, id, { replicas: minimal, ...props }));
}

/** All addresses in the states of users. A change needs a `moved` block and an entry in the changelog. */
const ADDRESS = "replicas_group_04D7EBCA";

describe("the address of the group", () => {
  const address = (json: Json): string[] => Object.keys(json.resource.spotinst_elastigroup_aws);

  test("is pinned", () => {
    expect(address(stack())).toEqual([ADDRESS]);
  });

  test("depends neither on the stack's name nor on the group's", () => {
    expect(address(stack({}, "other"))).toEqual([ADDRESS]);
    expect(address(synthesizeReplicas({ name: "other" }))).toEqual([ADDRESS]);
  });
});

describe("providers", () => {
  test("have version ranges, and Terraform is new enough for terraform_data", () => {
    const { required_version, required_providers } = stack().terraform!;
    expect(required_version).toBe(">= 1.4");
    expect(required_providers).toEqual({ spotinst: { source: "spotinst/spotinst", version: "~> 1.231" } });
  });

  test("an account is combined with the token of the environment, which is never part of the JSON", () => {
    expect(stack().provider.spotinst).toEqual([{}]);
    expect(stack({ account: "act-1a2b3c4d" }).provider.spotinst).toEqual([
      { account: "act-1a2b3c4d", feature_flags: "MergeCredentialsChain=true" },
    ]);
    expect(() => stack({ account: "1234" })).toThrow(
      '`account` must be a Spot account such as act-1a2b3c4d, got: "1234"',
    );
  });
});

describe("a module", () => {
  const module = (props: RedisReplicasStackProps = {}): Json => stack({ module: true, ...props });

  test("has neither provider nor backend, but version ranges and outputs", () => {
    const json = module();
    expect(json).not.toHaveProperty("provider");
    expect(json.terraform).toEqual({
      required_version: stack().terraform.required_version,
      required_providers: stack().terraform.required_providers,
    });
    expect(json.output).toEqual(stack().output);
    expect(json.resource).toEqual(stack().resource);
  });

  test.each<[RedisReplicasStackProps, string]>([
    [{ account: "act-1a2b3c4d" }, "`account` must be left out of a module"],
    [{ backend: { s3: {} } }, "`backend` must be left out of a module"],
    [{ replicas: { ...minimal, adopt: "sig-1a2b3c4d" } }, "`adopt` must be left out of a module"],
  ])("with %j is refused, since the property belongs into the root module", (props, message) => {
    expect(() => module(props)).toThrow(message);
  });
});

describe("the backend", () => {
  test("is a local file next to the output folder, without an absolute path", () => {
    expect(stack().terraform.backend).toEqual({ local: { path: "../../../terraform.redis.tfstate" } });
  });

  test("is passed on unchanged, also if it is partial", () => {
    expect(stack({ backend: { s3: { bucket: "b", use_lockfile: true } } }).terraform.backend).toEqual({
      s3: { bucket: "b", use_lockfile: true },
    });
    expect(stack({ backend: { s3: {} } }).terraform.backend).toEqual({ s3: {} });
  });

  test("is HCP Terraform for `cloud`, which is a separate block", () => {
    const cloud = { organization: "orders", workspaces: { name: "redis" } };
    const { terraform } = stack({ backend: { cloud } });
    expect(terraform.cloud).toEqual(cloud);
    expect(terraform.backend).toBeUndefined();
  });

  test("is omitted with `{}`, for pipelines that add a backend", () => {
    expect(stack({ backend: {} }).terraform.backend).toBeUndefined();
  });

  test("is a single one", () => {
    expect(() => stack({ backend: { s3: {}, local: {} } })).toThrow(
      "`backend` must name one backend, got: a map with s3, local",
    );
  });
});

describe("outputs", () => {
  test("have the group and its boot script", () => {
    const { output } = stack();
    expect(Object.keys(output).sort()).toEqual(["group_id", "name", "settings", "user_data_sha256"]);
    expect(output.group_id.value).toBe(`\${spotinst_elastigroup_aws.${ADDRESS}.id}`);
    expect(output.settings.value).toMatchObject({ MASTERS: "10.0.1.10" });
  });

  test("have the given private IPs", () => {
    const { output } = synthesizeReplicas({ privateIps: ["10.0.1.21"] });
    expect(output.private_ips.value).toEqual(["10.0.1.21"]);
  });

  test("escape template sequences in a setting", () => {
    const { output } = synthesizeReplicas({ redis: { directives: { "proc-title-template": "${x}" } } });
    expect(output.settings.value.DIRECTIVES).toBe("proc-title-template $${x}");
  });
});

test("replicas can be added after the variables of the stack", () => {
  const json = synthesize((app) => {
    const later = new RedisReplicasStack(app, "redis");
    later.addReplicas({ ...minimal, name: "later" });
    return later;
  });
  expect(elastigroup(json).name).toBe("later");
});

test("only deep imports of providers are loaded", () => {
  const loaded = Object.keys(require.cache).filter((path) => path.includes("@cdktf/provider-"));
  expect(loaded.filter((path) => path.endsWith("/lib/elastigroup-aws/index.js"))).toHaveLength(1);
  expect(loaded.filter((path) => /provider-\w+\/lib\/index\.js$/.test(path))).toEqual([]);
});
