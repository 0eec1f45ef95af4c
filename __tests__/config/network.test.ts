import { App, Testing } from "cdktf";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addStack } from "../../config/stack";
import { describeWith } from "../support/needs";
import { exampleConfig } from "./example";
import { messages } from "./messages";
import { temporaryFolder } from "../support/folder";

const folder = temporaryFolder();
const masters = { securityGroupId: "sg-0a" };
const network = { vpcId: "vpc-0a", masters };

function synth(changes: Record<string, unknown>): any {
  const app = new App({ outdir: mkdtempSync(join(folder, "out-")) });
  return JSON.parse(Testing.synth(addStack(app, exampleConfig(changes))));
}

test("a network creates a security group, with or without further security groups", () => {
  const groups = (securityGroupIds: unknown): unknown =>
    Object.values<any>(synth({ securityGroupIds, network }).resource.spotinst_elastigroup_aws)[0]
      .security_groups;
  const own = expect.stringMatching(/^\$\{aws_security_group\..*\.id\}$/) as string;
  expect(groups(undefined)).toEqual([own]);
  expect(groups(["sg-0b"])).toEqual(["sg-0b", own]);
  expect(groups({ variable: "groups" })).toMatch(/^\$\{concat\(var\.groups, \[aws_security_group\./);
});

test("all peers get rules, with the name and tags of the group and the ports of Redis", () => {
  const { resource, provider, output } = synth({
    tags: { team: "${data}" },
    redis: { port: 7000 },
    network: {
      ...network,
      clients: [{ cidr: "10.0.0.0/16" }, { prefixListId: "pl-0a" }],
      downloads: [{ cidr: "10.9.0.0/16" }],
      openMasters: true,
    },
  });
  const [group] = Object.values<any>(resource.aws_security_group);
  expect(group).toMatchObject({ vpc_id: "vpc-0a", tags: { Name: "redis-replicas", team: "$${data}" } });
  const ingress = Object.values<any>(resource.aws_vpc_security_group_ingress_rule);
  const egress = Object.values<any>(resource.aws_vpc_security_group_egress_rule);
  expect(ingress).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ cidr_ipv4: "10.0.0.0/16", from_port: 7000 }),
      expect.objectContaining({ prefix_list_id: "pl-0a", from_port: 7000 }),
      expect.objectContaining({ referenced_security_group_id: "sg-0a", from_port: 17000 }),
      expect.objectContaining({ security_group_id: "sg-0a", from_port: 17000 }),
    ]),
  );
  expect(egress.filter((rule) => rule.cidr_ipv4).map((rule) => [rule.cidr_ipv4, rule.to_port])).toEqual([
    ["10.9.0.0/16", 80],
    ["10.9.0.0/16", 443],
  ]);
  expect(provider.aws).toEqual([{ region: "us-west-2" }]);
  expect(output.security_group_id.value).toMatch(/^\$\{aws_security_group\./);
});

test("without a network there are no AWS resources", () => {
  const { resource, provider, terraform } = synth({});
  expect(Object.keys(resource).filter((type) => type.startsWith("aws_"))).toEqual([]);
  expect([Object.keys(provider), Object.keys(terraform.required_providers)]).toEqual([
    ["spotinst"],
    ["spotinst"],
  ]);
});

const GIVEN = "`securityGroupIds` must be given unless `network` is given, got: nothing. Add it, such as";
const ONE = "must name exactly one of `securityGroupId`, `prefixListId` and `cidr`, got:";
const RANGE =
  "must be a range in CIDR notation without host bits, such as 10.0.0.0/16 or 2001:db8::/32, got:";

test.each<[mistake: string, changes: Record<string, unknown>, message: string]>([
  ["neither a network nor groups", { securityGroupIds: undefined }, GIVEN],
  [
    "a misspelt network, which is not also reported as missing",
    { securityGroupIds: undefined, netwrok: network },
    '`netwrok` must be a known key, got: "netwrok". Did you mean `network`?',
  ],
  [
    "a network of another type",
    { network: "vpc-0a" },
    "`network` must be a map with `vpcId` and `masters`, got:",
  ],
  [
    "an invalid network without security groups",
    { securityGroupIds: undefined, network: 5 },
    "`network` must be a map with `vpcId` and `masters`, got: 5",
  ],
  [
    "no masters",
    { network: { vpcId: "vpc-0a" } },
    "`network.masters` must be given, got: nothing. Add it, such as `masters: { securityGroupId: sg-0123456789abcdef1 }`.",
  ],
  [
    "no VPC",
    { network: { masters } },
    "`network.vpcId` must be given, got: nothing. Add it, such as `vpcId: vpc-0123456789abcdef0`.",
  ],
  [
    "an invalid VPC",
    { network: { ...network, vpcId: "subnet-0a" } },
    '`network.vpcId` must be a VPC id such as vpc-0123456789abcdef0, got: "subnet-0a"',
  ],
  ["masters that are nothing", { network: { ...network, masters: {} } }, `\`network.masters\` ${ONE} {}`],
  [
    "masters with two kinds of peers",
    { network: { ...network, masters: { ...masters, cidr: "10.0.0.0/8" } } },
    `\`network.masters\` ${ONE} {"securityGroupId":"sg-0a","cidr":"10.0.0.0/8"}`,
  ],
  ["masters as text", { network: { ...network, masters: "sg-0a" } }, `\`network.masters\` ${ONE} "sg-0a"`],
  [
    "a misspelt peer",
    { network: { ...network, masters: { securityGroupIds: "sg-0a" } } },
    '`network.masters.securityGroupIds` must be a known key, got: "securityGroupIds". Did you mean `securityGroupId`?',
  ],
  [
    "an invalid security group",
    { network: { ...network, masters: { securityGroupId: "pl-0a" } } },
    "`network.masters.securityGroupId` must be a security group id such as sg-0123456789abcdef0",
  ],
  [
    "an invalid prefix list",
    { network: { ...network, masters: { prefixListId: "sg-0a" } } },
    "`network.masters.prefixListId` must be a prefix list id such as pl-0123456789abcdef0",
  ],
  [
    "a range with host bits",
    { network: { ...network, clients: [{ cidr: "10.0.0.1/16" }] } },
    `\`network.clients[0].cidr\` ${RANGE} "10.0.0.1/16"`,
  ],
  [
    "an address instead of a range",
    { network: { ...network, masters: { cidr: "10.0.0.1" } } },
    `\`network.masters.cidr\` ${RANGE} "10.0.0.1"`,
  ],
  [
    "a client twice",
    { network: { ...network, clients: [{ cidr: "10.0.0.0/8" }, { cidr: "10.0.0.0/8" }] } },
    "`network.clients[1]` must name each client once",
  ],
  [
    "an empty list of clients",
    { network: { ...network, clients: [] } },
    "`network.clients` must name at least one client, got: []",
  ],
  [
    "downloads that are not a list",
    { network: { ...network, downloads: "none" } },
    '`network.downloads` must be a list, [] for nowhere, got: "none"',
  ],
  [
    "`openMasters` without a security group of masters",
    { network: { ...network, masters: { cidr: "10.0.0.0/8" }, openMasters: true } },
    "`network.openMasters` must be left out unless `masters` is a security group, got: true",
  ],
])("%s is one message", (_, changes, message) => {
  expect(messages(changes)).toEqual([expect.stringContaining(message)]);
});

test.each([
  [{ downloads: [] }],
  [{ openMasters: false, masters: { cidr: "10.0.0.0/8" } }],
  [{ clients: [{ cidr: "fd00::/8" }] }],
])("%j is fine", (changes) => {
  expect(messages({ network: { ...network, ...changes } })).toEqual([]);
});

describe("variables", () => {
  const { variable, resource } = synth({
    network: {
      vpcId: { variable: "vpc" },
      masters: { securityGroupId: { variable: "masters_group" } },
      clients: [{ cidr: { variable: "office" } }, { prefixListId: { variable: "list" } }],
      openMasters: true,
    },
  });

  test("are allowed in place of values, and are named after their keys", () => {
    expect(Object.keys(variable).sort()).toEqual(["list", "masters_group", "office", "vpc"]);
    expect(variable.office.description).toBe("Value of `network.clients[0].cidr`");
    const ingress = Object.values<any>(resource.aws_vpc_security_group_ingress_rule);
    expect(ingress).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ cidr_ipv4: "${var.office}" }),
        expect.objectContaining({ prefix_list_id: "${var.list}" }),
        expect.objectContaining({ security_group_id: "${var.masters_group}" }),
      ]),
    );
  });

  test("are not allowed for a whole list of peers, since each rule has a Terraform address", () => {
    expect(messages({ network: { ...network, clients: { variable: "x" } } })).toHaveLength(1);
  });

  describeWith(["terraform"], "are validated by Terraform", () => {
    const directory = mkdtempSync(join(folder, "tf-"));
    writeFileSync(join(directory, "main.tf.json"), JSON.stringify({ variable }));
    const fine = { vpc: "vpc-0a", masters_group: "sg-0a", office: "10.0.0.0/16", list: "pl-0a" };

    function plan(changes: Record<string, string>): [status: number | null, text: string] {
      const values = Object.entries({ ...fine, ...changes }).flatMap(([name, value]) => [
        "-var",
        `${name}=${value}`,
      ]);
      const argv = ["plan", "-no-color", "-input=false", ...values];
      const { status, stdout, stderr } = spawnSync("terraform", argv, { cwd: directory, encoding: "utf8" });
      return [status, (stdout + stderr).replace(/[\s│]+/g, " ")];
    }

    test("good values pass", () => expect(plan({})[0]).toBe(0));

    test.each([
      [{ vpc: "x" }, "`network.vpcId` must be a VPC id"],
      [{ list: "x" }, "`network.clients[1].prefixListId` must be a prefix list id"],
      [{ office: "10.0.0.1/16" }, "must be an IPv4 range in CIDR notation without host bits"],
      [{ office: "fd00::/8" }, "must be an IPv4 range in CIDR notation without host bits"],
      [{ office: "x" }, "must be an IPv4 range in CIDR notation without host bits"],
    ])("%j is refused", (changes, message) => {
      const [status, text] = plan(changes);
      expect([status, text]).toEqual([1, expect.stringContaining(message)]);
    });
  });
});
