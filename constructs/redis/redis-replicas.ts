import { type ElastigroupAws } from "@cdktf/provider-spotinst/lib/elastigroup-aws";
import { dependable, Fn, type Precondition, Token } from "cdktf";
import { Construct } from "constructs";
import { InstanceRole } from "../access/instance-role";
import { instanceRoleName } from "../access/policy-document";
import { masterPorts, masterPortsConstraint } from "../access/redis-ports";
import { type Peer } from "../access/peer";
import { RedisSecurityGroup } from "../access/redis-security-group";
import { SECRET_SOURCE, type SecretSource } from "../access/secret-source";
import { isFetched, needsRole } from "../access/secrets";
import { StatefulElastigroup } from "../elastigroup/stateful-elastigroup";
import { ofThisFramework } from "../terraform/framework";
import { preconditions, violations } from "../validation/constraint";
import { REPLICAS } from "../validation/limits";
import { required, validateShapes } from "../validation/shape";
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
  /** The region of the instances. */
  public readonly region: string;
  private readonly props: RedisReplicasProps;
  private role?: InstanceRole;

  constructor(scope: Construct, id: string, props: RedisReplicasProps) {
    super(ofThisFramework(scope), id);
    validateShapes<RedisReplicasProps>(props, REPLICAS_SHAPES);
    validateProps(props);
    this.props = props;
    this.region = props.region;
    this.securityGroup = this.addSecurityGroup(props);
    this.groups =
      props.shards === undefined
        ? [this.addGroup("group", props, props.replicas!)]
        : props.shards.map((shard) => this.addGroup(`shard-${shard.name}`, props, shard.replicas, shard));
    const sources = secretSources(props);
    if (needsRole(props, sources)) this.addRole(sources);
    addValidation(this, () => violations(replicasConstraints(props)));
  }

  /** The role of the instances, if `secrets`, `auth`, `tls` or `grantReadSecret` needs one. */
  public get instanceRole(): InstanceRole | undefined {
    return this.role;
  }

  /**
   * Allows clients to connect to Redis on the replicas, as those of `network.clients`.
   * @param peer the clients
   */
  public allowFrom(peer: Peer): void {
    if (this.securityGroup === undefined)
      throw new ValidationError(
        "network",
        "be given with `allowFrom`, which adds a rule to its security group",
        undefined,
      );
    this.securityGroup.allowFrom(peer);
  }

  /**
   * Allows the instances to read a secret. Creates a role and an instance profile if there are none yet, which requires an
   * AWS provider.
   * @param source where the secret is
   */
  public grantReadSecret(source: SecretSource): void {
    required(SECRET_SOURCE)(["source"], source);
    if (!isFetched(source)) return;
    const { iamInstanceProfile } = this.props;
    if (this.role) this.role.grantReadSecret(source);
    else if (iamInstanceProfile === undefined) this.addRole([source]);
    else
      throw new ValidationError(
        "iamInstanceProfile",
        "be left out with `grantReadSecret`, which creates a profile",
        iamInstanceProfile,
      );
  }

  private addGroup(id: string, props: RedisReplicasProps, capacity: number, shard?: Shard): ReplicaGroup {
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
    // The first boot needs network access immediately.
    const before = [...(props.dependsOn ?? []), ...(this.securityGroup?.rules ?? [])];
    const isDefaultVolume = hasDefaultSize(group.rootVolume);
    const rootVolume = isDefaultVolume ? defaultRootVolume(props) : group.rootVolume;
    const lifecycle =
      isDefaultVolume && rootVolume !== undefined
        ? keepVolumes(group.lifecycle, rootVolume.device)
        : group.lifecycle;
    const elastigroup = new StatefulElastigroup(this, id, {
      ...group,
      securityGroupIds: together(props.securityGroupIds ?? [], this.securityGroup?.securityGroupId),
      dependsOn: before.length > 0 ? before : undefined,
      ...(shard && { name: `${group.name}-${shard.name}`, privateIps: shard.privateIps, adopt: shard.adopt }),
      description: group.description ?? DEFAULT_DESCRIPTION,
      capacity,
      userData: bootScript.text,
      rootVolume,
      lifecycle: withPreconditions(lifecycle, [...bootScript.preconditions, ...across(props, shard)]),
    });
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

  /** Adds the role of the instances, with the permission to read these sources. */
  private addRole(secretSources: SecretSource[]): void {
    const { secrets, name, region, tags, awsProvider } = this.props;
    this.role = new InstanceRole(this, "instance-role", {
      ...secrets,
      secretSources,
      name: instanceRoleName(name, region),
      region,
      tags,
      provider: awsProvider,
    });
    for (const { group } of this.groups) useRole(group.elastigroup, this.role);
  }
}

/** By the name of its profile, which is valid in every partition. The first boot needs its permissions immediately. */
function useRole(elastigroup: ElastigroupAws, { instanceProfileName, policy }: InstanceRole): void {
  elastigroup.iamInstanceProfile = instanceProfileName;
  elastigroup.dependsOn = [...(elastigroup.dependsOn ?? []), dependable(policy)];
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
