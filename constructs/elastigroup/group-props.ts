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

/** What every group needs, whatever runs on it. */
export interface GroupProps {
  /** The group's name at Spot. A change renames the group in place. */
  readonly name: string;
  /** The AWS region, such as `us-west-2`. */
  readonly region: string;
  /**
   * What the group is for.
   * @default "Stateful Elastigroup, managed by Terraform"
   */
  readonly description?: string;
  /** The machine image of the first launch. With a persisted root volume a later image reaches no running instance. */
  readonly imageId: string;
  /**
   * The image's architecture: every type must be of it. Needed only for families that this package does not
   * know.
   * @default - that of the types, which must be the same for all
   */
  readonly architecture?: Architecture;
  /** The machines the group may use. */
  readonly instanceTypes: InstanceTypes;
  /** The zones, each with its subnets. */
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
   * What a replacement takes over.
   * @default - root volume and private IP
   */
  readonly persistence?: Persistence;
  /**
   * The root volume.
   * @default - as in the image, unless the construct that makes the group has a default of its own
   */
  readonly rootVolume?: RootVolume;
  /**
   * Addresses that the instances get, at most one for each; they lie in the group's subnets, and Spot keeps
   * each for one instance. Needs `persistence.privateIp`.
   * @default - whatever is free in the subnets
   */
  readonly privateIps?: string[];
  /**
   * What Spot deletes when Terraform destroys the group.
   * @default - everything
   */
  readonly deallocation?: Deallocation;
  /**
   * How Spot picks machines.
   * @default - availability first, on-demand fallback, no return to spot by itself
   */
  readonly strategy?: Strategy;
  /**
   * Whether Spot replaces an instance that is unhealthy.
   * @default true
   */
  readonly autoHealing?: boolean | IResolvable;
  /**
   * When an instance is unhealthy.
   * @default - two minutes after EC2's own checks say so, and not in the first five minutes
   */
  readonly healthCheck?: HealthCheck;
  /**
   * Target groups that every instance joins, by ARN. (A load balancer does not suit clients that must reach each
   * instance, such as those of a cluster; one of health checks or exporters may.)
   * @default - none
   */
  readonly targetGroupArns?: string[];
  /**
   * Records of Route 53 that Spot keeps pointing at the instances.
   * @default - none
   */
  readonly route53?: Route53Domain[];
  /**
   * Whether the volumes have bandwidth of their own.
   * @default true
   */
  readonly ebsOptimized?: boolean | IResolvable;
  /**
   * Whether CloudWatch gets metrics every minute, which costs.
   * @default false
   */
  readonly monitoring?: boolean | IResolvable;
  /**
   * Hops that an answer of the instance's metadata service may make, 1 to 64; containers need 2.
   * @default 1
   */
  readonly metadataHopLimit?: number;
  /**
   * Whether every update wakes instances that are paused, those paused on purpose too.
   * @default false
   */
  readonly resumePaused?: boolean | IResolvable;
  /**
   * Tags of instances, volumes, snapshots, images and network interfaces.
   * @default - none
   */
  readonly tags?: { [name: string]: string };
  /**
   * Whether Terraform refuses to destroy the group.
   * @default false
   */
  readonly protect?: boolean;
  /**
   * The id of a group that is there already, such as one made in Spot's console: Terraform takes it over at
   * the next apply, changes what differs in place, and keeps its instances. Needs Terraform 1.5; once it is in
   * the state, the prop may stay or go.
   * @default - a new group is made
   */
  readonly adopt?: string;
  /**
   * The Spot provider to use.
   * @default - the stack's
   */
  readonly provider?: TerraformProvider;
  /**
   * What must exist before the group.
   * @default - nothing
   */
  readonly dependsOn?: ITerraformDependable[];
  /**
   * Lifecycle rules beside this construct's own.
   * @default - none
   */
  readonly lifecycle?: TerraformResourceLifecycle;
}

export interface StatefulElastigroupProps extends GroupProps {
  /** The security groups of every instance. */
  readonly securityGroupIds: string[];
  /** Instances, 1 to 1000; each keeps its volume and address through every replacement. */
  readonly capacity: number;
  /**
   * The script each new instance id runs: at the first launch and at every replacement. It may hold
   * tokens; what looks like a Terraform template in its literal parts reaches the instance as written.
   * At most 16,384 bytes after gzip (EC2's limit).
   * @default - none
   */
  readonly userData?: string;
  /**
   * A volume beside the root, kept like it.
   * @default - none
   */
  readonly dataVolume?: DataVolume;
}
