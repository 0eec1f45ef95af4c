import { App, Testing } from "cdktf";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchema } from "../../config/json-schema";
import { type ClusterConfig } from "../../config/schema";
import { addStack } from "../../config/stack";
import { references } from "../../config/variables";
import { showPath } from "../../constructs/validation/path";
import { describeWith } from "../support/needs";
import { exampleConfig } from "./example";
import { temporaryFolder } from "../support/folder";

const folder = temporaryFolder();

interface Declared {
  type: string;
  nullable: boolean;
  description: string;
  validation: { condition: string; error_message: string }[];
}

interface Synthesized {
  variable: Record<string, Declared>;
  resource: { spotinst_elastigroup_aws: Record<string, Record<string, unknown>> };
  locals: Record<string, string[]>;
}

function synth(changes: Record<string, unknown>): Synthesized & { group: Record<string, unknown> } {
  const app = new App({ outdir: mkdtempSync(join(folder, "out-")) });
  const json = JSON.parse(Testing.synth(addStack(app, exampleConfig(changes)))) as Synthesized;
  return { ...json, group: Object.values(json.resource.spotinst_elastigroup_aws)[0]! };
}

const everywhere = {
  masters: [{ variable: "master_ip" }, { host: "10.0.1.11", zone: { variable: "zone" } }],
  replicas: { variable: "replicas" },
  imageId: { variable: "image" },
  instanceTypes: {
    onDemand: { variable: "type" },
    spot: { variable: "spot" },
    preferredSpot: [{ variable: "type" }],
  },
  availabilityZones: { variable: "zones" },
  securityGroupIds: [{ variable: "name" }],
  keyPair: { variable: "key" },
  iamInstanceProfile: { variable: "profile" },
  privateIps: [{ variable: "address" }],
  rootVolume: { size: { variable: "disk" }, kmsKeyId: { variable: "kms" } },
  dataVolume: { size: { variable: "disk" }, kmsKeyId: { variable: "kms" }, snapshotId: { variable: "snap" } },
  strategy: { fallbackToOnDemand: { variable: "fallback" } },
  monitoring: { variable: "watched" },
  targetGroupArns: { variable: "targets" },
  bootScript: { agent: { url: { variable: "agent_url" }, sha256: { variable: "agent_sum" } } },
};

/** The expression of the zone:subnet items of the map. */
const ITEMS = '${flatten([for zone, subnets in var.zones : [for subnet in subnets : "${zone}:${subnet}"]])}';

test("the subnets of a zone can be one list variable, together with other zones and with a placement group", () => {
  const { group, variable, locals } = synth({
    availabilityZones: { "us-west-2a": { variable: "private" }, "us-west-2b": ["subnet-0b"] },
    placementGroups: { "us-west-2a": "${near}", "us-west-2b": "${far}" },
  });
  expect(variable["private"]).toMatchObject({ type: "list(string)" });
  const [, name = ""] = /local\.(\w+)/.exec(String(group["availability_zones"]))!;
  expect(locals[name]).toBe(
    '${flatten([[for id in var.private : join(":", flatten(["us-west-2a", id, ["$${near}"]]))], ["us-west-2b:subnet-0b:$${far}"]])}',
  );
});

test("a variable keeps its plain name, even if another child of the stack has the same name", () => {
  expect(Object.keys(synth(everywhere).variable).sort()).toEqual(
    [
      ...[
        "address",
        "agent_sum",
        "agent_url",
        "disk",
        "fallback",
        "image",
        "key",
        "kms",
        "master_ip",
        "name",
        "profile",
      ],
      ...["replicas", "snap", "spot", "targets", "type", "watched", "zone", "zones"],
    ].sort(),
  );
});

test("each has the type of its key and refuses null", () => {
  const { variable } = synth(everywhere);
  const types = Object.fromEntries(Object.entries(variable).map(([name, { type }]) => [name, type]));
  expect(types).toEqual({
    address: "string",
    agent_sum: "string",
    agent_url: "string",
    disk: "number",
    fallback: "bool",
    image: "string",
    key: "string",
    kms: "string",
    master_ip: "string",
    name: "string",
    profile: "string",
    replicas: "number",
    snap: "string",
    spot: "list(string)",
    targets: "list(string)",
    type: "string",
    watched: "bool",
    zone: "string",
    zones: "map(list(string))",
  });
  expect(Object.values(variable).every(({ nullable }) => !nullable)).toBe(true);
});

test("a master with a zone can be a variable", () => {
  const { variable, locals } = synth({ masters: [{ host: { variable: "host" }, zone: "us-west-2b" }] });
  expect(variable["host"]?.description).toBe("Value of `masters[0].host`");
  const text = Object.values(locals).flat().join("\n");
  expect(text).toMatch(/^MASTER_ZONES='\$\{replace\(.*var\.host.*\)\}=us-west-2b'$/m);
});

test("values become references to the variables", () => {
  const { group, locals } = synth(everywhere);
  expect(group).toMatchObject({
    image_id: "${var.image}",
    min_size: "${var.replicas}",
    instance_types_spot: "${var.spot}",
    instance_types_preferred_spot: ["${var.type}"],
    security_groups: ["${var.name}"],
    key_name: "${var.key}",
    iam_instance_profile: expect.stringMatching(
      /^\$\{var\.profile == null \? null : replace\(var\.profile, /,
    ),
    availability_zones: expect.stringMatching(/^\$\{local\.[\w-]+\}$/),
    private_ips: ["${var.address}"],
    ebs_block_device: [
      expect.objectContaining({ volume_size: "${var.disk}", kms_key_id: "${var.kms}" }),
      expect.objectContaining({
        volume_size: "${var.disk}",
        kms_key_id: "${var.kms}",
        snapshot_id: "${var.snap}",
      }),
    ],
    fallback_to_ondemand: "${var.fallback}",
    enable_monitoring: "${var.watched}",
    target_group_arns: "${var.targets}",
  });
  const lines = Object.values(locals).flat();
  expect(lines).toContain(ITEMS);
  expect(lines.find((line) => line.startsWith("MASTERS="))).toContain("var.master_ip");
});

test("a variable that is used twice is declared once, and its description has both places", () => {
  const { variable } = synth(everywhere);
  expect(variable["type"]!.description).toBe(
    "Value of `instanceTypes.onDemand`, `instanceTypes.preferredSpot[0]`",
  );
  expect(variable["type"]!.validation).toHaveLength(1);
});

test("on-demand types may each come from a variable of their own", () => {
  const { group, variable } = synth({
    instanceTypes: { onDemand: [{ variable: "type" }, "r5.large"], spot: ["r5.large"] },
  });
  expect(group["on_demand_types"]).toEqual(["${var.type}", "r5.large"]);
  expect(variable["type"]).toMatchObject({
    type: "string",
    description: "Value of `instanceTypes.onDemand[0]`",
  });
});

test("a tag's value may come from a variable, with the rule of literals", () => {
  const { group, variable } = synth({ tags: { team: "${data}", stage: { variable: "stage" } } });
  expect(group["tags"]).toEqual([
    { key: "team", value: "$${data}" },
    { key: "stage", value: "${var.stage}" },
  ]);
  expect(variable["stage"]).toMatchObject({ type: "string", description: "Value of `tags.stage`" });
  expect(variable["stage"]!.validation).toEqual([
    expect.objectContaining({
      error_message: "`tags.stage` must be text of at most 256 characters, got: ${jsonencode(var.stage)}",
    }),
  ]);
});

test("a config without variables declares none", () => {
  expect(synth({})).not.toHaveProperty("variable");
});

describe("every place where the schema allows a variable", () => {
  interface Node {
    $ref?: string;
    type?: string;
    anyOf?: Node[];
    items?: Node;
    properties?: Record<string, Node>;
    additionalProperties?: Node | boolean;
  }

  /** A value with a variable at every allowed place: for whole lists and maps, or for their items. */
  function filled(node: Node, whole: boolean, path: string, places: string[]): unknown {
    const ways = node.anyOf ?? [node];
    const parts = ways.find(({ type }) => type === "array" || type === "object");
    if (ways.some(({ $ref }) => $ref !== undefined) && (whole || !parts)) {
      places.push(path);
      return { variable: "v" };
    }
    if (parts?.items) return [filled(parts.items, whole, `${path}[0]`, places)];
    const keys = parts?.properties ?? { "us-west-2a": parts?.additionalProperties };
    if (parts?.type !== "object" || Object.values(keys).some((key) => typeof key !== "object")) return "";
    return Object.fromEntries(
      Object.entries(keys as Record<string, Node>).map(([key, each]) => [
        key,
        filled(each, whole, path === "" ? key : `${path}.${key}`, places),
      ]),
    );
  }

  test.each([true, false])("is found, in the order of the schema (for lists as a whole: %j)", (whole) => {
    const places: string[] = [];
    const data = filled(JSON.parse(jsonSchema()) as Node, whole, "", places);
    const found = references(data as Partial<ClusterConfig>);
    expect(found.map(({ path }) => showPath(path))).toEqual(places);
    expect(places.length).toBeGreaterThan(30);
    expect(found.filter(({ type, conditions }) => type !== "bool" && conditions.length === 0)).toEqual([]);
  });
});

describeWith(["terraform"], "Terraform checks the same rules", () => {
  const { variable } = synth(everywhere);
  const directory = mkdtempSync(join(folder, "tf-"));
  writeFileSync(
    join(directory, "main.tf.json"),
    JSON.stringify({ variable, output: { zones: { value: ITEMS } } }, undefined, 2),
  );

  const fine: Record<string, string> = {
    master_ip: "10.0.1.10",
    replicas: "3",
    image: "ami-0123",
    type: "r6i.large",
    spot: '["r6i.large"]',
    zones: '{"us-west-2a":["subnet-1","subnet-2"],"us-west-2b":["subnet-3"]}',
    name: "sg-1",
    key: "admin",
    profile: "arn:aws:iam::123456789012:instance-profile/redis",
    address: "10.0.1.21",
    agent_sum: "0".repeat(64),
    agent_url: "https://example.com/agent.bz2",
    disk: "32",
    kms: "alias/redis",
    snap: "snap-0123",
    fallback: "true",
    watched: "false",
    zone: "us-west-2a",
    targets: '["arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/checks/0123456789abcdef"]',
  };

  function plan(changes: Record<string, string> = {}): { status: number | null; text: string } {
    const values = Object.entries({ ...fine, ...changes }).flatMap(([name, value]) => [
      "-var",
      `${name}=${value}`,
    ]);
    const { status, stdout, stderr } = spawnSync(
      "terraform",
      ["plan", "-no-color", "-input=false", ...values],
      {
        cwd: directory,
        encoding: "utf8",
      },
    );
    return { status, text: (stdout + stderr).replace(/\s+/g, " ") };
  }

  beforeAll(() => execFileSync("terraform", ["init", "-no-color"], { cwd: directory, stdio: "pipe" }));

  test("good values pass, and zones become zone:subnet items", () => {
    const { status, text } = plan();
    expect(status).toBe(0);
    expect(text).toContain('"us-west-2a:subnet-1", + "us-west-2a:subnet-2", + "us-west-2b:subnet-3"');
  });

  test("bad values are refused with the messages of the config, all at once", () => {
    const { status, text } = plan({
      master_ip: "10.0.1.10:65536",
      replicas: "0",
      image: "img",
      spot: '["r6i.large", "r6i.large"]',
      zones: '{"us-west-2a":[],"us-east-1a":["subnet-1"]}',
      name: "group",
      profile: "a b",
      snap: "vol-1",
      agent_sum: "abc",
      agent_url: "example.com",
      zone: "usw2-az1",
    });
    expect(status).toBe(1);
    for (const message of [
      '`masters[0]` must be an IP or DNS name with or without a port (by default, `redis.port`), IPv6 in brackets, such as [fd00::1]:6380, got: "10.0.1.10:65536"',
      '`masters[1].zone` must be an availability zone such as us-west-2a, got: "usw2-az1"',
      "`replicas` must be a whole number from 1 to 1000, got: 0",
      '`imageId` must be an image id such as ami-0123456789abcdef0, got: "img"',
      "`instanceTypes.spot` must name each instance type once",
      "each key of `availabilityZones` must be a zone of `region` (us-west-2)",
      "each zone of `availabilityZones` must name at least one subnet",
      '`securityGroupIds[0]` must be a security group id such as sg-0123456789abcdef0, got: "group"',
      '`iamInstanceProfile` must be the name or ARN of an instance profile, got: "a b"',
      '`dataVolume.snapshotId` must be a snapshot id such as snap-0123456789abcdef0, got: "vol-1"',
      '`bootScript.agent.sha256` must be 64 digits of lower-case hex, got: "abc"',
      '`bootScript.agent.url` must be an HTTP or HTTPS URL, got: "example.com"',
    ]) {
      expect(text).toContain(message);
    }
  });
});
