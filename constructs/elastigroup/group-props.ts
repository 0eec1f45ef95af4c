import {
  type IResolvable,
  type ITerraformDependable,
  type TerraformProvider,
  type TerraformResourceLifecycle,
} from "cdktf";
import { type Architecture } from "./architecture";
import { type AvailabilityZones } from "./availability-zones";
import { type DataVolume } from "./data-volume";
import { type Deallocation } from "./deallocation";
import { type HealthCheck } from "./health-check";
import { type InstanceTypes } from "./instance-types";
import { type Persistence } from "./persistence";
import { type RootVolume } from "./root-volume";
import { type Route53Domain } from "./route53-domain";
import { type Strategy } from "./strategy";

/** The properties of every group, independent of its software. */
export interface GroupProps {
  /** The name of the group in Spot. A change renames the group in place. */
  readonly name: string;
  /** The AWS region, such as `us-west-2`. */
  readonly region: string;
  /**
   * The description of the group.
   * @default "Stateful Elastigroup, managed by Terraform"
   */
  readonly description?: string;
  /** The image (AMI) of the first launch. With a persisted root volume, a later image is not rolled out to instances. */
  readonly imageId: string;
  /**
   * The architecture of the image and of all instance types. Required only for families that this package does not know.
   * @default - the architecture of the instance types, which must be the same for all
   */
  readonly architecture?: Architecture;
  /** The instance types of the group. */
  readonly instanceTypes: InstanceTypes;
  /** The availability zones, each with its subnets. */
  readonly availabilityZones: AvailabilityZones;
  /**
   * The EC2 key pair for SSH.
   * @default - none
   */
  readonly keyPair?: string;
  /**
   * The instance profile, by name or ARN.
   * @default - none
   */
  readonly iamInstanceProfile?: string;
  /**
   * What is kept at a replacement.
   * @default - root volume and private IP
   */
  readonly persistence?: Persistence;
  /**
   * The root volume.
   * @default - as in the image, unless the construct that creates the group has another default
   */
  readonly rootVolume?: RootVolume;
  /**
   * Private IPs of the instances, at most one for each. They must be in the group's subnets, and Spot keeps each for one
   * instance. Requires `persistence.privateIp`.
   * @default - free addresses of the subnets
   */
  readonly privateIps?: string[];
  /**
   * What Spot deletes when Terraform destroys the group.
   * @default - everything
   */
  readonly deallocation?: Deallocation;
  /**
   * How Spot chooses instances.
   * @default - availability first, fallback to on-demand, no automatic revert to spot
   */
  readonly strategy?: Strategy;
  /**
   * Whether Spot replaces an instance that is unhealthy.
   * @default true
   */
  readonly autoHealing?: boolean | IResolvable;
  /**
   * When an instance is unhealthy.
   * @default - after two minutes of failed EC2 status checks, but not in the first five minutes
   */
  readonly healthCheck?: HealthCheck;
  /**
   * Target groups that every instance is registered with, by ARN. Clients of a cluster must reach each instance and
   * cannot use a load balancer. Health checks and exporters can.
   * @default - none
   */
  readonly targetGroupArns?: string[];
  /**
   * Route 53 records that Spot updates with the addresses of the instances.
   * @default - none
   */
  readonly route53?: Route53Domain[];
  /**
   * Whether the instances are EBS-optimized.
   * @default true
   */
  readonly ebsOptimized?: boolean | IResolvable;
  /**
   * Whether detailed CloudWatch monitoring is enabled (metrics every minute, at additional cost).
   * @default false
   */
  readonly monitoring?: boolean | IResolvable;
  /**
   * The hop limit of responses of the metadata service, 1 to 64. Containers need 2.
   * @default 1
   */
  readonly metadataHopLimit?: number;
  /**
   * Whether an instance can read its tags from the metadata service. Once it was given, set it to false to take it
   * back: the provider cannot clear it. EC2 then takes only tags whose keys have letters, digits and `+-=.,_:@`.
   * @default - as Spot has it
   */
  readonly instanceMetadataTags?: boolean | IResolvable;
  /**
   * Whether every update resumes paused instances, including those that were paused by a user.
   * @default false
   */
  readonly resumePaused?: boolean | IResolvable;
  /**
   * Tags of instances, volumes, snapshots, images and network interfaces. Values may be tokens, and so may the
   * whole map, as from `Token.asStringMap`.
   * @default - none
   */
  readonly tags?: { [name: string]: string };
  /**
   * Attributes of the resource whose changes Terraform leaves alone, such as `image_id`: later values do not reach
   * the group until they are taken out. What recovery rests on, the profile and the security groups are refused;
   * `lifecycle` takes them.
   * @default - only what never settles
   */
  readonly ignoreChanges?: string[];
  /**
   * Attributes of the resource without a property, such as `{ cpu_credits: "unlimited" }`. No rule checks the values.
   * Attributes with a property, those that act on all instances, and secrets are refused; `elastigroup.addOverride`
   * takes any.
   * @default - none
   */
  readonly overrides?: { [attribute: string]: unknown };
  /**
   * Whether Terraform refuses to destroy the group.
   * @default false
   */
  readonly protect?: boolean;
  /**
   * The ID of an existing group, such as one created in Spot's console. Terraform imports it at the next apply, changes
   * differences in place, and keeps its instances. Requires Terraform 1.5. The property can be removed once the group is in
   * the state.
   * @default - a new group is created
   */
  readonly adopt?: string;
  /**
   * The Spot provider to use.
   * @default - the stack's
   */
  readonly provider?: TerraformProvider;
  /**
   * Dependencies of the group.
   * @default - none
   */
  readonly dependsOn?: ITerraformDependable[];
  /**
   * Lifecycle rules in addition to those of this construct.
   * @default - none
   */
  readonly lifecycle?: TerraformResourceLifecycle;
}

export interface StatefulElastigroupProps extends GroupProps {
  /** The security groups of every instance. */
  readonly securityGroupIds: string[];
  /** The number of instances, 1 to 1000. Each keeps its volume and address at every replacement. */
  readonly capacity: number;
  /**
   * The script that runs once for each instance ID: at the first launch and at every replacement. It may contain tokens.
   * Template sequences of Terraform in its literal parts are escaped.
   * At most 16,384 bytes after gzip (EC2's limit).
   * @default - none
   */
  readonly userData?: string;
  /**
   * A volume in addition to the root volume. It is kept in the same way.
   * @default - none
   */
  readonly dataVolume?: DataVolume;
}
