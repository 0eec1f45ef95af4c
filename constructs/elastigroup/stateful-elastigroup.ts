import { ElastigroupAws, type ElastigroupAwsConfig } from "@cdktf/provider-spotinst/lib/elastigroup-aws";
import { type IResolvable, Op, TerraformIterator, TerraformStack, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { ofThisFramework } from "../terraform/framework";
import { hcl } from "../terraform/hcl";
import { ImportBlock } from "../terraform/import-block";
import { late } from "../terraform/late";
import { acceptVersions, SPOTINST_VERSION } from "../terraform/versions";
import { preconditions, violations } from "../validation/constraint";
import {
  GROUP_ID,
  IMAGE,
  INSTANCE_PROFILE,
  IPV4,
  NAME,
  REGION,
  SECURITY_GROUP,
  TARGET_GROUP,
} from "../validation/formats";
import { HOPS, REPLICAS } from "../validation/limits";
import { warnOfUnknownWord } from "../validation/known-words";
import { validateShapes } from "../validation/shape";
import { validateTags } from "../validation/tags";
import { addValidation, ValidationError } from "../validation/validation-error";
import { Validator } from "../validation/validator";
import { NOT_EMPTY, ofFormat, terraformPattern, within } from "../validation/value-rules";
import { Architecture } from "./architecture";
import { DATA_DEVICE, DataVolumeMode, validateDataVolume } from "./data-volume";
import { groupConstraints, plainGroup } from "./group-constraints";
import { ignoresZones, renderLifecycle } from "./group-lifecycle";
import { ELASTIGROUP_SHAPES } from "./group-shapes";
import { type StatefulElastigroupProps } from "./group-props";
import { healthCheckOf, HealthCheckType, validateHealthCheck } from "./health-check";
import { type InstanceTypes, validateInstanceTypes } from "./instance-types";
import { Orientation } from "./orientation";
import { ATTRIBUTE } from "./reserved-attributes";
import { ROOT_DEVICE } from "./root-volume";
import { renderRoute53, validateRoute53 } from "./route53-domain";
import { renderStrategy, validateStrategy } from "./strategy";
import { UserData } from "./user-data";
import { renderVolume, validateVolume, VolumeType } from "./volume";
import { itemsConstraints, zoneItems } from "./zone-items";
import { ZoneSyncGuard } from "./zone-sync-guard";

/** The prefix of an instance profile's name, where the provider does not accept its ARN. */
const FOREIGN_ARN = /^arn:aws-[a-z-]+:iam::\d{12}:instance-profile\/(.*\/)?/;

/** A stateful Elastigroup: one of this app, or one that exists elsewhere. */
export interface IStatefulElastigroup extends IConstruct {
  /** The ID of the group in Spot, such as `sig-1a2b3c4d`. */
  readonly groupId: string;
}

/** A stateful Elastigroup on AWS: its instances keep their volumes and private IPs at a replacement. */
export class StatefulElastigroup extends Construct implements IStatefulElastigroup {
  /**
   * A group that this app does not manage. To manage an existing group, use `adopt` instead.
   * @param groupId its ID in Spot, such as `sig-1a2b3c4d`, or a token
   */
  public static fromGroupId(scope: Construct, id: string, groupId: string): IStatefulElastigroup {
    if (!Token.isUnresolved(groupId)) new Validator().value("groupId", groupId, ofFormat(GROUP_ID));
    return new ExistingElastigroup(ofThisFramework(scope), id, groupId);
  }

  /** The Terraform resource, for attributes without a property here. */
  public readonly elastigroup: ElastigroupAws;
  /** The ID of the group in Spot, such as `sig-1a2b3c4d`. */
  public readonly groupId = late(() => this.elastigroup.id);
  /** The given name of the group in Spot. */
  public readonly groupName: string;
  /** The given private IPs of the instances. The provider has no attribute for addresses that Spot chose. */
  public readonly privateIps?: string[];
  /** SHA-256 of the user data in hex, if there is user data. */
  public readonly userDataSha256?: string;

  constructor(scope: Construct, id: string, props: StatefulElastigroupProps) {
    super(ofThisFramework(scope), id);
    validateShapes(props, ELASTIGROUP_SHAPES);
    acceptVersions(TerraformStack.of(this), "spotinst", SPOTINST_VERSION);
    const validator = new Validator();
    validateNames(props, validator);
    validateMachine(props, validator);
    validateInstanceTypes(props.instanceTypes, validator);
    validateStrategy(props.strategy ?? {}, validator);
    validateHealthCheck(props.healthCheck, validator);
    this.warnOfUnknownWords(props);
    const zones = zoneItems(this, props.availabilityZones);
    const constraints = [
      ...groupConstraints(plainGroup(props)),
      ...itemsConstraints(props.availabilityZones, zones, props.region),
    ];
    addValidation(this, () => violations(constraints));

    const userData =
      props.userData === undefined ? undefined : new UserData(this, "user-data", { text: props.userData });
    this.groupName = props.name;
    this.privateIps = props.privateIps;
    this.userDataSha256 = userData?.sha256;
    validator.add(preconditions(constraints));
    if (userData) validator.add(userData.preconditions);
    this.elastigroup = new ElastigroupAws(this, "Resource", {
      provider: props.provider,
      dependsOn: props.dependsOn,
      lifecycle: renderLifecycle(props, validator.preconditions),
      name: props.name,
      description: props.description ?? "Stateful Elastigroup, managed by Terraform",
      region: props.region,
      product: "Linux/UNIX",
      availabilityZones: zones,
      ...this.renderCapacity(props.capacity),
      ...this.renderMachine(props),
      ...renderStrategy(props.strategy ?? {}),
      ...this.renderPersistence(props),
      ...this.renderHealth(props),
      userData: userData?.encoded,
      tags: props.tags && renderTags(props.tags),
      updatePolicy: {
        shouldRoll: false,
        shouldResumeStateful: props.resumePaused ?? false,
        autoApplyTags: true,
      },
    });
    this.validateIgnored(props.ignoreChanges);
    for (const [attribute, value] of Object.entries(props.overrides ?? {}))
      this.elastigroup.addOverride(attribute, value);
    if (props.adopt !== undefined) this.adopt(props.adopt);
    new ZoneSyncGuard(this, "zones-sent", {
      elastigroup: this.elastigroup,
      adopted: props.adopt !== undefined,
      ignored: ignoresZones(props.lifecycle),
    });
  }

  /** Throws where the resource has no such attribute; its binding knows all of them. */
  private validateIgnored(ignored: string[] = []): void {
    if (ignored.length === 0) return;
    const known = Object.keys(this.elastigroup["synthesizeAttributes"]());
    for (const [index, name] of ignored.entries()) {
      if (!known.includes(name)) throw new ValidationError(["ignoreChanges", index], ATTRIBUTE.rule, name);
    }
  }

  /** Spot and EC2 define these words, and may add some. */
  private warnOfUnknownWords(props: StatefulElastigroupProps): void {
    const { architecture, strategy, healthCheck, rootVolume, dataVolume } = props;
    warnOfUnknownWord(this, "architecture", architecture, Architecture);
    warnOfUnknownWord(this, "strategy.orientation", strategy?.orientation, Orientation);
    warnOfUnknownWord(this, "healthCheck.checkType", healthCheck?.checkType, HealthCheckType);
    warnOfUnknownWord(this, "rootVolume.volumeType", rootVolume?.volumeType, VolumeType);
    warnOfUnknownWord(this, "dataVolume.volumeType", dataVolume?.volumeType, VolumeType);
  }

  /** Imports an existing group. */
  private adopt(id: string): void {
    if (Token.isUnresolved(id))
      throw new ValidationError("adopt", "be known before Terraform runs", "a token");
    new Validator().value("adopt", id, ofFormat(GROUP_ID));
    new ImportBlock(this, "import", { to: this.elastigroup, id });
  }

  private renderCapacity(
    capacity: number,
  ): Pick<ElastigroupAwsConfig, "capacityUnit" | "minSize" | "maxSize" | "desiredCapacity"> {
    return { capacityUnit: "instance", minSize: capacity, maxSize: capacity, desiredCapacity: capacity };
  }

  private renderMachine(
    props: StatefulElastigroupProps,
  ): Partial<ElastigroupAwsConfig> & { securityGroups: string[] } {
    return {
      imageId: props.imageId,
      ...this.renderTypes(props.instanceTypes),
      preferredAvailabilityZones: props.availabilityZones.preferred,
      securityGroups: props.securityGroupIds,
      keyName: props.keyPair,
      iamInstanceProfile: this.renderProfile(props.iamInstanceProfile),
      placementTenancy: "default",
      ebsOptimized: props.ebsOptimized ?? true,
      enableMonitoring: props.monitoring ?? false,
      metadataOptions: {
        httpTokens: "required",
        httpPutResponseHopLimit: props.metadataHopLimit ?? HOPS.default,
        instanceMetadataTags: renderSwitch(props.instanceMetadataTags),
      },
      targetGroupArns: props.targetGroupArns,
      integrationRoute53: props.route53 && renderRoute53(props.route53),
      resourceTagSpecification: [
        { shouldTagVolumes: true, shouldTagSnapshots: true, shouldTagEnis: true, shouldTagAmis: true },
      ],
    };
  }

  /** The provider recognizes only ARNs of the partition `aws` and would send other ARNs as names. */
  private renderProfile(profile: string | undefined): string | undefined {
    if (profile === undefined) return undefined;
    if (!Token.isUnresolved(profile)) return profile.replace(FOREIGN_ARN, "");
    const name = hcl`replace(${profile}, ${`/${terraformPattern(FOREIGN_ARN)}/`}, "")`;
    return hcl`${profile} == null ? null : ${name}`.toString();
  }

  private renderTypes({
    onDemand,
    spot,
    preferredSpot,
    resourceRequirements,
  }: InstanceTypes): Partial<ElastigroupAwsConfig> {
    return {
      // Spot takes one of the two.
      ...(Array.isArray(onDemand) ? { onDemandTypes: onDemand } : { instanceTypesOndemand: onDemand }),
      instanceTypesSpot: spot,
      instanceTypesPreferredSpot: preferredSpot,
      resourceRequirements: resourceRequirements && [
        {
          requiredMemoryMinimum: resourceRequirements.minMemory,
          requiredMemoryMaximum: resourceRequirements.maxMemory,
          requiredVcpuMinimum: resourceRequirements.minVcpus,
          requiredVcpuMaximum: resourceRequirements.maxVcpus,
          excludedInstanceFamilies: resourceRequirements.excludedFamilies,
          excludedInstanceTypes: resourceRequirements.excludedTypes,
          excludedInstanceGenerations: resourceRequirements.excludedGenerations,
        },
      ],
    };
  }

  private renderPersistence(props: StatefulElastigroupProps): Partial<ElastigroupAwsConfig> {
    const { persistence = {}, dataVolume, deallocation = {} } = props;
    return {
      persistRootDevice: persistence.rootVolume ?? true,
      persistPrivateIp: persistence.privateIp ?? true,
      persistBlockDevices: dataVolume === undefined ? false : (persistence.dataVolume ?? true),
      blockDevicesMode: dataVolume && (dataVolume.mode ?? DataVolumeMode.REATTACH).value,
      ebsBlockDevice: this.renderVolumes(props),
      privateIps: props.privateIps,
      // The remaining resources of a destroyed group would cost money without being used.
      statefulDeallocation: {
        shouldDeleteImages: deallocation.images ?? true,
        shouldDeleteNetworkInterfaces: true,
        shouldDeleteSnapshots: deallocation.snapshots ?? true,
        shouldDeleteVolumes: deallocation.volumes ?? true,
      },
    };
  }

  /** A kept volume must not be deleted with its instance. Any other volume must be, or each replacement would leave one. */
  private renderVolumes(props: StatefulElastigroupProps): ElastigroupAwsConfig["ebsBlockDevice"] {
    const { rootVolume, dataVolume, persistence = {} } = props;
    const root = rootVolume && [
      renderVolume(rootVolume, rootVolume.device ?? ROOT_DEVICE, not(persistence.rootVolume ?? true)),
    ];
    const data = dataVolume && [
      {
        ...renderVolume(dataVolume, dataVolume.device ?? DATA_DEVICE, not(persistence.dataVolume ?? true)),
        snapshotId: dataVolume.snapshotId,
      },
    ];
    return root || data ? [...(root ?? []), ...(data ?? [])] : undefined;
  }

  private renderHealth({
    autoHealing,
    healthCheck,
  }: StatefulElastigroupProps): Partial<ElastigroupAwsConfig> {
    const { checkType, gracePeriod, unhealthyDuration } = healthCheckOf(healthCheck);
    return {
      autoHealing: autoHealing ?? true,
      healthCheckType: checkType.value,
      healthCheckGracePeriod: gracePeriod,
      healthCheckUnhealthyDurationBeforeReplacement: unhealthyDuration,
    };
  }
}

/** A group that exists elsewhere. */
class ExistingElastigroup extends Construct implements IStatefulElastigroup {
  constructor(
    scope: Construct,
    id: string,
    public readonly groupId: string,
  ) {
    super(scope, id);
  }
}

function not(value: boolean | IResolvable): boolean | IResolvable {
  return typeof value === "boolean" ? !value : Op.not(value);
}

/** A switch that the provider takes as a word. */
function renderSwitch(value: boolean | IResolvable | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "boolean") return value ? "enabled" : "disabled";
  return hcl`${value} == null ? null : ${value} ? "enabled" : "disabled"`.toString();
}

/** Each tag is a block. */
function renderTags(tags: { [name: string]: string }): ElastigroupAwsConfig["tags"] {
  if (!Token.isUnresolved(tags)) return Object.entries(tags).map(([key, value]) => ({ key, value }));
  const each = TerraformIterator.fromMap(tags);
  return each.dynamic({ key: each.key, value: each.value as string });
}

function validateNames(props: StatefulElastigroupProps, validator: Validator): void {
  validator.value("name", props.name, ofFormat(NAME));
  validator.value("region", props.region, ofFormat(REGION));
  validator.value("imageId", props.imageId, ofFormat(IMAGE));
  if (props.description !== undefined) validator.value("description", props.description, NOT_EMPTY);
  validator.optional("keyPair", props.keyPair, NOT_EMPTY);
  validator.optional("iamInstanceProfile", props.iamInstanceProfile, ofFormat(INSTANCE_PROFILE));
  validateTags(props.tags, validator);
}

function validateMachine(props: StatefulElastigroupProps, validator: Validator): void {
  const { rootVolume, dataVolume, route53 } = props;
  validator.value("capacity", props.capacity, within(REPLICAS));
  validator.list("securityGroupIds", props.securityGroupIds, SECURITY_GROUP);
  validator.add(props.availabilityZones._preconditions);
  validator.value("metadataHopLimit", props.metadataHopLimit ?? HOPS.default, within(HOPS));
  validator.list("privateIps", props.privateIps, IPV4);
  validator.list("targetGroupArns", props.targetGroupArns, TARGET_GROUP);
  if (route53 !== undefined) validateRoute53(route53, validator);
  if (rootVolume !== undefined) validateVolume("rootVolume", rootVolume, validator);
  if (dataVolume !== undefined) validateDataVolume(dataVolume, validator);
}
