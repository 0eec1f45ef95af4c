import { type IamInstanceProfileConfig } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { type IamRoleConfig } from "@cdktf/provider-aws/lib/iam-role";
import { type IamRolePolicyConfig } from "@cdktf/provider-aws/lib/iam-role-policy";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformOutput, TerraformStack, TerraformVariable, Token } from "cdktf";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  InstanceRole,
  type InstanceRoleProps,
  RedisReplicasStack,
  type Secrets,
  SecretSource,
} from "../../../constructs";
import {
  instanceRoleName,
  type PolicyDocument,
  secretsPolicy,
  trustPolicy,
} from "../../../constructs/access/policy-document";
import { Terraform } from "../../../rehearsal/terraform";
import { temporaryFolder } from "../../support/folder";
import { describeWith } from "../../support/needs";
import {
  elastigroup,
  type Json,
  minimal,
  plain,
  snakeCase,
  synthesize,
  synthesizeReplicas,
} from "../support";

const secret = "arn:aws:secretsmanager:us-west-2:123456789012:secret:redis/auth-a1B2c3";
const parameter = "arn:aws:ssm:us-west-2:123456789012:parameter/redis/password";
const key = "arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";
const all: Secrets = { secretArns: [secret], parameterArns: [parameter], kmsKeyArns: [key] };

function withSecrets(secrets: Secrets = all, changed: object = {}): Json {
  return synthesizeReplicas({ secrets, ...changed });
}

function only(json: Json, type: string): Json {
  const [attributes, ...others] = Object.values<Json>(json.resource[type]);
  expect(others).toEqual([]);
  return plain(attributes);
}

/** Every action of a policy with its resources. */
function permissions({ Statement }: PolicyDocument): string[] {
  return Statement.flatMap(({ Action, Resource = [] }) =>
    Action.flatMap((action) => Resource.map((resource) => `${action} ${resource}`)),
  );
}

describe("the policy", () => {
  test("allows to read exactly these secrets with exactly these keys", () => {
    expect(permissions(secretsPolicy(all, "us-west-2"))).toEqual([
      `secretsmanager:GetSecretValue ${secret}`,
      `ssm:GetParameter ${parameter}`,
      `kms:Decrypt ${key}`,
    ]);
  });

  test("has no statements for missing kinds of secrets", () => {
    expect(permissions(secretsPolicy({ parameterArns: [parameter] }, "us-west-2"))).toEqual([
      `ssm:GetParameter ${parameter}`,
    ]);
  });

  test.each<[Secrets, string, string[]]>([
    [{ ...all, parameterArns: undefined }, "us-west-2", ["secretsmanager.us-west-2.amazonaws.com"]],
    [{ ...all, secretArns: undefined }, "us-west-2", ["ssm.us-west-2.amazonaws.com"]],
    [all, "us-west-2", ["secretsmanager.us-west-2.amazonaws.com", "ssm.us-west-2.amazonaws.com"]],
    [
      { ...all, secretArns: undefined },
      "cn-north-1",
      ["ssm.cn-north-1.amazonaws.com", "ssm.cn-north-1.amazonaws.com.cn"],
    ],
  ])(
    "lets keys be used through the services that hold the secrets only (%#)",
    (secrets, region, services) => {
      const { Statement } = secretsPolicy(secrets, region);
      expect(Statement.find(({ Sid }) => Sid === "Keys")?.Condition).toEqual({
        StringEquals: { "kms:ViaService": services },
      });
    },
  );

  test("has no wildcards", () => {
    expect(JSON.stringify([secretsPolicy(all, "us-west-2"), trustPolicy("us-west-2")])).not.toMatch(/[*?]/);
  });

  test.each([
    ["us-west-2", "ec2.amazonaws.com"],
    ["us-gov-west-1", "ec2.amazonaws.com"],
    ["cn-north-1", "ec2.amazonaws.com.cn"],
  ])("is for EC2's instances, in %s by the name %s", (region, service) => {
    expect(trustPolicy(region).Statement).toEqual([
      { Sid: "Instances", Effect: "Allow", Principal: { Service: [service] }, Action: ["sts:AssumeRole"] },
    ]);
  });
});

describe("the name", () => {
  test.each([
    ["redis-replicas", "us-west-2", "redis-replicas-us-west-2"],
    ["r".repeat(54), "us-west-2", `${"r".repeat(54)}-us-west-2`],
  ])("of %s in %s is both", (group, region, name) => expect(instanceRoleName(group, region)).toBe(name));

  test.each(["r".repeat(55), "r".repeat(255), "für Berichte", "${x}"])(
    "of %s is valid in IAM and unique",
    (group) => {
      const names = [instanceRoleName(group, "us-west-2"), instanceRoleName(`${group}!`, "us-west-2")];
      for (const name of names) expect(name).toMatch(/^[A-Za-z0-9+=,.@_-]{1,64}$/);
      expect(new Set(names).size).toBe(2);
    },
  );

  describeWith(["terraform"], "that is known only to Terraform", () => {
    const folder = temporaryFolder();

    test("is the same as for the same name in a file", async () => {
      const directory = mkdtempSync(join(folder, "role-"));
      const app = new App({ outdir: directory });
      const stack = new TerraformStack(app, "role");
      const groups = ["redis", "r".repeat(54), "r".repeat(55), "r".repeat(255), "für Berichte", "a b"];
      groups.forEach((group, index) => {
        const variable = new TerraformVariable(stack, `group${index}`, { type: "string", default: group });
        const value = instanceRoleName(variable.stringValue, "us-west-2");
        new TerraformOutput(stack, `role${index}`, { value });
      });
      app.synth();
      const terraform = new Terraform(join(directory, "stacks/role"));
      await terraform.init();
      await terraform.apply();
      const expected = groups.map((group, index) => [`role${index}`, instanceRoleName(group, "us-west-2")]);
      await expect(terraform.output()).resolves.toEqual(Object.fromEntries(expected));
    }, 60_000);
  });

  test("is the same in every run", () => {
    expect(instanceRoleName("r".repeat(60), "us-west-2")).toBe(`${"r".repeat(55)}-cc539208`);
  });
});

describe("in a stack", () => {
  const json = withSecrets(all, { tags: { team: "data" } });
  const role = "${aws_iam_role.replicas_instance-role_B6764B66.name}";

  test("the addresses are fixed, and do not depend on names", () => {
    const addresses = (from: Json): string[] =>
      ["aws_iam_role", "aws_iam_role_policy", "aws_iam_instance_profile"].flatMap((type) =>
        Object.keys(from.resource[type]),
      );
    expect(addresses(json)).toEqual([
      "replicas_instance-role_B6764B66",
      "replicas_instance-role_policy_441F98C8",
      "replicas_instance-role_profile_C34D0D10",
    ]);
    expect(addresses(withSecrets(all, { name: "other" }))).toEqual(addresses(json));
  });

  test("the group refers to the profile by name, which works in every partition, and depends on the policy", () => {
    expect(elastigroup(json)).toMatchObject({
      iam_instance_profile: "${aws_iam_instance_profile.replicas_instance-role_profile_C34D0D10.name}",
      depends_on: ["aws_iam_role_policy.replicas_instance-role_policy_441F98C8"],
    });
  });

  test("the JSON matches the types of the bindings", () => {
    const common = { name: "redis-replicas-us-west-2", tags: { team: "data" } };
    const { lifecycle: ofRole, assume_role_policy: trust, ...foundRole } = only(json, "aws_iam_role");
    const wanted: Omit<IamRoleConfig, "assumeRolePolicy"> = {
      ...common,
      description: "Replicas of a Redis Cluster",
    };
    expect(foundRole).toEqual(snakeCase(wanted));
    expect(trust).toMatch(/^\$\{jsonencode\(/);
    const { policy, ...foundPolicy } = only(json, "aws_iam_role_policy");
    const inline: Omit<IamRolePolicyConfig, "policy"> = { name: "read-secrets", role };
    expect(foundPolicy).toEqual(snakeCase(inline));
    expect(policy).toMatch(/^\$\{jsonencode\(/);
    const { lifecycle: ofProfile, ...foundProfile } = only(json, "aws_iam_instance_profile");
    const profile: IamInstanceProfileConfig = { ...common, role };
    expect(foundProfile).toEqual(snakeCase(profile));
    // With another name, both would be replaced while instances run.
    expect([ofRole, ofProfile]).toEqual([{ ignore_changes: ["name"] }, { ignore_changes: ["name"] }]);
  });

  test("secrets are not part of user data or outputs", () => {
    expect(JSON.stringify([json.locals, json.output, elastigroup(json)])).not.toMatch(
      /secretsmanager|parameter\/redis|arn:aws/,
    );
  });
});

describe("misuse", () => {
  const make = (props: Partial<InstanceRoleProps>) => () =>
    synthesize((app) => {
      const stack = new TerraformStack(app, "s");
      new AwsProvider(stack, "aws", {});
      new InstanceRole(stack, "role", { name: "n", region: "us-west-2", ...props });
      return stack;
    });

  test.each<[Partial<InstanceRoleProps>, string]>([
    [{}, "`secrets` must name at least one secret or parameter, got: {}"],
    [{ kmsKeyArns: [key] }, "`secrets` must name at least one secret or parameter, got:"],
    [{ secretArns: [] }, "`secretArns` must name at least one secret, got: []"],
    [{ secretArns: [secret, secret] }, "`secretArns` must name each secret once, got:"],
    [
      { secretArns: ["redis/auth"] },
      "`secretArns` must be a secret's whole ARN with its last six characters",
    ],
    [{ secretArns: [`${secret.slice(0, -6)}*`] }, "`secretArns` must be a secret's whole ARN"],
    [{ secretArns: [secret.slice(0, -7)] }, "`secretArns` must be a secret's whole ARN"],
    [{ parameterArns: [`${parameter}/*`] }, "`parameterArns` must be a parameter's ARN such as"],
    [{ secretArns: [secret], kmsKeyArns: ["alias/redis"] }, "`kmsKeyArns` must be a key's ARN"],
    [
      { secretArns: [secret.replace("us-west-2", "eu-west-1")] },
      "`secretArns` must be in `region` (us-west-2), got:",
    ],
    [
      { name: "a b", secretArns: [secret] },
      "`name` must be 1 to 64 letters, digits or characters of +=,.@_-",
    ],
    [
      { secretSources: [SecretSource.file("/etc/redis/password")] },
      "`secrets` must name at least one secret or parameter, got: {}",
    ],
    [
      { secretSources: [SecretSource.secretsManager(secret.replace("us-west-2", "eu-west-1"))] },
      "`secretSources[0]` must be in `region` (us-west-2), got: a text",
    ],
    [{ region: "mars", secretArns: [secret] }, "`region` must be an AWS region such as us-west-2"],
  ])("%j is refused", (props, message) => {
    expect(make(props)).toThrow(message);
  });

  test.each(["arn:aws-cn:", "arn:aws-us-gov:"])("ARNs of the partition %s are valid", (partition) => {
    const region = partition.includes("cn") ? "cn-north-1" : "us-gov-west-1";
    const arn = secret.replace("arn:aws:", partition).replace("us-west-2", region);
    expect(make({ region, secretArns: [arn] })).not.toThrow();
  });

  test.each<[Record<string, string>, string]>([
    [{ "team;x": "a" }, "`tags` must contain only letters, digits, spaces and _.:/=+-@"],
    [{ team: "a,b" }, "`tags.team` must contain only letters, digits, spaces and _.:/=+-@"],
    [{ Team: "a", team: "b" }, "`tags` must differ by more than their case"],
  ])("the tags %j are refused, which an instance could have", (tags, message) => {
    expect(() => withSecrets(all, { tags })).toThrow(message);
    expect(() => synthesizeReplicas({ tags })).not.toThrow();
  });

  test("tags that are known only to Terraform are checked against IAM's rules by the plan", () => {
    const role = only(withSecrets(all, { tags: Token.asStringMap("${var.tags}") }), "aws_iam_role");
    expect(role.tags).toBe("${var.tags}");
    const messages = role.lifecycle.precondition.map(({ error_message }: Json) => error_message);
    expect(messages).toEqual([
      expect.stringContaining("`tags` must contain only letters") as string,
      expect.stringContaining("`tags` must differ by more than their case") as string,
    ]);
  });

  test("an additional profile is refused, also as a token", () => {
    const token = Token.asString({ resolve: () => "x" });
    for (const iamInstanceProfile of ["mine", token]) {
      expect(() => withSecrets(all, { iamInstanceProfile })).toThrow(
        "`iamInstanceProfile` must be left out where `secrets` is given, for that makes a profile, got:",
      );
    }
  });

  test("without secrets the profile is the given one", () => {
    expect(elastigroup(synthesizeReplicas({ iamInstanceProfile: "mine" })).iam_instance_profile).toBe("mine");
  });
});

describeWith(["terraform"], "Terraform evaluates", () => {
  const folder = temporaryFolder();

  /** The two documents of a stack as evaluated by Terraform. */
  function evaluate(json: Json, variables: Record<string, unknown> = {}): PolicyDocument[] {
    const directory = mkdtempSync(join(folder, "tf-"));
    const value = [only(json, "aws_iam_role").assume_role_policy, only(json, "aws_iam_role_policy").policy];
    const module = { variable: json.variable, output: { documents: { value } } };
    // There is no role here; AWS makes its ARN.
    const text = JSON.stringify(module).replace(
      /aws_iam_role\.[\w-]+\.arn/g,
      JSON.stringify('"arn:aws:iam::210987654321:role/redis"').slice(1, -1),
    );
    writeFileSync(join(directory, "main.tf.json"), text);
    writeFileSync(join(directory, "terraform.tfvars.json"), JSON.stringify(variables));
    const terraform = (...argv: string[]): string => {
      const ended = spawnSync("terraform", argv, { cwd: directory, encoding: "utf8" });
      expect([ended.status, ended.status === 0 ? "" : ended.stderr]).toEqual([0, ""]);
      return ended.stdout;
    };
    terraform("init", "-no-color");
    terraform("apply", "-auto-approve", "-no-color");
    const { documents } = JSON.parse(terraform("output", "-json")) as { documents: { value: string[] } };
    return documents.value.map((text) => JSON.parse(text) as PolicyDocument);
  }

  test("the documents to the same JSON", () => {
    expect(evaluate(withSecrets())).toEqual([trustPolicy("us-west-2"), secretsPolicy(all, "us-west-2")]);
  });

  test("the names of sources beside listed ARNs, each once, parameters in the account of the role", () => {
    const secretOf = (key: string): SecretSource => SecretSource.secretsManager(secret, { key });
    const json = withSecrets(all, {
      auth: { password: SecretSource.parameter("/redis/other"), aclFile: SecretSource.parameter("users") },
      tls: { ca: SecretSource.file("/etc/ca"), certificate: secretOf("certificate"), key: secretOf("key") },
    });
    expect(permissions(evaluate(json)[1]!)).toEqual([
      `secretsmanager:GetSecretValue ${secret}`,
      `ssm:GetParameter ${parameter}`,
      "ssm:GetParameter arn:aws:ssm:us-west-2:210987654321:parameter/redis/other",
      "ssm:GetParameter arn:aws:ssm:us-west-2:210987654321:parameter/users",
      `kms:Decrypt ${key}`,
    ]);
  });

  test.each([
    ["/redis/other", "arn:aws:ssm:us-west-2:210987654321:parameter/redis/other"],
    ["users", "arn:aws:ssm:us-west-2:210987654321:parameter/users"],
    [parameter, parameter],
  ])("the ARN of a parameter that a variable names as %s", (name, arn) => {
    const json = synthesize((app) => {
      const stack = new RedisReplicasStack(app, "redis");
      const secrets = new TerraformVariable(stack, "secrets", { type: "list(string)" });
      const named = new TerraformVariable(stack, "named", { type: "string" });
      const source = SecretSource.parameter(named.stringValue);
      stack.addReplicas({
        ...minimal,
        secrets: { secretArns: secrets.listValue },
        auth: { password: source },
        tls: { ca: source, certificate: SecretSource.secretsManager(secret), key: source },
      });
      return stack;
    });
    expect(permissions(evaluate(json, { secrets: [secret], named: name })[1]!)).toEqual([
      `secretsmanager:GetSecretValue ${secret}`,
      `ssm:GetParameter ${arn}`,
    ]);
  });

  test("ARNs of variables to the same JSON", () => {
    const json = synthesize((app) => {
      const stack = new RedisReplicasStack(app, "redis");
      const secrets = new TerraformVariable(stack, "secrets", { type: "list(string)" });
      const named = new TerraformVariable(stack, "named", { type: "string" });
      stack.addReplicas({
        ...minimal,
        secrets: { secretArns: secrets.listValue, parameterArns: [named.stringValue], kmsKeyArns: [key] },
      });
      return stack;
    });
    expect(evaluate(json, { secrets: [secret], named: parameter })[1]).toEqual(
      secretsPolicy(all, "us-west-2"),
    );
  });
});

describe("a secret that is granted after the construction", () => {
  const source = SecretSource.secretsManager(secret);

  /** The JSON of replicas with some properties, and with a grant. */
  const granting = (granted: SecretSource, changed: object = {}): Json =>
    synthesize((app) => {
      const stack = new RedisReplicasStack(app, "redis");
      stack.addReplicas({ ...minimal, ...changed }).grantReadSecret(granted);
      return stack;
    });

  test("is in the policy, as one of `secrets`", () => {
    const { resource } = granting(source, { secrets: { parameterArns: [parameter] } });
    expect(resource).toEqual(withSecrets({ secretArns: [secret], parameterArns: [parameter] }).resource);
  });

  test("gives instances a role and a profile if they have none yet", () => {
    const json = granting(source);
    expect(json.resource).toEqual(withSecrets({ secretArns: [secret] }).resource);
    expect(json.provider.aws).toEqual([{ region: "us-west-2" }]);
  });

  test("needs no role if it is a file", () => {
    expect(granting(SecretSource.file("/etc/redis/password")).resource).toEqual(
      synthesizeReplicas().resource,
    );
  });

  test("is refused with a profile of the user", () => {
    expect(() => granting(source, { iamInstanceProfile: "redis" })).toThrow(
      '`iamInstanceProfile` must be left out with `grantReadSecret`, which creates a profile, got: "redis"',
    );
  });

  test("is refused in another region", () => {
    const elsewhere = SecretSource.secretsManager(secret.replace("us-west-2", "eu-west-1"));
    expect(() => granting(elsewhere, { secrets: all })).toThrow("must be in `region` (us-west-2)");
    expect(() => granting(elsewhere)).toThrow("must be in `region` (us-west-2)");
  });

  test("that is known only to Terraform is checked by the plan", () => {
    const json = synthesize((app) => {
      const stack = new RedisReplicasStack(app, "redis");
      const { stringValue } = new TerraformVariable(stack, "secret", { type: "string" });
      const replicas = stack.addReplicas({ ...minimal, secrets: all });
      replicas.grantReadSecret(SecretSource.secretsManager(stringValue));
      return stack;
    });
    const [policy] = Object.values<Json>(json.resource.aws_iam_role_policy);
    expect(policy.policy).toContain("var.secret");
    expect(JSON.stringify(policy.lifecycle.precondition)).toContain("var.secret");
  });

  test("is sufficient for a role that is alone", () => {
    const json = synthesize((app) => {
      const stack = new TerraformStack(app, "stack");
      new AwsProvider(stack, "aws");
      new InstanceRole(stack, "role", { name: "role", region: "us-west-2" }).grantReadSecret(source);
      return stack;
    });
    expect(Object.values<Json>(json.resource.aws_iam_role_policy)[0].policy).toContain(secret);
  });
});
