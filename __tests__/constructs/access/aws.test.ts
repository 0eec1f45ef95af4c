import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Peer, type RedisReplicasProps, RedisReplicasStack } from "../../../constructs";
import { ROOT, temporaryFolder } from "../../support/folder";
import { type Attribute, derive, RECORDED, resources, type Schema } from "./aws-schema";
import { bundle } from "../../support/bundle";
import { type Json, minimal, synthesize, synthesizeReplicas } from "../support";

const recorded = JSON.parse(readFileSync(RECORDED, "utf8")) as Schema;

const network = {
  vpcId: "vpc-0a",
  masters: Peer.securityGroup("sg-0a"),
  clients: [Peer.cidr("10.0.0.0/8"), Peer.cidr("fd00::/8"), Peer.prefixList("pl-0a")],
  openMasters: true,
};
const secrets = { secretArns: ["arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-a1B2c3"] };
const everything: Partial<RedisReplicasProps> = { network, secrets, tags: { team: "data" } };

test("the recorded schema equals that of the bindings; `npx tsx __tests__/constructs/access/aws-schema.ts` records it", () => {
  expect(derive()).toEqual(recorded);
});

describe("every AWS resource in the JSON", () => {
  const { resource } = synthesizeReplicas(everything);
  const found = Object.entries<Record<string, Json>>(resource)
    .filter(([type]) => type.startsWith("aws_"))
    .flatMap(([type, each]) => Object.values(each).map((attributes) => [type, attributes] as const));

  test("has a recorded type, and each recorded type is used", () => {
    expect(new Set(found.map(([type]) => type))).toEqual(new Set(Object.keys(recorded)));
    expect(resources()).toHaveLength(Object.keys(recorded).length);
  });

  test("has only known attributes of the right type, and all required ones", () => {
    const wrong = found.flatMap(([type, attributes]) =>
      faults(recorded[type]!, attributes).map((each) => [type, each]),
    );
    expect(wrong).toEqual([]);
  });

  test("is checked: a wrong attribute is found", () => {
    const rule = recorded["aws_vpc_security_group_ingress_rule"]!;
    expect(faults(rule, { ip_protocol: 6, from_prot: 1 })).toEqual([
      "ip_protocol is no string",
      "from_prot is unknown",
      "security_group_id is missing",
    ]);
    expect(
      faults({ managed_policy_arns: { type: "string[]", required: false } }, { managed_policy_arns: [1] }),
    ).toEqual(["managed_policy_arns is no string[]"]);
  });
});

const META = ["//", "depends_on", "lifecycle", "provider"];

function faults(schema: Record<string, Attribute>, attributes: Record<string, unknown>): string[] {
  const given = Object.entries(attributes).filter(([name]) => !META.includes(name));
  const wrong = given.flatMap(([name, value]) => {
    const attribute = schema[name];
    if (!attribute) return [`${name} is unknown`];
    return isOf(attribute.type, value) ? [] : [`${name} is no ${attribute.type}`];
  });
  const missing = Object.entries(schema).filter(([name, { required }]) => required && !(name in attributes));
  return [...wrong, ...missing.map(([name]) => `${name} is missing`)];
}

/** No resource here has blocks. If one gets blocks, their attributes must be recorded too. */
function isOf(type: Attribute["type"], value: unknown): boolean {
  if (type === "block") return false;
  if (type === "string[]") return Array.isArray(value) && value.every((each) => typeof each === "string");
  if (type === "map") return typeof value === "object" && !Array.isArray(value);
  return typeof value === type;
}

describe("the AWS provider", () => {
  const parts = (json: Json): Json => ({
    provider: json.provider.aws,
    pin: json.terraform.required_providers.aws,
  });
  const there = {
    provider: [{ region: "us-west-2" }],
    pin: { source: "aws", version: ">= 6.0, < 7.0" },
  };

  test.each<[string, Partial<RedisReplicasProps>]>([
    ["a security group", { network }],
    ["a role", { secrets }],
    ["both", everything],
  ])("is added with %s, in the region of the group, with version range 6", (_, props) => {
    expect(parts(synthesizeReplicas(props))).toEqual(there);
  });

  test("is not added without AWS resources", () => {
    expect(parts(synthesizeReplicas())).toEqual({ provider: undefined, pin: undefined });
  });

  test("is the given one, if there is one", () => {
    const json = synthesize((app) => {
      const stack = new RedisReplicasStack(app, "redis");
      const awsProvider = new AwsProvider(stack, "mine", { region: "us-west-2", alias: "mine" });
      stack.addReplicas({ ...minimal, ...everything, awsProvider });
      return stack;
    });
    expect(json.provider.aws).toEqual([{ region: "us-west-2", alias: "mine" }]);
    const users = Object.entries<Json>(json.resource)
      .filter(([type]) => type.startsWith("aws_"))
      .flatMap(([, each]) => Object.values<Json>(each).map(({ provider }) => provider as string));
    expect(new Set(users)).toEqual(new Set(["aws.mine"]));
  });
});

describe("in a separate process", () => {
  const folder = temporaryFolder();

  /** The files of the AWS bindings that synthesis loads. */
  function loaded(props: string): string[] {
    const script = `
      const { App } = require("cdktf");
      const { AvailabilityZones, Peer, RedisReplicasStack } = require(${JSON.stringify(bundle("constructs/index.ts"))});
      const stack = new RedisReplicasStack(new App({ outdir: process.env.OUT }), "redis");
      stack.addReplicas({
        name: "r", region: "us-west-2", masters: ["10.0.1.10"], replicas: 1, imageId: "ami-1",
        instanceTypes: { onDemand: "r6i.large", spot: ["r6i.large"] },
        availabilityZones: AvailabilityZones.of({ "us-west-2a": ["subnet-1"] }),
        securityGroupIds: ["sg-1"], ${props}
      });
      stack.prepareStack();
      stack.toTerraform();
      console.log(JSON.stringify(Object.keys(require.cache)));`;
    const text = execFileSync(process.execPath, ["-e", script], {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, OUT: folder },
    });
    const files = JSON.parse(text) as string[];
    expect(files.some((path) => path.includes("@cdktf/provider-spotinst"))).toBe(true);
    return files.filter((path) => path.includes("@cdktf/provider-aws"));
  }

  test("the AWS provider is not loaded without AWS resources", () => {
    expect(loaded("")).toEqual([]);
  });

  test("only deep imports of the AWS provider are loaded with AWS resources", () => {
    const files = loaded(`network: { vpcId: "vpc-1", masters: Peer.securityGroup("sg-1") },
      secrets: { secretArns: ${JSON.stringify(secrets.secretArns)} },`);
    expect(files.filter((path) => path.endsWith("/lib/security-group/index.js"))).toHaveLength(1);
    expect(files.filter((path) => /provider-aws\/lib\/index\.js$/.test(path))).toEqual([]);
    expect(files.length).toBeLessThan(40);
  });
});
