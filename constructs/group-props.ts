import { type ITerraformDependable, type TerraformProvider, type TerraformResourceLifecycle } from "cdktf";
import { type AvailabilityZones } from "./availability-zones";
import { type InstanceTypes } from "./instance-types";
import { type Persistence } from "./persistence";
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
  /** The machines the group may use. */
  readonly instanceTypes: InstanceTypes;
  /** The zones, each with its subnets. */
  readonly availabilityZones: AvailabilityZones;
  /** The security groups of every instance. */
  readonly securityGroupIds: string[];
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
   * How Spot picks machines.
   * @default - availability first, on-demand fallback, no return to spot by itself
   */
  readonly strategy?: Strategy;
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
