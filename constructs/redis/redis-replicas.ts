import { Fn, type Precondition, type TerraformProvider, Token } from "cdktf";
import { Construct } from "constructs";
import { InstanceRole } from "../access/instance-role";
import { instanceRoleName } from "../access/policy-document";
import { type RedisNetwork, RedisSecurityGroup } from "../access/redis-security-group";
import { type Secrets } from "../access/secrets";
import { type DataVolume } from "../elastigroup/data-volume";
import { type GroupProps, type StatefulElastigroupProps } from "../elastigroup/group-props";
import { StatefulElastigroup } from "../elastigroup/stateful-elastigroup";
import { preconditions, violations } from "../validation/constraint";
import { REPLICAS } from "../validation/limits";
import { validateShapes } from "../validation/shape";
import { addValidation, ValidationError } from "../validation/validation-error";
import { Validator, withPreconditions } from "../validation/validator";
import { givenUnlessRule, within } from "../validation/value-rules";
import { type BootOptions, BootScript } from "./boot-script";
import { DEFAULT_DESCRIPTION } from "./defaults";
import { defaultRootVolume, hasDefaultSize, keepVolumes } from "./default-root-volume";
import { type Failover } from "./failover";
import { type RedisSettings } from "./redis-settings";
import { replicasConstraints, rootVolumeConstraints } from "./replicas-constraints";
import { REPLICAS_SHAPES } from "./replicas-shapes";
import { type Shard, shardsConstraints, validateShards } from "./shard";

export interface RedisReplicasProps extends GroupProps {
  /**
   * The cluster's on-demand masters: IPs or DNS names without a port. One is enough to find the others;
   * more are safer, for one of them must answer when a first instance boots.
   */
  readonly masters: string[];
  /**
   * Replicas in all, 1 to 1000, spread evenly over the shards.
   * @default - those of `shards`; one of the two must be given
   */
  readonly replicas?: number;
  /**
   * One group for each shard instead of one for all, so that a shard's replicas are as many as it asks for and
   * stay its own.
   * @default - one group, whose replicas spread over the shards
   */
  readonly shards?: Shard[];
  /**
   * Security groups of every instance that are there already; without `network` at least one.
   * @default - that of `network` only
   */
  readonly securityGroupIds?: string[];
  /**
   * Who talks to the replicas: makes a security group for them, which needs an AWS provider.
   * @default - `securityGroupIds` open what is needed
   */
  readonly network?: RedisNetwork;
  /**
   * What the instances may read: makes a role and an instance profile for them, which need an AWS provider.
   * Not together with `iamInstanceProfile`.
   * @default - what `iamInstanceProfile` allows
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
   * A volume beside the root for Redis's data and what the agent remembers of it. The agent formats it when it is
   * blank, and mounts it before each start of Redis; a new one begins with the data that the root volume has.
   * @default - none: Redis keeps its data on the root volume
   */
  readonly dataVolume?: DataVolume;
  /**
   * Whether a replica may be promoted when its master fails.
   * @default Failover.ALLOWED
   */
  readonly failover?: Failover;
  /**
   * Shell of one's own that the boot script runs before and after its own work, and where it downloads the agent.
   * @default - no additional shell; the agent of this version's release
   */
  readonly bootScript?: BootOptions;
}

/** A group of replicas with what its instances run. */
export interface ReplicaGroup {
  /**
   * The shard, where the replicas are grouped by shard.
   * @default - all shards
   */
  readonly shard?: string;
  /** The group. */
  readonly group: StatefulElastigroup;
  /** What each of its instances runs. */
  readonly bootScript: BootScript;
}

/**
 * Replicas of a Redis Cluster on a stateful Elastigroup, or on one for each shard.
 *
 * Without `dataVolume` and `rootVolume.size`, the root volume is an encrypted gp3 volume of 8 GiB and three times
 * `redis.maxMemory`, or three quarters of the smallest type's memory; at least 32 GiB, and 100 if no memory is known.
 * The default applies when the group is created.
 */
export class RedisReplicas extends Construct {
  /** The groups: one, or one for each shard in their order. */
  public readonly members: ReplicaGroup[];
  /** Their own security group, where `network` asks for one. */
  public readonly securityGroup?: RedisSecurityGroup;
  /** Their role, where `secrets` asks for one. */
  public readonly instanceRole?: InstanceRole;

  constructor(scope: Construct, id: string, props: RedisReplicasProps) {
    super(scope, id);
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

  /** The group that runs the replicas, where there is one for all. */
  public get group(): StatefulElastigroup {
    return this.only().group;
  }

  /** What each instance of the one group runs. */
  public get bootScript(): BootScript {
    return this.only().bootScript;
  }

  private only(): ReplicaGroup {
    const [member, ...others] = this.members;
    if (!member || others.length > 0) throw new Error("there is a group for each shard: see `members`");
    return member;
  }

  private addGroup(
    id: string,
    props: RedisReplicasProps,
    access: ReturnType<RedisReplicas["renderAccess"]>,
    capacity: number,
    shard?: Shard,
  ): ReplicaGroup {
    const { masters, redis, failover, bootScript: { agent, ...steps } = {}, ...group } = props;
    const dataVolume = group.dataVolume && (group.persistence?.dataVolume ?? true);
    const bootScript = new BootScript({
      ...{ masters, redis, failover, steps, agent, dataVolume },
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
      lifecycle: withPreconditions(lifecycle, [...bootScript.preconditions, ...across(props.shards, shard)]),
    });
    // By its name, which every partition takes, and after the checks, which are for what users give.
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
      tags,
      provider: awsProvider,
    });
  }

  private addInstanceRole(props: RedisReplicasProps): InstanceRole | undefined {
    const { secrets, name, region, tags, awsProvider } = props;
    if (secrets === undefined) return undefined;
    return new InstanceRole(this, "instance-role", {
      ...secrets,
      name: instanceRoleName(name, region),
      region,
      tags,
      provider: awsProvider,
    });
  }

  /** The first boot fetches and joins at once, so whatever opens the way for it comes before the group. */
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

/** A list and one item more; a list that only Terraform knows is extended by Terraform. */
function together(items: string[], item: string | undefined): string[] {
  if (item === undefined) return items;
  return Token.isUnresolved(items) ? (Fn.concat([items, [item]]) as string[]) : [...items, item];
}

/** Throws where a group could not even be made of the properties. */
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
  // As the group's capacity it is held against the same rule in Terraform.
  if (replicas !== undefined) validator.value("replicas", replicas, within(REPLICAS));
  if ((securityGroupIds ?? network) === undefined)
    throw new ValidationError("securityGroupIds", givenUnlessRule("network"), securityGroupIds);
  validator.across(rootVolumeConstraints(rootVolume));
}

/** What holds of all shards together is seen to once: at the first one's group. */
function across(shards: Shard[] = [], shard: Shard | undefined): Precondition[] {
  return shard === shards[0] ? preconditions(shardsConstraints(shards)) : [];
}
