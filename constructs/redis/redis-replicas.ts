import { Fn, type Precondition, Token } from "cdktf";
import { Construct } from "constructs";
import { InstanceRole } from "../access/instance-role";
import { instanceRoleName } from "../access/policy-document";
import { masterPorts, masterPortsConstraint } from "../access/redis-ports";
import { RedisSecurityGroup } from "../access/redis-security-group";
import { needsRole } from "../access/secrets";
import { type StatefulElastigroupProps } from "../elastigroup/group-props";
import { StatefulElastigroup } from "../elastigroup/stateful-elastigroup";
import { ofThisFramework } from "../terraform/framework";
import { preconditions, violations } from "../validation/constraint";
import { REPLICAS } from "../validation/limits";
import { validateShapes } from "../validation/shape";
import { addValidation, ValidationError } from "../validation/validation-error";
import { Validator, withPreconditions } from "../validation/validator";
import { givenUnlessRule, within } from "../validation/value-rules";
import { BootScript } from "./boot-script";
import { DEFAULT_DESCRIPTION } from "./defaults";
import { defaultRootVolume, hasDefaultSize, keepVolumes } from "./default-root-volume";
import { installPorts } from "./install-options";
import { hostsOf } from "./master";
import { replicasConstraints, rootVolumeConstraints } from "./replicas-constraints";
import { type RedisReplicasProps } from "./replicas-props";
import { secretSources } from "./replicas-secrets";
import { REPLICAS_SHAPES } from "./replicas-shapes";
import { type Shard, shardsConstraints, validateShards } from "./shard";

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
  public readonly groups: ReplicaGroup[];
  /** The security group of the replicas, if `network` is given. */
  public readonly securityGroup?: RedisSecurityGroup;
  /** The role of the instances, if `secrets`, `auth` or `tls` is given. */
  public readonly instanceRole?: InstanceRole;
  /** The region of the instances. */
  public readonly region: string;

  constructor(scope: Construct, id: string, props: RedisReplicasProps) {
    super(ofThisFramework(scope), id);
    validateShapes<RedisReplicasProps>(props, REPLICAS_SHAPES);
    validateProps(props);
    this.region = props.region;
    this.securityGroup = this.addSecurityGroup(props);
    this.instanceRole = this.addInstanceRole(props);
    const access = this.renderAccess(props);
    this.groups =
      props.shards === undefined
        ? [this.addGroup("group", props, access, props.replicas!)]
        : props.shards.map((shard) =>
            this.addGroup(`shard-${shard.name}`, props, access, shard.replicas, shard),
          );
    addValidation(this, () => violations(replicasConstraints(props)));
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
    if (this.instanceRole) elastigroup.elastigroup.iamInstanceProfile = this.instanceRole.instanceProfileName;
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
