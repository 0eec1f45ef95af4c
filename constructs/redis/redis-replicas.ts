import { Fn, type Precondition, type TerraformProvider, Token } from "cdktf";
import { Construct } from "constructs";
import { InstanceRole } from "../access/instance-role";
import { instanceRoleName } from "../access/policy-document";
import { masterPorts, masterPortsConstraint } from "../access/redis-ports";
import { type RedisNetwork, RedisSecurityGroup } from "../access/redis-security-group";
import { needsRole, type Secrets } from "../access/secrets";
import { type DataVolume } from "../elastigroup/data-volume";
import { type GroupProps, type StatefulElastigroupProps } from "../elastigroup/group-props";
import { StatefulElastigroup } from "../elastigroup/stateful-elastigroup";
import { ofThisFramework } from "../terraform/framework";
import { preconditions, violations } from "../validation/constraint";
import { REPLICAS } from "../validation/limits";
import { validateShapes } from "../validation/shape";
import { addValidation, ValidationError } from "../validation/validation-error";
import { Validator, withPreconditions } from "../validation/validator";
import { givenUnlessRule, within } from "../validation/value-rules";
import { type RedisAuth } from "./auth";
import { type BootOptions, BootScript } from "./boot-script";
import { DEFAULT_DESCRIPTION } from "./defaults";
import { defaultRootVolume, hasDefaultSize, keepVolumes } from "./default-root-volume";
import { type Failover } from "./failover";
import { installPorts, type InstallOptions } from "./install-options";
import { hostsOf, type MasterInZone } from "./master";
import { type RedisSettings } from "./redis-settings";
import { replicasConstraints, rootVolumeConstraints } from "./replicas-constraints";
import { secretSources } from "./replicas-secrets";
import { REPLICAS_SHAPES } from "./replicas-shapes";
import { type Shard, shardsConstraints, validateShards } from "./shard";
import { type RedisTls } from "./tls";

export interface RedisReplicasProps extends GroupProps {
  /**
   * The on-demand masters of the cluster: IPs or DNS names, with a port where that is not `redis.port`, and IPv6 in
   * brackets. One is sufficient to find the others. More are safer, since at least one of them must answer when a new
   * instance boots. A new replica does not follow a master that is in its own zone, if another can be followed: give
   * the zones of all masters.
   */
  readonly masters: (string | MasterInZone)[];
  /**
   * The total number of replicas, 1 to 1000, spread evenly over the shards.
   * @default - the sum of those in `shards`; one of the two must be given
   */
  readonly replicas?: number;
  /**
   * One group for each shard instead of one for all shards. Each shard then has its own number of replicas, which do not move
   * to other shards.
   * @default - one group, whose replicas are spread over the shards
   */
  readonly shards?: Shard[];
  /**
   * Existing security groups of every instance. At least one is required without `network`.
   * @default - only the security group of `network`
   */
  readonly securityGroupIds?: string[];
  /**
   * The peers of the replicas. Creates a security group, which requires an AWS provider.
   * @default - `securityGroupIds` must allow the connections
   */
  readonly network?: RedisNetwork;
  /**
   * The secrets that the instances may read, beside those of `auth` and `tls`. Creates a role and an instance profile,
   * which require an AWS provider. Not together with `iamInstanceProfile`.
   * @default - those of `auth` and `tls`, or what `iamInstanceProfile` allows
   */
  readonly secrets?: Secrets;
  /**
   * The AWS provider of the security group and the role.
   * @default - the stack's
   */
  readonly awsProvider?: TerraformProvider;
  /**
   * The Redis server of each replica.
   * @default - Redis 7.2.15 built from source, on port 6379
   */
  readonly redis?: RedisSettings;
  /**
   * How replicas authenticate to the cluster, and clients to them. Without `iamInstanceProfile`, creates a role that
   * may read these sources.
   * @default - without a password
   */
  readonly auth?: RedisAuth;
  /**
   * TLS for clients, replication and the cluster bus; the cluster's masters have it too. Without
   * `iamInstanceProfile`, creates a role that may read these sources.
   * @default - without TLS
   */
  readonly tls?: RedisTls;
  /**
   * A separate volume for the data of Redis and the agent's files about it. The agent formats a blank volume and mounts it
   * before each start of Redis. The data of the root volume is moved to a new volume.
   * @default - none: Redis keeps its data on the root volume
   */
  readonly dataVolume?: DataVolume;
  /**
   * Whether a replica may be promoted when its master fails.
   * @default Failover.ALLOWED
   */
  readonly failover?: Failover;
  /**
   * Your own shell code that the boot script runs before and after its own, and the location of the agent's archive.
   * @default - no additional shell; the agent of this version's release
   */
  readonly bootScript?: BootOptions;
  /**
   * How instances reach what they download.
   * @default - directly, from the archives' own sites
   */
  readonly install?: InstallOptions;
}

/** A group of replicas and the boot script of its instances. */
export interface ReplicaGroup {
  /**
   * The shard, if there is a group for each shard.
   * @default - all shards
   */
  readonly shard?: string;
  /** The group. */
  readonly group: StatefulElastigroup;
  /** The boot script of its instances. */
  readonly bootScript: BootScript;
}

/**
 * Replicas of a Redis Cluster on a stateful Elastigroup, or on one for each shard.
 *
 * Without `dataVolume` and `rootVolume.size`, the root volume is an encrypted gp3 volume of 8 GiB + 3 × data, where data
 * is `redis.maxMemory`, or else 75 % of the smallest type's memory. It has at least 32 GiB and at most 16 TiB; 100 GiB if
 * neither is known. The default applies when the group is created.
 */
export class RedisReplicas extends Construct {
  /** The groups: one, or one for each shard in the order of the shards. */
  public readonly members: ReplicaGroup[];
  /** The security group of the replicas, if `network` is given. */
  public readonly securityGroup?: RedisSecurityGroup;
  /** The role of the instances, if `secrets`, `auth` or `tls` is given. */
  public readonly instanceRole?: InstanceRole;

  constructor(scope: Construct, id: string, props: RedisReplicasProps) {
    super(ofThisFramework(scope), id);
    validateShapes(props, REPLICAS_SHAPES);
    validateProps(props);
    this.securityGroup = this.addSecurityGroup(props);
    this.instanceRole = this.addInstanceRole(props);
    const access = this.renderAccess(props);
    this.members =
      props.shards === undefined
        ? [this.addGroup("group", props, access, props.replicas!)]
        : props.shards.map((shard) =>
            this.addGroup(`shard-${shard.name}`, props, access, shard.replicas, shard),
          );
    addValidation(this, () => violations(replicasConstraints(props)));
  }

  /** The group of all replicas, if there is one for all shards. */
  public get group(): StatefulElastigroup {
    return this.only().group;
  }

  /** The boot script of the instances of that group. */
  public get bootScript(): BootScript {
    return this.only().bootScript;
  }

  private only(): ReplicaGroup {
    const [member, ...others] = this.members;
    if (!member || others.length > 0)
      throw new Error("`group` and `bootScript` are not available with `shards`; use `members`");
    return member;
  }

  private addGroup(
    id: string,
    props: RedisReplicasProps,
    access: ReturnType<RedisReplicas["renderAccess"]>,
    capacity: number,
    shard?: Shard,
  ): ReplicaGroup {
    const {
      masters,
      redis,
      auth,
      tls,
      failover,
      install,
      bootScript: { agent, ...steps } = {},
      ...group
    } = props;
    const dataVolume = group.dataVolume && (group.persistence?.dataVolume ?? true);
    const bootScript = new BootScript({
      ...{ masters, redis, auth, tls, failover, install, steps, agent, dataVolume },
      region: props.region,
      shard: shard?.master,
    });
    const isDefaultVolume = hasDefaultSize(group.rootVolume);
    const rootVolume = isDefaultVolume ? defaultRootVolume(props) : group.rootVolume;
    const lifecycle =
      isDefaultVolume && rootVolume !== undefined
        ? keepVolumes(group.lifecycle, rootVolume.device)
        : group.lifecycle;
    const elastigroup = new StatefulElastigroup(this, id, {
      ...group,
      ...access,
      ...(shard && { name: `${group.name}-${shard.name}`, privateIps: shard.privateIps, adopt: shard.adopt }),
      description: group.description ?? DEFAULT_DESCRIPTION,
      capacity,
      userData: bootScript.text,
      rootVolume,
      lifecycle: withPreconditions(lifecycle, [...bootScript.preconditions, ...across(props, shard)]),
    });
    // By its name, which is valid in every partition, and after the validation, which is for values of users.
    if (this.instanceRole)
      elastigroup.elastigroup.iamInstanceProfile = this.instanceRole.instanceProfile.name;
    return { shard: shard?.name, group: elastigroup, bootScript };
  }

  private addSecurityGroup(props: RedisReplicasProps): RedisSecurityGroup | undefined {
    const { network, name, tags, redis = {}, awsProvider } = props;
    if (network === undefined) return undefined;
    const { port, busPort } = redis;
    return new RedisSecurityGroup(this, "security-group", {
      ...network,
      name,
      port,
      busPort,
      masterPorts: masterPorts(mastersOf(props)),
      downloadPorts: installPorts(props.install),
      tags,
      provider: awsProvider,
    });
  }

  private addInstanceRole(props: RedisReplicasProps): InstanceRole | undefined {
    const { secrets, name, region, tags, awsProvider } = props;
    const sources = secretSources(props);
    if (!needsRole(props, sources)) return undefined;
    return new InstanceRole(this, "instance-role", {
      ...secrets,
      secretSources: sources,
      name: instanceRoleName(name, region),
      region,
      tags,
      provider: awsProvider,
    });
  }

  /** The first boot needs network access immediately, so the rules that allow it are created before the group. */
  private renderAccess(
    props: RedisReplicasProps,
  ): Pick<StatefulElastigroupProps, "securityGroupIds" | "dependsOn"> {
    const { securityGroup, instanceRole } = this;
    const before = [
      ...(props.dependsOn ?? []),
      ...(securityGroup ? securityGroup.rules : []),
      ...(instanceRole ? [instanceRole.policy] : []),
    ];
    return {
      securityGroupIds: together(props.securityGroupIds ?? [], securityGroup?.securityGroupId),
      dependsOn: before.length > 0 ? before : undefined,
    };
  }
}

/** A list with one more item. A list that is known only to Terraform is extended by an expression. */
function together(items: string[], item: string | undefined): string[] {
  if (item === undefined) return items;
  return Token.isUnresolved(items) ? (Fn.concat([items, [item]]) as string[]) : [...items, item];
}

/** Throws if no group can be created from the properties. */
function validateProps({
  replicas,
  shards,
  securityGroupIds,
  network,
  rootVolume,
}: RedisReplicasProps): void {
  const validator = new Validator();
  if (shards !== undefined) validateShards(shards);
  else if (replicas === undefined) throw new ValidationError("replicas", givenUnlessRule("shards"), replicas);
  // Terraform checks the same rule for the capacity of the group.
  if (replicas !== undefined) validator.value("replicas", replicas, within(REPLICAS));
  if ((securityGroupIds ?? network) === undefined)
    throw new ValidationError("securityGroupIds", givenUnlessRule("network"), securityGroupIds);
  validator.across(rootVolumeConstraints(rootVolume));
}

/** The named masters, of the cluster and of its shards; none of a list that is known only to Terraform. */
function mastersOf({ masters, shards = [] }: RedisReplicasProps): string[] {
  return [...(Token.isUnresolved(masters) ? [] : hostsOf(masters)), ...shards.map(({ master }) => master)];
}

/** The preconditions across all shards are added once: to the group of the first shard. */
function across(props: RedisReplicasProps, shard: Shard | undefined): Precondition[] {
  const { masters, shards = [], network } = props;
  if (shard !== shards[0]) return [];
  const unknown = mastersOf(props).filter((master) => Token.isUnresolved(master));
  const lists = [Token.isUnresolved(masters) ? hostsOf(masters) : [], unknown].filter(
    (list) => list.length > 0,
  );
  return preconditions([...shardsConstraints(shards), ...(network ? lists.map(masterPortsConstraint) : [])]);
}
