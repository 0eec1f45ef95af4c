import { policy, type PolicyDocument, type Statement } from "../constructs/access/policy-document";

/**
 * The actions that Spot's documentation lists for stateful groups.
 * https://docs.spot.io/administration/api/spot-policy-in-aws
 */
const STATEFUL = [
  "ec2:CopyImage",
  "ec2:CopySnapshot",
  "ec2:CreateImage",
  "ec2:CreateSnapshot",
  "ec2:DeleteNetworkInterface",
  "ec2:DeleteSnapshot",
  "ec2:DisassociateAddress",
  "ec2:ModifyImageAttribute",
  "ec2:ModifyNetworkInterfaceAttribute",
  "ec2:RegisterImage",
  "ec2:UnassignPrivateIpAddresses",
];

/** The actions of `OceanAndElastigroupBasicActions` and `OverviewDashboard` on the same page that replicas use. */
const BASICS = [
  "ec2:AttachVolume",
  "ec2:CancelSpotInstanceRequests",
  "ec2:CreateTags",
  "ec2:CreateVolume",
  "ec2:DeleteTags",
  "ec2:DeleteVolume",
  "ec2:DeregisterImage",
  "ec2:Describe*",
  "ec2:DetachVolume",
  "ec2:ModifyInstanceAttribute",
  "ec2:RequestSpotInstances",
  "ec2:RunInstances",
  "ec2:TerminateInstances",
];

const BALANCING = [
  "elasticloadbalancing:Describe*",
  "elasticloadbalancing:DeregisterTargets",
  "elasticloadbalancing:RegisterTargets",
];

/** For detailed monitoring, which is requested at launch. */
const MONITORING = ["ec2:MonitorInstances"];

const COMMITMENTS = ["savingsplans:Describe*"];

const RECORDS = ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"];

/** To create or attach an encrypted volume. */
const KEY_USE = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:ReEncrypt*"];

const FOR_AWS = { Bool: { "kms:GrantIsForAWSResource": "true" } };

/** What Spot's role must be able to do for one group. */
export interface SpotDuties {
  /** Such as `aws` or `aws-cn`. */
  readonly partition: string;
  /** The account of the instances, or `*`, which is safe: a role of another account cannot be passed. */
  readonly account: string;
  /** The name of the instances' role. */
  readonly instanceRole?: string;
  /** The ARNs of the KMS keys of their volumes. */
  readonly keys: readonly string[];
  /** Whether instances have, or can have, detailed monitoring. */
  readonly monitored: boolean;
  /** Whether savings plans are used before spot. */
  readonly committed: boolean;
  /** Whether it registers instances with target groups. */
  readonly balanced: boolean;
  /** The ids of the hosted zones whose records it updates. */
  readonly hostedZones: readonly string[];
  /** The service principal of EC2. */
  readonly service: string;
}

/** What Spot's role needs for one stateful group. */
export function spotRolePolicy(duties: SpotDuties): PolicyDocument {
  const { partition, account, instanceRole, keys, monitored, committed, balanced, hostedZones } = duties;
  return policy([
    allow("ElastigroupStateful", STATEFUL, ["*"]),
    allow("ElastigroupBasics", BASICS, ["*"]),
    ...(monitored ? [allow("Monitoring", MONITORING, ["*"])] : []),
    ...(committed ? [allow("Commitments", COMMITMENTS, ["*"])] : []),
    ...(balanced ? [allow("TargetGroups", BALANCING, ["*"])] : []),
    ...(hostedZones.length === 0
      ? []
      : [
          allow("HostedZones", ["route53:ListHostedZones"], ["*"]),
          allow(
            "Records",
            RECORDS,
            hostedZones.map((zone) => `arn:${partition}:route53:::hostedzone/${zone}`),
          ),
        ]),
    allow("SpotServiceLinkedRole", ["iam:CreateServiceLinkedRole"], [spotServiceRole(partition, account)], {
      StringEquals: { "iam:AWSServiceName": "spot.amazonaws.com" },
    }),
    ...(instanceRole === undefined
      ? []
      : [
          // Instances are launched with a profile, and Spot looks up its role.
          allow(
            "ReadInstanceProfile",
            ["iam:GetInstanceProfile"],
            [`arn:${partition}:iam::${account}:instance-profile/*`],
          ),
          allow(
            "PassInstanceRole",
            ["iam:PassRole"],
            [`arn:${partition}:iam::${account}:role/${instanceRole}`],
            {
              StringEquals: { "iam:PassedToService": duties.service },
            },
          ),
        ]),
    ...(keys.length === 0
      ? []
      : [allow("VolumeKeys", KEY_USE, keys), allow("VolumeKeyGrants", ["kms:CreateGrant"], keys, FOR_AWS)]),
  ]);
}

/** The statements that the policy of a volume's KMS key needs. */
export function keyPolicyStatements(spotRole: string, partition: string, account: string): Statement[] {
  const Principal = { AWS: [spotRole, spotServiceRole(partition, account)] };
  return [
    { ...allow("SpotUsesTheKey", KEY_USE, ["*"]), Principal },
    { ...allow("SpotGrantsTheKey", ["kms:CreateGrant"], ["*"], FOR_AWS), Principal },
  ];
}

/** The service-linked role by which EC2 starts spot instances. */
function spotServiceRole(partition: string, account: string): string {
  return `arn:${partition}:iam::${account}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot`;
}

function allow(
  sid: string,
  action: readonly string[],
  resource: readonly string[],
  condition?: Statement["Condition"],
): Statement {
  const statement: Statement = { Sid: sid, Effect: "Allow", Action: action, Resource: resource };
  return condition ? { ...statement, Condition: condition } : statement;
}
