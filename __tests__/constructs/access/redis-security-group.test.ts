import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { type SecurityGroupConfig } from "@cdktf/provider-aws/lib/security-group";
import { type VpcSecurityGroupEgressRuleConfig } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { type VpcSecurityGroupIngressRuleConfig } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { App, Fn, TerraformStack, TerraformVariable, Token } from "cdktf";
import {
  Peer,
  type RedisNetwork,
  RedisReplicasStack,
  RedisSecurityGroup,
  type RedisSecurityGroupProps,
} from "../../../constructs";
import {
  elastigroup,
  type Json,
  minimal,
  plain,
  snakeCase,
  synthesize,
  synthesizeReplicas,
} from "../support";

const network: RedisNetwork = { vpcId: "vpc-0a", masters: Peer.securityGroup("sg-0aa") };

/** The JSON of replicas with a new security group. */
function replicas(changed: Partial<RedisNetwork> = {}, props: object = {}): Json {
  return synthesizeReplicas({ securityGroupIds: undefined, network: { ...network, ...changed }, ...props });
}

/** A stack with only the security group. */
function bareStack(app: App): TerraformStack {
  const stack = new TerraformStack(app, "s");
  new AwsProvider(stack, "aws", {});
  return stack;
}

function rules(json: Json, direction: "ingress" | "egress"): [address: string, rule: Json][] {
  return Object.entries<Json>(json.resource[`aws_vpc_security_group_${direction}_rule`]);
}

/** A short description of a rule. */
function opens(json: Json, direction: "ingress" | "egress"): string[] {
  return rules(json, direction)
    .filter(([, rule]) => String(rule.security_group_id).includes("aws_security_group"))
    .map(([, rule]) => {
      const peer =
        rule.referenced_security_group_id ?? rule.prefix_list_id ?? rule.cidr_ipv4 ?? rule.cidr_ipv6;
      return `${rule.from_port} ${peer.includes("aws_security_group") ? "itself" : peer}`;
    })
    .sort();
}

/** All addresses in the states of users. A change needs a `moved` block and an entry in the changelog. */
const GROUP = "replicas_security-group_EAD527EF";
const ID = `\${aws_security_group.${GROUP}.id}`;

describe("masters with ports of their own", () => {
  const own = { masters: ["10.0.1.10", "10.0.1.11:7000", "[fd00::1]:7000", "redis-b:6379"] };

  test("are reached on these and on the bus above", () => {
    const others = opens(replicas(), "egress");
    expect(opens(replicas({}, own), "egress")).toEqual([...others, "17000 sg-0aa", "7000 sg-0aa"].sort());
    expect(opens(replicas({}, own), "ingress")).toEqual(opens(replicas(), "ingress"));
  });

  test("are opened on these where that is asked for", () => {
    const ports = (props: object): number[] =>
      rules(replicas({ openMasters: true }, props), "ingress")
        .filter(([, { security_group_id: id }]) => id === "sg-0aa")
        .map(([, rule]) => rule.from_port as number);
    expect(ports({}).sort()).toEqual([16379, 6379]);
    expect(ports(own).sort()).toEqual([16379, 17000, 6379, 7000]);
  });

  test("may be those of shards", () => {
    const shards = [{ name: "a", master: "10.0.1.12:7001", replicas: 1 }];
    const json = replicas({}, { shards, replicas: undefined });
    expect(opens(json, "egress")).toEqual(expect.arrayContaining(["7001 sg-0aa", "17001 sg-0aa"]));
  });

  test("change no address of the other rules", () => {
    const named = rules(replicas({}, own), "egress").map(([address]) => address);
    expect(named).toEqual(expect.arrayContaining(rules(replicas(), "egress").map(([address]) => address)));
  });

  test("have a bus only where there is a port for it", () => {
    const json = replicas({}, { masters: ["10.0.1.10:65000"] });
    expect(opens(json, "egress").filter((each) => /^(65|75)000 /.test(each))).toEqual(["65000 sg-0aa"]);
  });

  test("must be known before Terraform runs", () => {
    const message = "`masters` must be without ports where Terraform brings them and `network` is given";
    const conditions = (json: Json): string => JSON.stringify(elastigroup(json).lifecycle ?? {});
    const token = Fn.join(".", ["redis", "internal"]);
    expect(conditions(replicas({}, { masters: [token] }))).toContain(message);
    expect(conditions(replicas({}, { masters: Fn.split(",", "a,b") }))).toContain(message);
    expect(conditions(replicas({}, own))).not.toContain(message);
    expect(conditions(synthesizeReplicas({ masters: [token] }))).not.toContain(message);
  });
});

test("the ports of a proxy and a mirror are opened to the downloads", () => {
  const added = (install: object): string[] => {
    const before = opens(replicas(), "egress");
    return opens(replicas({}, { install }), "egress").filter((each) => !before.includes(each));
  };
  expect(added({ proxy: "http://proxy.internal:3128", mirror: "http://files:8080/a" })).toEqual([
    "3128 0.0.0.0/0",
    "8080 0.0.0.0/0",
  ]);
  expect(added({ proxy: "http://proxy.internal", mirror: "https://files/a" })).toEqual([]);
  expect(added({ proxy: Fn.join("", ["http://", "proxy:3128"]) })).toEqual([]);
});

describe("addresses", () => {
  const addresses = (json: Json): string[] =>
    ["aws_security_group", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"]
      .flatMap((type) => Object.keys(json.resource[type]).map((name) => `${type}.${name}`))
      .sort();

  test("are pinned", () => {
    expect(addresses(replicas({ clients: [Peer.cidr("10.0.0.0/16")], openMasters: true }))).toEqual([
      `aws_security_group.${GROUP}`,
      "aws_vpc_security_group_egress_rule.replicas_security-group_egress-bus-members_A404FFDD",
      "aws_vpc_security_group_egress_rule.replicas_security-group_egress-bus-sg-0aa_F34CA6A2",
      "aws_vpc_security_group_egress_rule.replicas_security-group_egress-http-0000--0_F3BD2B7B",
      "aws_vpc_security_group_egress_rule.replicas_security-group_egress-https-0000--0_18C99A5D",
      "aws_vpc_security_group_egress_rule.replicas_security-group_egress-redis-members_08068310",
      "aws_vpc_security_group_egress_rule.replicas_security-group_egress-redis-sg-0aa_1424C2D7",
      "aws_vpc_security_group_ingress_rule.replicas_security-group_ingress-bus-members_BB0E3168",
      "aws_vpc_security_group_ingress_rule.replicas_security-group_ingress-bus-sg-0aa_163441B3",
      "aws_vpc_security_group_ingress_rule.replicas_security-group_ingress-redis-10000--16_98A9B084",
      "aws_vpc_security_group_ingress_rule.replicas_security-group_ingress-redis-members_3F846D8E",
      "aws_vpc_security_group_ingress_rule.replicas_security-group_ingress-redis-sg-0aa_52CF38C7",
      "aws_vpc_security_group_ingress_rule.replicas_security-group_masters-bus_BEF35E1B",
      "aws_vpc_security_group_ingress_rule.replicas_security-group_masters-redis_317DA9F4",
    ]);
  });

  test("do not change that of the Elastigroup", () => {
    expect(Object.keys(replicas().resource.spotinst_elastigroup_aws)).toEqual(["replicas_group_04D7EBCA"]);
  });

  const one = Peer.cidr("10.0.0.0/16");
  const other = Peer.prefixList("pl-0a");
  const third = Peer.securityGroup("sg-0c");

  test("and all other output do not depend on the order of peers", () => {
    const forward = replicas({ clients: [one, other, third], downloads: [one, other] });
    const backward = replicas({ clients: [third, other, one], downloads: [other, one] });
    expect(backward).toEqual(forward);
  });

  test("of one client stay if another one is removed", () => {
    const both = replicas({ clients: [one, other] });
    const left = replicas({ clients: [other] });
    expect(addresses(both)).toEqual(expect.arrayContaining(addresses(left)));
    expect(addresses(both)).toHaveLength(addresses(left).length + 1);
  });

  test("have tags that only Terraform knows beside the name, unless those have one", () => {
    const json = replicas({}, { tags: Token.asStringMap("${var.tags}") });
    const [group] = Object.values<Json>(json.resource.aws_security_group);
    expect(group.tags).toBe('${merge({"Name" = "redis-replicas"}, "${var.tags}")}');
  });

  test("depend neither on names nor on ports", () => {
    const changed = replicas({}, { name: "other", tags: { team: "data" }, redis: { port: 7000 } });
    expect(addresses(changed)).toEqual(addresses(replicas()));
  });

  test("of a peer that is known only to Terraform depend on its expression, not on the number of its token", () => {
    const build = (before: number): Json =>
      synthesize((app) => {
        const stack = bareStack(app);
        for (let made = 0; made < before; made++) Token.asString({ resolve: () => "x" });
        const web = new TerraformVariable(stack, "web", {});
        new RedisSecurityGroup(stack, "sg", {
          ...network,
          name: "n",
          clients: [Peer.securityGroup(web.stringValue), Peer.securityGroup("sg-0d")],
        });
        return stack;
      });
    expect(addresses(build(7))).toEqual(addresses(build(0)));
    expect(addresses(build(0)).join()).toContain("sg_ingress-redis-varweb_");
  });
});

test("nodes reach each other on both ports in both directions, and clients reach Redis", () => {
  const json = replicas({
    clients: [Peer.cidr("10.0.0.0/16"), Peer.prefixList("pl-0a"), Peer.cidr("fd00::/8")],
  });
  const nodes = ["16379 itself", "16379 sg-0aa", "6379 itself", "6379 sg-0aa"];
  expect(opens(json, "ingress")).toEqual(
    [...nodes, "6379 10.0.0.0/16", "6379 fd00::/8", "6379 pl-0a"].sort(),
  );
  expect(opens(json, "egress")).toEqual([...nodes, "443 0.0.0.0/0", "80 0.0.0.0/0"].sort());
});

test.each<[string, Peer, string]>([
  ["a range", Peer.cidr("10.1.0.0/16"), "10.1.0.0/16"],
  ["a prefix list", Peer.prefixList("pl-0b"), "pl-0b"],
])("the masters may be %s", (_, masters, shown) => {
  const json = replicas({ masters, downloads: [] });
  const nodes = ["16379 itself", `16379 ${shown}`, "6379 itself", `6379 ${shown}`].sort();
  expect(opens(json, "ingress")).toEqual(nodes);
  expect(opens(json, "egress")).toEqual(nodes);
});

test("a client that is also a master has one rule, since AWS refuses duplicates", () => {
  const vpc = Peer.cidr("10.0.0.0/16");
  const json = replicas({ masters: vpc, clients: [vpc] });
  expect(opens(json, "ingress").filter((each) => each === "6379 10.0.0.0/16")).toHaveLength(1);
});

test("downloads on the port of Redis or its bus also have one rule", () => {
  const anywhere = Peer.cidr("0.0.0.0/0");
  const json = replicas({ masters: anywhere, downloads: [anywhere] }, { redis: { port: 443, busPort: 80 } });
  const opened = opens(json, "egress");
  expect(opened).toEqual([...new Set(opened)]);
  expect(opened).toEqual(expect.arrayContaining(["443 0.0.0.0/0", "80 0.0.0.0/0"]));
});

test("downloads are allowed only to the given destinations, or not at all", () => {
  const web = (downloads: Peer[]): string[] =>
    opens(replicas({ downloads }), "egress").filter((each) => /^(80|443) /.test(each));
  expect(web([Peer.prefixList("pl-0e")])).toEqual(["443 pl-0e", "80 pl-0e"]);
  expect(web([])).toEqual([]);
});

test("the rules have the ports of Redis", () => {
  const ports = (redis: object): number[] =>
    rules(replicas({ downloads: [] }, { redis }), "egress").map(([, { from_port }]) => from_port as number);
  expect(new Set(ports({ port: 7000 }))).toEqual(new Set([7000, 17000]));
  expect(new Set(ports({ port: 7000, busPort: 7001 }))).toEqual(new Set([7000, 7001]));
});

test("the bus port of a port that is known only to Terraform is an expression", () => {
  const json = synthesize((app) => {
    const stack = bareStack(app);
    const port = new TerraformVariable(stack, "port", { type: "number" }).numberValue;
    new RedisSecurityGroup(stack, "sg", { ...network, name: "n", port });
    return stack;
  });
  const bus = rules(json, "ingress").find(([address]) => address.includes("ingress-bus-members"))![1];
  expect(bus.from_port).toBe("${(var.port + 10000)}");
});

describe("the masters' security group", () => {
  const inMasters = (json: Json): Json[] =>
    rules(json, "ingress")
      .map(([, rule]) => rule)
      .filter((rule) => rule.security_group_id === "sg-0aa");

  test("is not changed by default", () => {
    expect(inMasters(replicas())).toEqual([]);
  });

  test("allows the replicas on both ports with `openMasters`", () => {
    const found = inMasters(replicas({ openMasters: true }));
    expect(found.map((rule) => [rule.from_port, rule.referenced_security_group_id])).toEqual([
      [16379, ID],
      [6379, ID],
    ]);
  });

  test("can only be opened if the masters are a security group", () => {
    expect(() => replicas({ masters: Peer.cidr("10.0.0.0/8"), openMasters: true })).toThrow(
      "`openMasters` must be left out unless `masters` is a security group, got: true",
    );
  });
});

describe("the Elastigroup", () => {
  test("has the security group in addition to existing ones", () => {
    expect(elastigroup(replicas()).security_groups).toEqual([ID]);
    expect(elastigroup(replicas({}, { securityGroupIds: ["sg-0f"] })).security_groups).toEqual(["sg-0f", ID]);
    const known = Token.asList(Fn.tolist(["sg-1"]));
    expect(elastigroup(replicas({}, { securityGroupIds: known })).security_groups).toBe(
      `\${concat(tolist(["sg-1"]), [aws_security_group.${GROUP}.id])}`,
    );
  });

  test("depends on every rule, since its instances download and join immediately", () => {
    const json = replicas({ openMasters: true });
    const all = ["ingress", "egress"].flatMap((direction) =>
      rules(json, direction as "ingress").map(([name]) => `aws_vpc_security_group_${direction}_rule.${name}`),
    );
    expect([...elastigroup(json).depends_on].sort()).toEqual(all.sort());
  });

  test("needs a network or security groups", () => {
    expect(() => synthesizeReplicas({ securityGroupIds: undefined })).toThrow(
      "`securityGroupIds` must be given unless `network` is given, got: nothing",
    );
  });
});

test("the group's id is an output", () => {
  expect(replicas().output.security_group_id.value).toBe(ID);
  expect(synthesizeReplicas().output).not.toHaveProperty("security_group_id");
});

test.each<[Partial<RedisSecurityGroupProps>, string]>([
  [{ vpcId: "subnet-0a" }, '`vpcId` must be a VPC id such as vpc-0123456789abcdef0, got: "subnet-0a"'],
  [{ name: "" }, '`name` must not be empty, got: ""'],
])("%j is refused", (changed, message) => {
  const build = (): Json =>
    synthesize((app) => {
      const stack = bareStack(app);
      new RedisSecurityGroup(stack, "sg", { ...network, name: "n", ...changed });
      return stack;
    });
  expect(build).toThrow(message);
});

describe("the JSON matches the types of the bindings", () => {
  const json = replicas({ clients: [Peer.cidr("10.0.0.0/16")] }, { tags: { team: "data", Name: "mine" } });
  const tags = { Name: "mine", team: "data" };

  test("of the group: without inline rules, and with no attribute that a change of names would replace", () => {
    const group: SecurityGroupConfig = {
      vpcId: "vpc-0a",
      namePrefix: "redis-replicas-",
      description: "Replicas of a Redis Cluster",
      tags,
    };
    expect(plain(json.resource.aws_security_group[GROUP])).toEqual(snakeCase(group));
  });

  test("of rules", () => {
    const client: VpcSecurityGroupIngressRuleConfig = {
      securityGroupId: ID,
      cidrIpv4: "10.0.0.0/16",
      ipProtocol: "tcp",
      fromPort: 6379,
      toPort: 6379,
      description: "Redis from clients",
      tags,
    };
    const master: VpcSecurityGroupEgressRuleConfig = {
      securityGroupId: ID,
      referencedSecurityGroupId: "sg-0aa",
      ipProtocol: "tcp",
      fromPort: 16379,
      toPort: 16379,
      description: "Cluster bus to masters",
      tags,
    };
    const found = [...rules(json, "ingress"), ...rules(json, "egress")].map(([, rule]) => plain(rule));
    expect(found).toEqual(expect.arrayContaining([snakeCase(client), snakeCase(master)]));
  });
});

describe("clients that are allowed after the construction", () => {
  /** The JSON of replicas with a client more. */
  const allowing = (peer: Peer, changed: Partial<RedisNetwork> = {}): Json =>
    synthesize((app) => {
      const stack = new RedisReplicasStack(app, "redis");
      stack.addReplicas({ ...minimal, network: { ...network, ...changed } }).allowFrom(peer);
      return stack;
    });

  test("have the same rule as those of `clients`", () => {
    const clients = [Peer.securityGroup("sg-0c")];
    const rulesOf = (json: Json): Json => json.resource["aws_vpc_security_group_ingress_rule"];
    expect(rulesOf(allowing(clients[0]!))).toEqual(rulesOf(replicas({ clients })));
    expect(opens(allowing(clients[0]!), "ingress")).toContain("6379 sg-0c");
  });

  test("have no second rule, which AWS would reject", () => {
    const peer = Peer.cidr("10.1.0.0/16");
    expect(opens(allowing(peer, { clients: [peer] }), "ingress")).toEqual(
      opens(replicas({ clients: [peer] }), "ingress"),
    );
    expect(opens(allowing(network.masters), "ingress")).toEqual(opens(replicas(), "ingress"));
  });

  test("need a security group of the replicas", () => {
    const stack = new RedisReplicasStack(new App(), "redis");
    expect(() => stack.addReplicas(minimal).allowFrom(Peer.securityGroup("sg-0c"))).toThrow(
      "`network` must be given with `allowFrom`, which adds a rule to its security group, got: nothing",
    );
  });
});
