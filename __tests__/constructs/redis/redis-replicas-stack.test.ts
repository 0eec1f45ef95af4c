import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import {
  CloudBackend,
  NamedCloudWorkspace,
  S3Backend,
  Testing,
  TerraformOutput,
  TerraformStack,
} from "cdktf";
import { Peer, RedisReplicasStack, type RedisReplicasStackProps } from "../../../constructs";
import { elastigroup, minimal, synthesize, synthesizeAll, synthesizeReplicas, type Json } from "../support";
import { describeWith } from "../../support/needs";

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

describe("a backend of cdktf that is added to the stack", () => {
  const settings = { bucket: "states", key: "redis", region: "us-west-2" };

  function stackWithBackend(props: RedisReplicasStackProps): Json {
    return synthesize((app) => {
      const own = new RedisReplicasStack(app, "redis", { replicas: minimal, ...props });
      new S3Backend(own, settings);
      return own;
    });
  }

  test("is the only one", () => {
    const json = stackWithBackend({});
    expect(json.terraform.backend).toEqual({ s3: settings });
  });

  test("is refused beside `backend`", () => {
    const build = () => stackWithBackend({ backend: { s3: {} } });
    expect(build).toThrow(
      "the stack has two backends: leave out `backend`, or the one that was added to the stack",
    );
  });
});

// cdktf asks Terraform for its version.
describeWith(["terraform"], "a backend of cdktf that is added to the stack and is HCP Terraform", () => {
  test("is the `cloud` block", () => {
    const json = synthesize((app) => {
      const own = new RedisReplicasStack(app, "redis", { replicas: minimal });
      new CloudBackend(own, { organization: "orders", workspaces: new NamedCloudWorkspace("redis") });
      return own;
    });
    expect(json.terraform.cloud).toEqual({ organization: "orders", workspaces: { name: "redis" } });
    expect(json.terraform.backend).toBeUndefined();
  });
});

describe("a reference from another stack", () => {
  /** The data source of the other stack, which reads the state of the replicas. */
  function remoteState(props: RedisReplicasStackProps, more?: (stack: RedisReplicasStack) => void): Json {
    const { other } = synthesizeAll((app) => {
      const own = new RedisReplicasStack(app, "redis", props);
      more?.(own);
      const [replicas] = own.addReplicas(minimal).groups;
      const other = new TerraformStack(app, "other");
      new TerraformOutput(other, "id", { value: replicas!.group.groupId });
    });
    expect(other.output.id.value).toMatch(/^\$\{data\.terraform_remote_state\..*\.outputs\..*group.*id\}$/);
    return Object.values<Json>(other.data.terraform_remote_state)[0];
  }

  const workspace = "${terraform.workspace}";
  const cloud = { organization: "orders", workspaces: { name: "redis" } };

  test.each<[backend: string, props: RedisReplicasStackProps, state: object]>([
    [
      "the default",
      {},
      { backend: "local", config: { path: "../../../terraform.redis.tfstate" }, workspace },
    ],
    [
      "s3",
      { backend: { s3: { bucket: "b", use_lockfile: true } } },
      { backend: "s3", config: { bucket: "b", use_lockfile: true }, workspace },
    ],
    ["cloud", { backend: { cloud } }, { backend: "remote", config: cloud }],
    [
      "http",
      { backend: { http: { address: "https://a" } } },
      { backend: "http", config: { address: "https://a" } },
    ],
  ])("reads the state of %s", (_, props, state) => {
    expect(remoteState(props)).toEqual(state);
  });

  test("reads the state of a backend of cdktf", () => {
    const settings = { bucket: "states", key: "redis" };
    expect(remoteState({}, (own) => new S3Backend(own, settings))).toEqual({
      backend: "s3",
      config: settings,
      workspace,
    });
  });

  test("needs a backend", () => {
    expect(() => remoteState({ backend: {} })).toThrow(
      "another stack refers to a value of this one, whose state it cannot read: it has no backend",
    );
  });
});

describe("the AWS provider", () => {
  const network = { vpcId: "vpc-0a1b", masters: Peer.cidr("10.0.1.0/24") };
  const withNetwork = { ...minimal, network };

  test("is added for the replicas' region, with a range of versions", () => {
    const { provider, terraform } = stack({ replicas: withNetwork });
    expect(provider.aws).toEqual([{ region: "us-west-2" }]);
    expect(terraform.required_providers.aws.version).toBe(">= 6.0, < 7.0");
  });

  test.each(["before", "after"])("is the one of the stack, also if it is added %s the replicas", (when) => {
    const json = synthesize((app) => {
      const own = new RedisReplicasStack(app, "redis");
      if (when === "after") own.addReplicas(withNetwork);
      new AwsProvider(own, "aws", { region: "us-west-2", profile: "orders" });
      if (when === "before") own.addReplicas(withNetwork);
      return own;
    });
    expect(json.provider.aws).toEqual([{ region: "us-west-2", profile: "orders" }]);
  });

  test("is there for the validations of a test, which run before the synthesis", () => {
    const own = new RedisReplicasStack(Testing.app(), "redis", { replicas: withNetwork });
    const { provider } = JSON.parse(Testing.synth(own, true));
    expect(provider.aws).toEqual([{ region: "us-west-2" }]);
  });

  test("is added beside one with an alias, which resources do not use by themselves", () => {
    const json = synthesize((app) => {
      const own = new RedisReplicasStack(app, "redis", { replicas: withNetwork });
      new AwsProvider(own, "aws", { region: "eu-west-1", alias: "eu" });
      return own;
    });
    expect(json.provider.aws).toEqual([{ region: "eu-west-1", alias: "eu" }, { region: "us-west-2" }]);
  });

  test("is not added where the replicas have one", () => {
    const json = synthesize((app) => {
      const own = new RedisReplicasStack(app, "redis");
      const awsProvider = new AwsProvider(own, "aws", { region: "us-west-2", alias: "us" });
      own.addReplicas({ ...withNetwork, awsProvider });
      return own;
    });
    expect(json.provider.aws).toEqual([{ region: "us-west-2", alias: "us" }]);
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
