import { type IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { type IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { type IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Fn, type TerraformProvider, Token } from "cdktf";
import { Construct } from "constructs";
import { aws } from "./aws";
import { KEY_ARN, type Kind, PARAMETER_ARN, REGION, ROLE_NAME, SECRET_ARN } from "./kinds";
import { secretsPolicy, trustPolicy } from "./policy-document";
import { must, mustBe, mustList, violation } from "./rules";

/** What an instance may read. Only names are ever written down here, never what they stand for. */
export interface Secrets {
  /**
   * Secrets of Secrets Manager, by their whole ARNs.
   * @default - none
   */
  readonly secretArns?: string[];
  /**
   * Parameters of the Parameter Store, by their ARNs.
   * @default - none
   */
  readonly parameterArns?: string[];
  /**
   * The keys that encrypt them, by ARN, where those are your own.
   * @default - AWS's own keys, which need no permission
   */
  readonly kmsKeyArns?: string[];
}

export interface InstanceRoleProps extends Secrets {
  /** The name of the role and of the instance profile at their creation, 1 to 64 characters. */
  readonly name: string;
  /** The region of the instances; what they read must be in it. */
  readonly region: string;
  /**
   * Tags of the role and the profile.
   * @default - none
   */
  readonly tags?: { [name: string]: string };
  /**
   * The AWS provider to use.
   * @default - the stack's
   */
  readonly provider?: TerraformProvider;
}

/** A role for instances that reads exactly these secrets, and the instance profile that brings it to them. */
export class InstanceRole extends Construct {
  /** The role itself, such as for a permissions boundary. */
  public readonly role: IamRole;
  /** What it may do. */
  public readonly policy: IamRolePolicy;
  /** What instances are launched with. */
  public readonly instanceProfile: IamInstanceProfile;

  constructor(scope: Construct, id: string, props: InstanceRoleProps) {
    super(scope, id);
    mustBe("name", props.name, ROLE_NAME);
    mustBe("region", props.region, REGION);
    this.validateSecrets(props);
    const { IamInstanceProfile, IamRole, IamRolePolicy } = aws();
    const { name, provider, tags } = props;
    // Another name would be another role, and running instances would be left without theirs.
    const lifecycle = { ignoreChanges: ["name"] };
    this.role = new IamRole(this, "Resource", {
      provider,
      lifecycle,
      name,
      description: "Replicas of a Redis Cluster",
      assumeRolePolicy: Fn.jsonencode(trustPolicy(props.region)),
      tags,
    });
    this.policy = new IamRolePolicy(this, "policy", {
      provider,
      name: "read-secrets",
      role: this.role.name,
      policy: Fn.jsonencode(secretsPolicy(props, props.region)),
    });
    this.instanceProfile = new IamInstanceProfile(this, "profile", {
      provider,
      lifecycle,
      name,
      role: this.role.name,
      tags,
    });
  }

  private validateSecrets(props: InstanceRoleProps): void {
    const { secretArns, parameterArns, kmsKeyArns } = props;
    if (secretArns === undefined && parameterArns === undefined)
      throw new Error(violation("secrets", "name at least one secret or parameter", { kmsKeyArns }));
    this.validateArns("secretArns", secretArns, SECRET_ARN, props.region);
    this.validateArns("parameterArns", parameterArns, PARAMETER_ARN, props.region);
    this.validateArns("kmsKeyArns", kmsKeyArns, KEY_ARN, props.region);
  }

  private validateArns(prop: string, arns: string[] | undefined, kind: Kind, region: string): void {
    if (arns === undefined || Token.isUnresolved(arns)) return;
    mustList(prop, arns, kind);
    if (Token.isUnresolved(region)) return;
    for (const arn of arns) must(prop, `be in \`region\` (${region})`, arn, arn.split(":")[3] === region);
  }
}
