import { App, Testing } from "cdktf";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { keyPolicyStatements, spotRolePolicy } from "../../cli/spot-policy";
import { addStack } from "../../config/stack";
import { type PolicyDocument, type Statement } from "../../constructs/access/policy-document";
import { exampleConfig, exampleText } from "../config/example";
import { file, temporaryFolder } from "../support/folder";
import { type Ended, json, run } from "./run";

const folder = temporaryFolder();

/** The permissions of Spot's role, from the documentation of Spot and not from the sources of this package. */
const recorded = JSON.parse(readFileSync(join(__dirname, "recorded/spot-role-actions.json"), "utf8")) as {
  actions: Record<string, { for: string; when?: string; documented?: string; as?: string }>;
  leftOut: Record<string, Record<string, string>>;
};

/** The actions for every group, and those for its options. */
function needed(...asked: string[]): string[] {
  const entries = Object.entries(recorded.actions);
  return entries
    .filter(([, { when }]) => when === undefined || asked.includes(when))
    .map(([action]) => action)
    .sort();
}

const secret = "arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-a1B2c3";
const key = "arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";
const spotRole = "arn:aws:iam::210987654321:role/spot/spotinst";
const secrets = { secretArns: [secret], kmsKeyArns: [key] };

interface Cluster {
  name: string;
  file: string;
  instance: { role_name: string | null; trust_policy: PolicyDocument | null; policy: PolicyDocument } | null;
  spot: { policy: PolicyDocument };
  key: { statements: Statement[] } | null;
}

let files = 0;

function config(changes: Record<string, unknown> = {}): string {
  return file(folder, `${++files}.yaml`, exampleText(changes));
}

async function policies(changes: Record<string, unknown> = {}, ...argv: string[]): Promise<Cluster> {
  const ended = await run("policy", "--json", "-c", config(changes), ...argv);
  expect(ended.exit).toBe(0);
  return (json(ended)["clusters"] as [Cluster])[0];
}

function statement(document: PolicyDocument, sid: string): Statement {
  return document.Statement.find(({ Sid }) => Sid === sid)!;
}

function actions(document: PolicyDocument): string[] {
  return document.Statement.flatMap(({ Action }) => Action).sort();
}

describe("Spot's role", () => {
  const base = {
    partition: "aws",
    account: "*",
    keys: [],
    monitored: false,
    committed: false,
    balanced: false,
    hostedZones: [],
    service: "ec2.amazonaws.com",
  };

  test.each<[string, object, string[]]>([
    ["a plain group", {}, []],
    ["one with a profile", { instanceRole: "redis" }, ["instanceProfile"]],
    ["one that is monitored", { monitored: true }, ["monitoring"]],
    ["one that uses savings plans", { committed: true }, ["commitments"]],
    ["one behind a load balancer", { balanced: true }, ["targetGroups"]],
    ["one with records", { hostedZones: ["Z0"] }, ["route53"]],
    ["one with keys", { keys: [key] }, ["keys"]],
  ])("with %s has the recorded permissions and no others", (_, duties, asked) => {
    expect(actions(spotRolePolicy({ ...base, ...duties }))).toEqual(needed(...asked));
  });

  test("has only permissions that Spot documents, and none that were left out on purpose", () => {
    const left = new Set(Object.values(recorded.leftOut).flatMap((reasons) => Object.keys(reasons)));
    for (const [action, { for: purpose, documented }] of Object.entries(recorded.actions)) {
      expect([action, purpose, documented]).toEqual([action, expect.stringMatching(/./), expect.any(String)]);
      expect(left).not.toContain(action);
    }
  });

  test.each([
    [{ monitoring: true }, true],
    [{ monitoring: { variable: "monitoring" } }, true],
    [{ monitoring: false }, false],
    [{}, false],
  ])("can turn monitoring on if a config sets it: %j", async (changes, may) => {
    expect(actions((await policies(changes)).spot.policy).includes("ec2:MonitorInstances")).toBe(may);
  });

  test("can read savings plans if a config uses them before spot", async () => {
    const { spot } = await policies({ strategy: { utilizeCommitments: true } });
    expect(actions(spot.policy)).toEqual(needed("commitments"));
  });

  test("can read instance profiles if the instances have one", async () => {
    const { spot } = await policies({ iamInstanceProfile: "redis" }, "--spot-role", spotRole);
    expect(statement(spot.policy, "ReadInstanceProfile")).toEqual({
      Sid: "ReadInstanceProfile",
      Effect: "Allow",
      Action: ["iam:GetInstanceProfile"],
      Resource: ["arn:aws:iam::210987654321:instance-profile/*"],
    });
  });

  test("can pass one role, and only to EC2", async () => {
    const { spot } = await policies({ secrets });
    expect(statement(spot.policy, "PassInstanceRole")).toEqual({
      Sid: "PassInstanceRole",
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: ["arn:aws:iam::*:role/redis-replicas-us-west-2"],
      Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    });
  });

  test("can pass no role if the instances have none", async () => {
    expect(actions((await policies()).spot.policy)).not.toContain("iam:PassRole");
  });

  test("can use only the keys of the volumes, and grant them only to AWS", async () => {
    const document = spotRolePolicy({ ...base, keys: [key] });
    expect(statement(document, "VolumeKeys").Resource).toEqual([key]);
    expect(statement(document, "VolumeKeyGrants")).toMatchObject({
      Resource: [key],
      Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    });
    const none = await policies({ secrets });
    expect(actions(none.spot.policy).filter((action) => action.startsWith("kms:"))).toEqual([]);
    expect(none.key).toBeNull();
  });

  test("given as an ARN, sets the account and is in the key's policy", async () => {
    const { spot } = await policies({ secrets }, "--spot-role", spotRole);
    expect(statement(spot.policy, "PassInstanceRole").Resource).toEqual([
      "arn:aws:iam::210987654321:role/redis-replicas-us-west-2",
    ]);
    expect(statement(spot.policy, "SpotServiceLinkedRole").Resource).toEqual([
      "arn:aws:iam::210987654321:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
    ]);
  });

  const id = key.split("/")[1]!;

  test.each<[string, string, string[]]>([
    ["an ARN", key, [key]],
    ["an id", id, [key.replace("123456789012", "210987654321")]],
    ["an alias", "alias/redis", ["KEY_ARN"]],
  ])("gets the ARN of the volume's key from %s", async (_, kmsKeyId, resource) => {
    const rootVolume = { size: 32, kmsKeyId };
    const { spot, key: found } = await policies({ rootVolume }, "--spot-role", spotRole);
    expect(statement(spot.policy, "VolumeKeys").Resource).toEqual(resource);
    expect(found?.statements).toEqual(keyPolicyStatements(spotRole, "aws", "210987654321"));
  });

  test("has the keys of both volumes, and a shared key once", async () => {
    const rootVolume = { size: 32, kmsKeyId: key };
    const other = key.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    for (const [kmsKeyId, resource] of [
      [key, [key]],
      [other, [key, other]],
    ] as const) {
      const { spot } = await policies({ rootVolume, dataVolume: { size: 32, kmsKeyId } });
      expect(statement(spot.policy, "VolumeKeys").Resource).toEqual(resource);
    }
  });

  test("can register instances, and change the DNS records of this account", async () => {
    const targetGroupArns = ["arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/redis/0a1b"];
    const records = [{ name: "replicas.example.com" }];
    const route53 = [
      { hostedZoneId: "Z0123456789ABCDEFGHIJ", records },
      { hostedZoneId: "Z9", account: "act-1a2b3c4d", records },
    ];
    const { spot } = await policies({ targetGroupArns, route53 });
    expect(actions(spot.policy)).toEqual(needed("targetGroups", "route53"));
    expect(statement(spot.policy, "Records").Resource).toEqual([
      "arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ",
    ]);
  });

  test("has the partition of the region", async () => {
    const zones = { "cn-north-1a": ["subnet-1"] };
    const { spot } = await policies({
      region: "cn-north-1",
      availabilityZones: zones,
      iamInstanceProfile: "redis",
    });
    expect(statement(spot.policy, "PassInstanceRole")).toMatchObject({
      Resource: ["arn:aws-cn:iam::*:role/INSTANCE_ROLE_NAME"],
      Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com.cn" } },
    });
  });
});

test("a key's policy allows Spot's role and EC2's service-linked role to use it", () => {
  const statements = keyPolicyStatements(spotRole, "aws", "210987654321");
  expect(statements.flatMap(({ Action }) => Action).sort()).toEqual(
    needed("keys").filter((action) => action.startsWith("kms:")),
  );
  for (const { Principal, Resource } of statements) {
    expect(Resource).toEqual(["*"]);
    expect(Principal).toEqual({
      AWS: [
        spotRole,
        "arn:aws:iam::210987654321:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot",
      ],
    });
  }
  expect(statements[1]!.Condition).toEqual({ Bool: { "kms:GrantIsForAWSResource": "true" } });
});

describe("the instances' role", () => {
  test("has the policy that the stack creates", async () => {
    const { instance } = await policies({ secrets });
    const app = new App({ outdir: folder });
    const stack = JSON.parse(Testing.synth(addStack(app, exampleConfig({ secrets })))) as {
      resource: Record<string, Record<string, { name: string; policy: string }>>;
    };
    const [role] = Object.values(stack.resource["aws_iam_role"]!);
    const [policy] = Object.values(stack.resource["aws_iam_role_policy"]!);
    expect(instance?.role_name).toBe(role!.name);
    // HCL's objects, where JSON has colons.
    const literal = policy!.policy.slice("${jsonencode(".length, -")}".length).replaceAll('" = ', '":');
    expect(JSON.parse(literal)).toEqual(instance?.policy);
  });

  test("does not exist without secrets", async () => {
    expect((await policies()).instance).toBeNull();
    expect((await policies({ iamInstanceProfile: "mine" })).instance).toBeNull();
  });

  const auth = { password: { parameter: "/redis/password" }, aclFile: { file: "/etc/redis/users.acl" } };
  const tls = {
    ca: { file: "/etc/ssl/redis/ca.pem" },
    certificate: { secretsManager: secret, key: "certificate" },
    key: { secretsManager: secret, key: "key" },
  };

  test("reads what a password and TLS name, and what is listed beside them, each once", async () => {
    const { instance } = await policies({ auth, tls, secrets }, "--spot-role", spotRole);
    expect(instance?.role_name).toBe("redis-replicas-us-west-2");
    expect(instance?.policy.Statement.map(({ Action, Resource }) => [...Action, ...Resource!])).toEqual([
      ["secretsmanager:GetSecretValue", secret],
      ["ssm:GetParameter", "arn:aws:ssm:us-west-2:210987654321:parameter/redis/password"],
      ["kms:Decrypt", key],
    ]);
  });

  test("is that of the given profile, where there is one, and gets the permissions only", async () => {
    const changes = { auth, tls, iamInstanceProfile: "mine" };
    const { instance } = await policies(changes);
    expect(instance).toMatchObject({ role_name: null, trust_policy: null });
    expect(statement(instance!.policy, "Parameters").Resource).toEqual([
      "arn:aws:ssm:us-west-2:ACCOUNT_ID:parameter/redis/password",
    ]);
    const { stdout } = await run("policy", "-c", config(changes));
    expect(stdout).toContain("The role in the instance profile: permissions");
    expect(stdout).not.toContain("trust policy");
  });

  test("does not exist for files alone", async () => {
    const file = { file: "/etc/redis/password" };
    expect((await policies({ auth: { password: file } })).instance).toBeNull();
  });

  test("has Terraform's expressions for variables", async () => {
    const ended = await run(
      "policy",
      "-c",
      config({ secrets: { secretArns: { variable: "arns" } } }),
      "--json",
    );
    const [{ instance }] = json(ended)["clusters"] as [Cluster];
    expect(statement(instance!.policy, "Secrets").Resource).toEqual(["${var.arns}"]);
    expect(ended.stdout).toContain("`${var.…}` stands for the value of a Terraform variable");
  });
});

describe("a placeholder", () => {
  const warnings = ({ stderr }: Ended): string[] => stderr.split("\n").filter((line) => line !== "");

  test("is in capitals, and explained on stderr", async () => {
    const path = config({ iamInstanceProfile: "orders" });
    expect(warnings(await run("policy", "-c", path))).toEqual([
      `${path}: warning: \`INSTANCE_ROLE_NAME\` stands for the role in the instance profile`,
    ]);
  });

  test("stands for the account and Spot's role in a key's policy", async () => {
    const path = config({ rootVolume: { size: 32, kmsKeyId: { variable: "key" } } });
    expect(warnings(await run("policy", "-c", path))).toEqual([
      `${path}: warning: \`ACCOUNT_ID\` stands for the AWS account; set it with --spot-role`,
      `${path}: warning: \`SPOT_ROLE_NAME\` stands for Spot's role in the account; set it with --spot-role`,
      `${path}: warning: \`KEY_ARN\` stands for the ARN of the volume's key`,
    ]);
  });

  test("is explained only if it is printed, and not needed without an instance profile", async () => {
    expect(warnings(await run("policy", "-c", config()))).toEqual([]);
    const path = config({ secrets });
    expect(warnings(await run("policy", "-c", path, "--only", "instance"))).toEqual([]);
  });
});

describe("as text", () => {
  test("each document has a heading", async () => {
    const path = config({ secrets });
    const { stdout } = await run("policy", "-c", path);
    expect(stdout.split("\n").filter((line) => /^\S/.test(line) && !/^[{}]/.test(line))).toEqual([
      `redis-replicas (${path})`,
      "Role redis-replicas-us-west-2: trust policy",
      "Role redis-replicas-us-west-2: permissions",
      "Spot's role: permissions for this group",
    ]);
    expect(stdout.endsWith("}\n")).toBe(true);
  });

  test("a single document is plain JSON", async () => {
    const { exit, stdout, stderr } = await run("policy", "-c", config({ secrets }), "--only", "instance");
    expect([exit, stderr]).toEqual([0, ""]);
    expect(actions(JSON.parse(stdout) as PolicyDocument)).toEqual([
      "kms:Decrypt",
      "secretsmanager:GetSecretValue",
    ]);
  });

  test("several configs are printed one after the other", async () => {
    const { stdout } = await run("policy", "-c", config(), "-c", config({ name: "other" }));
    expect(stdout.match(/^\S+ \(.*\)$/gm)).toHaveLength(2);
  });
});

test("--json has a single document too", async () => {
  const ended = await run("--json", "policy", "-c", config({ secrets }), "--only", "spot");
  const { clusters } = json(ended) as { clusters: object[] };
  expect(clusters.map((each) => Object.keys(each))).toEqual([["name", "file", "spot"]]);
});

test("--json prints one object with the version of its format", async () => {
  const path = config({ secrets });
  const ended = await run("--json", "policy", "-c", path);
  expect(ended).toMatchObject({ exit: 0, stderr: "" });
  expect(json(ended)).toMatchObject({
    format_version: "1.0",
    clusters: [{ name: "redis-replicas", file: path, key: null }],
    diagnostics: [],
  });
});

test.each<[string, () => string[], string]>([
  [
    "an invalid role",
    () => ["-c", config(), "--spot-role", "spotinst"],
    '`--spot-role` must be the ARN of a role, got: "spotinst"',
  ],
  [
    "one document of two configs",
    () => ["-c", config(), "-c", config({ name: "other" }), "--only", "spot"],
    "`--config` must name one file for `policy --only`, got: 2",
  ],
  [
    "an unknown document",
    () => ["-c", config(), "--only", "user"],
    "Allowed choices are instance, spot, key",
  ],
  [
    "a document that the config does not need",
    () => ["-c", config(), "--only", "instance"],
    "`secrets` must be given for this policy (redis-replicas has none), got: nothing",
  ],
  ["a bad config", () => ["-c", config({ replicas: 0 })], "`replicas` must be"],
])("%s exits with 1 and prints nothing on stdout", async (_, argv, message) => {
  const { exit, stdout, stderr } = await run("policy", ...argv());
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
  expect(stderr).toContain(message);
});
