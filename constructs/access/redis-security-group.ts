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
import { type Constraint } from "../validation/constraint";
import { VPC } from "../validation/formats";
import { list, object, oneOf, required, type Shapes, validateShapes } from "../validation/shape";
import { Validator, withPreconditions } from "../validation/validator";
import { NOT_EMPTY, ofFormat } from "../validation/value-rules";
import { aws } from "./aws";
import { Peer } from "./peer";
import { busPortOf, REDIS_PORT } from "./redis-ports";

/** Who talks to the replicas, and to whom they talk. */
export interface RedisNetwork {
  /** The VPC of the replicas' subnets. */
  readonly vpcId: string;
  /**
   * The cluster's masters, all of them: every node of a cluster keeps a link to every other, in both
   * directions, so the address of one master is not enough.
   */
  readonly masters: Peer;
  /**
   * Who may use Redis on the replicas. Whoever writes to the masters belongs here, for a replica can be promoted.
   * @default - the cluster's nodes only
   */
  readonly clients?: Peer[];
  /**
   * Where instances may fetch from, by HTTP and HTTPS: packages, a release's sources, secrets. An empty list
   * is for images that bring everything.
   * @default - everywhere, by IPv4
   */
  readonly downloads?: Peer[];
  /**
   * Whether to let the replicas into the masters' security group too, on both ports. Not for a group whose
   * rules are written inside its own resource: Terraform would remove ours there.
   * @default false
   */
  readonly openMasters?: boolean;
}

const peer = oneOf(Peer, "securityGroup", "prefixList", "cidr");

/** The shapes of a network. */
export const NETWORK_SHAPES: Shapes<RedisNetwork> = {
  masters: required(peer),
  clients: list(required(peer)),
  downloads: list(required(peer)),
};

export interface RedisSecurityGroupProps extends RedisNetwork {
  /** The tag `Name`; a security group's own name could not follow a change. */
  readonly name: string;
  /**
   * Redis's port, on replicas and masters.
   * @default 6379
   */
  readonly port?: number;
  /**
   * The port of the cluster bus.
   * @default - `port` + 10000
   */
  readonly busPort?: number;
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

/** One rule: a service from or to a peer. */
interface SecurityGroupRule {
  readonly direction: "ingress" | "egress";
  readonly service: keyof Ports;
  readonly peer: Peer;
  /** Who that is, for the rule's description. */
  readonly who: string;
}

interface Ports {
  readonly redis: number;
  readonly bus: number;
  readonly http: number;
  readonly https: number;
}

const LABELS = { redis: "Redis", bus: "Cluster bus", http: "HTTP", https: "HTTPS" };

/**
 * A security group of replicas of a Redis Cluster. Each rule is a resource of its own, called after its peer, so
 * that no change of one touches another. A node links to every other by itself: hence both directions.
 */
export class RedisSecurityGroup extends Construct {
  /** The resource itself, for what this construct does not offer. */
  public readonly securityGroup: SecurityGroup;
  /** All its rules: what an instance needs before it starts. */
  public readonly rules: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: RedisSecurityGroupProps) {
    super(scope, id);
    validateShapes<RedisSecurityGroupProps>(props, { ...NETWORK_SHAPES, tags: object() });
    const validator = new Validator();
    validator.value("vpcId", props.vpcId, ofFormat(VPC));
    validator.value("name", props.name, NOT_EMPTY);
    validator.across(openMastersConstraints(props.openMasters, props.masters.isSecurityGroup));
    const { SecurityGroup } = aws();
    const { provider } = props;
    const tags = { Name: props.name, ...props.tags };
    this.securityGroup = new SecurityGroup(this, "Resource", {
      provider,
      lifecycle: withPreconditions(undefined, validator.preconditions),
      vpcId: props.vpcId,
      // A change of either would be another group, and running instances stay in the first.
      namePrefix: "redis-replicas-",
      description: "Replicas of a Redis Cluster",
      tags,
    });
    const ports = portsOf(props);
    this.rules = [...this.keyed(rulesOf(props, Peer.securityGroup(this.securityGroupId)), ports)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, rule]) => this.add(key, rule, ports, { provider, tags }));
    if (props.openMasters) this.rules.push(...this.openMasters(props.masters, ports, { provider, tags }));
  }

  /** The group's id, such as `sg-0123456789abcdef0`. */
  public get securityGroupId(): string {
    return this.securityGroup.id;
  }

  /** Each rule by what it is; AWS refuses a second one that opens the same. */
  private keyed(rules: readonly SecurityGroupRule[], ports: Ports): Map<string, SecurityGroupRule> {
    const found = new Map<string, SecurityGroupRule>();
    const opened = new Set<string>();
    for (const rule of rules) {
      const who = rule.who === MEMBERS ? "members" : peerKey(this, rule.peer);
      const opens = `${rule.direction}-${ports[rule.service]}-${who}`;
      if (!opened.has(opens)) found.set(`${rule.direction}-${rule.service}-${who}`, rule);
      opened.add(opens);
    }
    return found;
  }

  private add(
    key: string,
    { direction, service, peer, who }: SecurityGroupRule,
    ports: Ports,
    common: { provider?: TerraformProvider; tags: { [name: string]: string } },
  ): ITerraformDependable {
    const { VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule } = aws();
    const Resource = direction === "ingress" ? VpcSecurityGroupIngressRule : VpcSecurityGroupEgressRule;
    return new Resource(this, key, {
      ...common,
      lifecycle: who === MEMBERS ? undefined : withPreconditions(undefined, peer._preconditions),
      securityGroupId: this.securityGroupId,
      [peer.attribute]: peer.value,
      ipProtocol: "tcp",
      fromPort: ports[service],
      toPort: ports[service],
      description: `${LABELS[service]} ${direction === "ingress" ? "from" : "to"} ${who}`,
    });
  }

  private openMasters(
    masters: Peer,
    ports: Ports,
    common: { provider?: TerraformProvider; tags: { [name: string]: string } },
  ): ITerraformDependable[] {
    const { VpcSecurityGroupIngressRule } = aws();
    return (["bus", "redis"] as const).map(
      (service) =>
        new VpcSecurityGroupIngressRule(this, `masters-${service}`, {
          ...common,
          lifecycle: withPreconditions(undefined, masters._preconditions),
          securityGroupId: masters.value,
          referencedSecurityGroupId: this.securityGroupId,
          ipProtocol: "tcp",
          fromPort: ports[service],
          toPort: ports[service],
          description: `${LABELS[service]} from replicas`,
        }),
    );
  }
}

const MEMBERS = "replicas";

/** In this order where two open the same: the description is the first one's. */
function rulesOf(props: RedisNetwork, members: Peer): SecurityGroupRule[] {
  const { masters, clients = [], downloads = [Peer.cidr("0.0.0.0/0")] } = props;
  const nodes = [
    { peer: members, who: MEMBERS },
    { peer: masters, who: "masters" },
  ];
  return [
    ...nodes.flatMap((node) =>
      (["ingress", "egress"] as const).flatMap((direction) => [
        { direction, service: "redis" as const, ...node },
        { direction, service: "bus" as const, ...node },
      ]),
    ),
    ...clients.map((peer) => ({
      direction: "ingress" as const,
      service: "redis" as const,
      peer,
      who: "clients",
    })),
    ...downloads.flatMap((peer) =>
      (["http", "https"] as const).map((service) => ({
        direction: "egress" as const,
        service,
        peer,
        who: "downloads",
      })),
    ),
  ];
}

/** Only of a security group are there rules to add to. */
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

function portsOf({ port = REDIS_PORT, busPort }: RedisSecurityGroupProps): Ports {
  return { redis: port, bus: busPortOf(port, busPort), http: 80, https: 443 };
}

/** What tells a peer from others, the same in every run: a token by the expression it stands for. */
function peerKey(scope: Construct, { value }: Peer): string {
  if (!Token.isUnresolved(value)) return value.toLowerCase();
  const resolver = new DefaultTokenResolver(new StringConcat());
  const expression = String(Tokenization.resolve(value, { scope, resolver, preparing: false }));
  return expression.replace(/[^\w.[\]-]+/g, "");
}
