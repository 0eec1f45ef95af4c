import { App, Testing } from "cdktf";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { addStack } from "../../config/stack";
import { exampleConfig } from "./example";
import { messages } from "./messages";
import { temporaryFolder } from "../support/folder";

const folder = temporaryFolder();
const secret = "arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-a1B2c3";
const parameter = "arn:aws:ssm:us-west-2:123456789012:parameter/redis/password";
const key = "arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";

function synth(changes: Record<string, unknown>): any {
  const app = new App({ outdir: mkdtempSync(join(folder, "out-")) });
  return JSON.parse(Testing.synth(addStack(app, exampleConfig(changes))));
}

test("secrets create a role with the name of the group, and an instance profile for the group", () => {
  const { resource, provider } = synth({
    secrets: { secretArns: [secret], parameterArns: [parameter], kmsKeyArns: [key] },
  });
  const [role] = Object.values<any>(resource.aws_iam_role);
  const [policy] = Object.values<any>(resource.aws_iam_role_policy);
  const [group] = Object.values<any>(resource.spotinst_elastigroup_aws);
  expect(role.name).toBe("redis-replicas-us-west-2");
  for (const arn of [secret, parameter, key]) expect(policy.policy).toContain(`["${arn}"]`);
  expect(group.iam_instance_profile).toMatch(/^\$\{aws_iam_instance_profile\..*\.name\}$/);
  expect(provider.aws).toEqual([{ region: "us-west-2" }]);
});

test("variables are allowed for lists or items, and are validated with the region", () => {
  const { variable, resource } = synth({
    secrets: { secretArns: { variable: "secrets" }, parameterArns: [{ variable: "named" }] },
  });
  const [policy] = Object.values<any>(resource.aws_iam_role_policy);
  expect(policy.policy).toContain('"Resource" = var.secrets');
  expect(policy.policy).toContain('"Resource" = [var.named]');
  expect([variable.secrets.type, variable.named.type]).toEqual(["list(string)", "string"]);
  for (const name of ["secrets", "named"]) {
    const said = variable[name].validation.map((each: any) => each.error_message as string).join("\n");
    expect(said).toContain("must be in `region` (us-west-2)");
  }
});

test.each<[mistake: string, changes: Record<string, unknown>, message: string]>([
  ["no secret", { secrets: {} }, "`secrets` must name at least one secret or parameter, got: {}"],
  [
    "a key alone",
    { secrets: { kmsKeyArns: [key] } },
    "`secrets` must name at least one secret or parameter, got:",
  ],
  ["secrets of another type", { secrets: secret }, "`secrets` must be a map with lists of ARNs, got:"],
  ["an empty list", { secrets: { secretArns: [] } }, "`secrets.secretArns` must name at least one secret"],
  ["a secret that is not a list", { secrets: { secretArns: secret } }, `Write it as a list: [${secret}].`],
  [
    "a secret's name",
    { secrets: { secretArns: ["redis"] } },
    "`secrets.secretArns[0]` must be a secret's whole ARN with its last six characters, such as arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-a1B2c3",
  ],
  [
    "a secret's ARN with a wildcard",
    { secrets: { secretArns: [secret.replace("a1B2c3", "??????")] } },
    "`secrets.secretArns[0]` must be a secret's whole ARN",
  ],
  [
    "a secret in the place of a parameter",
    { secrets: { parameterArns: [secret] } },
    "`secrets.parameterArns[0]` must be a parameter's ARN such as",
  ],
  [
    "an alias of a key",
    { secrets: { secretArns: [secret], kmsKeyArns: [key.replace(/key.*/, "alias/redis")] } },
    "`secrets.kmsKeyArns[0]` must be a key's ARN (of the key, not an alias)",
  ],
  [
    "a secret of another region",
    { secrets: { secretArns: [secret, secret.replace("us-west-2", "eu-west-1")] } },
    "`secrets.secretArns[1]` must be in `region` (us-west-2), got:",
  ],
  [
    "a profile beside them",
    { secrets: { secretArns: [secret] }, iamInstanceProfile: "mine" },
    '`iamInstanceProfile` must be left out where `secrets` is given, for that makes a profile, got: "mine"',
  ],
  [
    "a misspelt key",
    { secrets: { secretArn: [secret] } },
    'must be a known key, got: "secretArn". Did you mean `secretArns`?',
  ],
])("%s is one message", (_, changes, message) => {
  expect(messages(changes)).toEqual([expect.stringContaining(message)]);
});

test("the value of a secret is not a setting", () => {
  expect(messages({ secrets: { secretArns: [secret], password: "x" } })).toHaveLength(1);
});
