import { ElastigroupAws, type ElastigroupAwsConfig } from "@cdktf/provider-spotinst/lib/elastigroup-aws";
import { type TerraformResourceLifecycle, Token } from "cdktf";
import { Construct } from "constructs";
import { type GroupProps } from "./group-props";
import { checkInstanceTypes } from "./instance-types";
import { IMAGE, NAME, REGION, REPLICAS, SECURITY_GROUP } from "./kinds";
import { Orientation } from "./orientation";
import { type Persistence } from "./persistence";
import { RevertToSpot } from "./revert-to-spot";
import { must, mustBe, mustBeWithin, mustList, violation } from "./rules";
import { type Strategy } from "./strategy";
import { UserData } from "./user-data";

export interface StatefulElastigroupProps extends GroupProps {
  /** Instances, 1 to 1000; each keeps its volume and address through every replacement. */
  readonly capacity: number;
  /**
   * The script each new instance id runs: at the first launch and at every replacement. It may hold
   * tokens; what looks like a Terraform template in its literal parts reaches the instance as written.
   * At most 16,384 bytes after gzip (EC2's limit).
   * @default - none
   */
  readonly userData?: string;
}

/**
 * Attributes that Spot fills in or that cannot change after creation. Everything else is written out in
 * full, so that a second plan is empty; the zones must never be ignored, for the provider does not read them.
 */
const IGNORED_CHANGES = ["lifetime_period", "utilize_reserved_instances", "product", "capacity_unit"];

const PROFILE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:instance-profile\/(?:.*\/)?([^/]+)$/;

/** A stateful Elastigroup on AWS: instances that come back with their volumes and addresses. */
export class StatefulElastigroup extends Construct {
  /** The resource itself, for what this construct does not offer. */
  public readonly elastigroup: ElastigroupAws;
  /** SHA-256 of the user data in hex, where there is any. */
  public readonly userDataSha256?: string;

  constructor(scope: Construct, id: string, props: StatefulElastigroupProps) {
    super(scope, id);
    this.validateNames(props);
    mustBeWithin("capacity", props.capacity, REPLICAS.least, REPLICAS.most);
    mustList("securityGroupIds", props.securityGroupIds, SECURITY_GROUP);
    this.validatePersistence(props.persistence);
    checkInstanceTypes(props.instanceTypes);
    mustBeWithin("strategy.drainingTimeout", props.strategy?.drainingTimeout ?? 120, 1, 3600, " seconds");

    const userData =
      props.userData === undefined ? undefined : new UserData(this, "user-data", { text: props.userData });
    this.userDataSha256 = userData?.sha256;
    this.elastigroup = new ElastigroupAws(this, "Resource", {
      provider: props.provider,
      dependsOn: props.dependsOn,
      lifecycle: this.renderLifecycle(props, userData),
      name: props.name,
      description: props.description ?? "Stateful Elastigroup, managed by Terraform",
      region: props.region,
      product: "Linux/UNIX",
      ...this.renderCapacity(props.capacity),
      ...this.renderMachine(props),
      ...this.renderStrategy(props.strategy ?? {}),
      ...this.renderPersistence(props.persistence ?? {}),
      ...this.renderHealth(),
      userData: userData?.encoded,
      tags: props.tags && Object.entries(props.tags).map(([key, value]) => ({ key, value })),
      updatePolicy: { shouldRoll: false, shouldResumeStateful: false, autoApplyTags: true },
    });
  }

  /** The group's id at Spot, such as `sig-1a2b3c4d`. */
  public get groupId(): string {
    return this.elastigroup.id;
  }

  private validateNames(props: StatefulElastigroupProps): void {
    mustBe("name", props.name, NAME);
    mustBe("region", props.region, REGION);
    mustBe("imageId", props.imageId, IMAGE);
    must("description", "not be empty", props.description, props.description !== "");
    must("keyPair", "not be empty", props.keyPair, props.keyPair !== "");
  }

  private validatePersistence(persistence: Persistence = {}): void {
    const { rootVolume = true, privateIp = true } = persistence;
    if (rootVolume === false && privateIp === false) {
      throw new Error(violation("persistence", "keep the root volume or the private IP", persistence));
    }
  }

  private renderLifecycle(
    props: StatefulElastigroupProps,
    userData: UserData | undefined,
  ): TerraformResourceLifecycle {
    const given = props.lifecycle ?? {};
    const ignored = given.ignoreChanges;
    const precondition = [...(given.precondition ?? []), ...(userData ? [userData.precondition] : [])];
    return {
      ...given,
      ...(props.protect ? { preventDestroy: true } : {}),
      ignoreChanges: ignored === "all" ? ignored : [...IGNORED_CHANGES, ...(ignored ?? [])],
      ...(precondition.length > 0 ? { precondition } : {}),
    };
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
      instanceTypesOndemand: props.instanceTypes.onDemand,
      instanceTypesSpot: props.instanceTypes.spot,
      instanceTypesPreferredSpot: props.instanceTypes.preferredSpot,
      availabilityZones: props.availabilityZones.items,
      securityGroups: props.securityGroupIds,
      keyName: props.keyPair,
      iamInstanceProfile: this.renderProfile(props.iamInstanceProfile),
      placementTenancy: "default",
      ebsOptimized: true,
      enableMonitoring: false,
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      resourceTagSpecification: [
        { shouldTagVolumes: true, shouldTagSnapshots: true, shouldTagEnis: true, shouldTagAmis: true },
      ],
    };
  }

  /** The provider knows ARNs of the commercial partition only and would send others as a name. */
  private renderProfile(profile: string | undefined): string | undefined {
    if (profile === undefined || Token.isUnresolved(profile) || profile.startsWith("arn:aws:"))
      return profile;
    return PROFILE_ARN.exec(profile)?.[1] ?? profile;
  }

  private renderStrategy(
    strategy: Strategy,
  ): Pick<
    ElastigroupAwsConfig,
    "orientation" | "spotPercentage" | "fallbackToOndemand" | "revertToSpot" | "drainingTimeout"
  > {
    const revert = strategy.revertToSpot ?? RevertToSpot.NEVER;
    return {
      orientation: (strategy.orientation ?? Orientation.AVAILABILITY).value,
      spotPercentage: 100,
      fallbackToOndemand: strategy.fallbackToOnDemand ?? true,
      revertToSpot: { performAt: revert.performAt, timeWindows: revert.timeWindows },
      drainingTimeout: strategy.drainingTimeout ?? 120,
    };
  }

  private renderPersistence(persistence: Persistence): Partial<ElastigroupAwsConfig> {
    return {
      persistRootDevice: persistence.rootVolume ?? true,
      persistPrivateIp: persistence.privateIp ?? true,
      persistBlockDevices: false,
      // What a destroyed group leaves behind would be paid for and never used again.
      statefulDeallocation: {
        shouldDeleteImages: true,
        shouldDeleteNetworkInterfaces: true,
        shouldDeleteSnapshots: true,
        shouldDeleteVolumes: true,
      },
    };
  }

  private renderHealth(): Partial<ElastigroupAwsConfig> {
    return {
      autoHealing: true,
      healthCheckType: "EC2",
      healthCheckGracePeriod: 300,
      healthCheckUnhealthyDurationBeforeReplacement: 120,
    };
  }
}
