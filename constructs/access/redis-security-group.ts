import { type SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import {
  DefaultTokenResolver,
  type ITerraformDependable,
  StringConcat,
  type TerraformProvider,
  Token,
  Tokenization,
} from "cdktf";
import { Construct } from "constructs";
import { ofThisFramework } from "../terraform/framework";
import { hcl } from "../terraform/hcl";
import { late } from "../terraform/late";
import { type Constraint } from "../validation/constraint";
import { VPC } from "../validation/formats";
import { PORTS } from "../validation/limits";
import {
  boolean,
  list,
  map,
  number,
  oneOf,
  PROVIDER,
  required,
  type Shapes,
  text,
  validateShapes,
} from "../validation/shape";
import { Validator, withPreconditions } from "../validation/validator";
import { NOT_EMPTY, ofFormat } from "../validation/value-rules";
import { aws } from "./aws";
import { Peer } from "./peer";
import { BUS_OFFSET, busPortOf, REDIS_PORT } from "./redis-ports";

/** The peers of the replicas. */
export interface RedisNetwork {
  /** The VPC of the replicas' subnets. */
  readonly vpcId: string;
  /**
   * All masters of the cluster. Every node of a cluster connects to every other node, in both directions, so the address
   * of one master is not sufficient.
   */
  readonly masters: Peer;
  /**
   * The clients of Redis on the replicas. Include all clients that write to the masters, since a replica can be promoted.
   * @default - only the nodes of the cluster
   */
  readonly clients?: Peer[];
  /**
   * Destinations of HTTP and HTTPS, from which instances download packages, the source of Redis and secrets. An empty
   * list is for images that need no downloads.
   * @default - all IPv4 addresses
   */
  readonly downloads?: Peer[];
  /**
   * Whether to allow the replicas in the masters' security group too, on both ports. Do not use it for a security group
   * with inline rules: Terraform would remove the added rules.
   * @default false
   */
  readonly openMasters?: boolean;
}

const PEER = oneOf(Peer, "securityGroup", "prefixList", "cidr");

/** The shapes of the properties of a network. */
export const NETWORK_SHAPES: Shapes<RedisNetwork> = {
  vpcId: required(text()),
  masters: required(PEER),
  clients: list(PEER),
  downloads: list(PEER),
  openMasters: boolean(),
};

export interface RedisSecurityGroupProps extends RedisNetwork {
  /** The tag `Name`. It can change, unlike the name of a security group. */
  readonly name: string;
  /**
   * The port of Redis, on replicas and masters.
   * @default 6379
   */
  readonly port?: number;
  /**
   * The port of the cluster bus.
   * @default - `port` + 10000
   */
  readonly busPort?: number;
  /**
   * Ports of masters that have another one than `port`; their bus is 10000 above.
   * @default - none
   */
  readonly masterPorts?: number[];
  /**
   * Ports of downloads beside those of HTTP and HTTPS, such as a proxy's.
   * @default - none
   */
  readonly downloadPorts?: number[];
  /**
   * Tags of the group and its rules.
   * @default - `Name` only
   */
  readonly tags?: { [name: string]: string };
  /**
   * The AWS provider to use.
   * @default - the stack's
   */
  readonly provider?: TerraformProvider;
}

/** What is served on one port. */
interface Service {
  /** Part of the rule's address in Terraform. */
  readonly name: string;
  readonly label: string;
  readonly port: number;
}

/** A rule of a security group: a service from or to a peer. */
interface SecurityGroupRule {
  readonly direction: "ingress" | "egress";
  readonly service: Service;
  readonly peer: Peer;
  /** The peer in the description of the rule. */
  readonly who: string;
}

const SECURITY_GROUP_SHAPES: Shapes<RedisSecurityGroupProps> = {
  ...NETWORK_SHAPES,
  name: required(text()),
  port: number(),
  busPort: number(),
  masterPorts: list(number()),
  downloadPorts: list(number()),
  tags: map(text()),
  provider: PROVIDER,
};

/**
 * A security group of replicas of a Redis Cluster. Each rule is a separate resource, named after its peer, so that a
 * change of one rule does not affect others. Every node connects to every other node, so the rules allow both directions.
 */
export class RedisSecurityGroup extends Construct {
  /** The Terraform resource, for attributes without a property here. */
  public readonly securityGroup: SecurityGroup;
  /** The ID of the security group, such as `sg-0123456789abcdef0`. */
  public readonly securityGroupId = late(() => this.securityGroup.id);
  /** All its rules. An instance needs them before it starts. */
  public readonly rules: ITerraformDependable[];
  /** What is the same for all rules. */
  private readonly common: {
    readonly provider?: TerraformProvider;
    readonly tags: { [name: string]: string };
  };
  /** The rule for clients, without a peer. */
  private readonly client: Omit<SecurityGroupRule, "peer">;
  /** The directions, ports and peers of the rules so far. */
  private readonly opened = new Set<string>();

  constructor(scope: Construct, id: string, props: RedisSecurityGroupProps) {
    super(ofThisFramework(scope), id);
    validateShapes(props, SECURITY_GROUP_SHAPES);
    const validator = new Validator();
    validator.value("vpcId", props.vpcId, ofFormat(VPC));
    validator.value("name", props.name, NOT_EMPTY);
    validator.across(openMastersConstraints(props.openMasters, props.masters.isSecurityGroup));
    const { SecurityGroup } = aws();
    const { provider } = props;
    const tags = named(props.name, props.tags);
    this.securityGroup = new SecurityGroup(this, "Resource", {
      provider,
      lifecycle: withPreconditions(undefined, validator.preconditions),
      vpcId: props.vpcId,
      // A change of either would replace the security group, and running instances would stay in the old one.
      namePrefix: "redis-replicas-",
      description: "Replicas of a Redis Cluster",
      tags,
    });
    this.common = { provider, tags };
    this.client = { direction: "ingress", service: commonServices(props)[0], who: CLIENTS };
    this.rules = this.keyed(rulesOf(props, Peer.securityGroup(this.securityGroupId)))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, rule]) => this.add(key, rule));
    if (props.openMasters) this.rules.push(...this.openMasters(props));
  }

  /**
   * Allows clients to connect to Redis on the replicas, as those of `clients`.
   * @param peer the clients
   */
  public allowFrom(peer: Peer): void {
    required(PEER)(["peer"], peer);
    for (const [key, rule] of this.keyed([{ ...this.client, peer }])) this.rules.push(this.add(key, rule));
  }

  /** The rules by their content, but those that open what is open already: AWS rejects duplicate rules. */
  private keyed(rules: readonly SecurityGroupRule[]): [key: string, rule: SecurityGroupRule][] {
    return rules.flatMap((rule): [string, SecurityGroupRule][] => {
      const who = rule.who === MEMBERS ? "members" : peerKey(this, rule.peer);
      const opens = `${rule.direction}-${rule.service.port}-${who}`;
      if (this.opened.has(opens)) return [];
      this.opened.add(opens);
      return [[`${rule.direction}-${rule.service.name}-${who}`, rule]];
    });
  }

  private add(
    key: string,
    { direction, service: { label, port }, peer, who }: SecurityGroupRule,
  ): ITerraformDependable {
    const { VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule } = aws();
    const Resource = direction === "ingress" ? VpcSecurityGroupIngressRule : VpcSecurityGroupEgressRule;
    return new Resource(this, key, {
      ...this.common,
      lifecycle: who === MEMBERS ? undefined : withPreconditions(undefined, peer._preconditions),
      securityGroupId: this.securityGroupId,
      [peer.attribute]: peer.value,
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
      description: `${label} ${direction === "ingress" ? "from" : "to"} ${who}`,
    });
  }

  private openMasters(props: RedisSecurityGroupProps): ITerraformDependable[] {
    const { VpcSecurityGroupIngressRule } = aws();
    const { masters } = props;
    return [...commonServices(props).reverse(), ...ownServices(props)].map(
      ({ name, label, port }) =>
        new VpcSecurityGroupIngressRule(this, `masters-${name}`, {
          ...this.common,
          lifecycle: withPreconditions(undefined, masters._preconditions),
          securityGroupId: masters.value,
          referencedSecurityGroupId: this.securityGroupId,
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          description: `${label} from replicas`,
        }),
    );
  }
}

/** Tags with a name, unless they have one. */
function named(name: string, tags: { [name: string]: string } = {}): { [name: string]: string } {
  if (!Token.isUnresolved(tags)) return { Name: name, ...tags };
  return Token.asStringMap(hcl`merge(${{ Name: name }}, ${tags})`);
}

const MEMBERS = "replicas";
const CLIENTS = "clients";

/** All rules. Of two equal rules, the first one is used, with its description. */
function rulesOf(props: RedisSecurityGroupProps, members: Peer): SecurityGroupRule[] {
  const { masters, clients = [], downloads = [Peer.cidr("0.0.0.0/0")] } = props;
  const [redis, bus] = commonServices(props);
  const nodes = [
    { peer: members, who: MEMBERS },
    { peer: masters, who: "masters" },
  ];
  return [
    ...nodes.flatMap((node) =>
      (["ingress", "egress"] as const).flatMap((direction) => [
        { direction, service: redis, ...node },
        { direction, service: bus, ...node },
      ]),
    ),
    ...ownServices(props).map((service) => ({
      direction: "egress" as const,
      service,
      peer: masters,
      who: "masters",
    })),
    ...clients.map((peer) => ({ direction: "ingress" as const, service: redis, peer, who: CLIENTS })),
    ...downloads.flatMap((peer) =>
      downloadServices(props).map((service) => ({
        direction: "egress" as const,
        service,
        peer,
        who: "downloads",
      })),
    ),
  ];
}

/** What the replicas serve, and the masters without ports of their own. */
function commonServices({ port = REDIS_PORT, busPort }: RedisSecurityGroupProps): [Service, Service] {
  return [
    { name: "redis", label: "Redis", port },
    { name: "bus", label: "Cluster bus", port: busPortOf(port, busPort) },
  ];
}

/** What masters with ports of their own serve, beside the common services. */
function ownServices(props: RedisSecurityGroupProps): Service[] {
  const common = commonServices(props).map(({ port }) => port);
  return (props.masterPorts ?? [])
    .flatMap((port) => [
      { name: `redis-${port}`, label: "Redis", port },
      { name: `bus-${port + BUS_OFFSET}`, label: "Cluster bus", port: port + BUS_OFFSET },
    ])
    .filter(({ port }) => port <= PORTS.most && !common.includes(port));
}

function downloadServices({ downloadPorts = [] }: RedisSecurityGroupProps): Service[] {
  return [
    { name: "http", label: "HTTP", port: 80 },
    { name: "https", label: "HTTPS", port: 443 },
    ...downloadPorts.map((port) => ({ name: `http-${port}`, label: "HTTP", port })),
  ];
}

/** Rules can only be added to a security group. */
export function openMastersConstraints(openMasters: unknown, mastersAreGroup: boolean): Constraint[] {
  return [
    {
      path: ["openMasters"],
      rule: "be left out unless `masters` is a security group",
      got: openMasters,
      holds: openMasters !== true || mastersAreGroup,
    },
  ];
}

/** The key of a peer, the same in every run. For a token, it is derived from its expression. */
function peerKey(scope: Construct, { value }: Peer): string {
  if (!Token.isUnresolved(value)) return value.toLowerCase();
  const resolver = new DefaultTokenResolver(new StringConcat());
  const expression = String(Tokenization.resolve(value, { scope, resolver, preparing: false }));
  return expression.replace(/[^\w.[\]-]+/g, "");
}
