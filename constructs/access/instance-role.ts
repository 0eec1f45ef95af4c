import { type IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { type IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { type IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Fn, type Precondition, type TerraformProvider, Token } from "cdktf";
import { Construct } from "constructs";
import { ofThisFramework } from "../terraform/framework";
import { hcl } from "../terraform/hcl";
import { late } from "../terraform/late";
import { inRegionRule, isInRegion } from "../validation/arn";
import { violations } from "../validation/constraint";
import { type Format, KEY_ARN, PARAMETER_ARN, REGION, ROLE_NAME, SECRET_ARN } from "../validation/formats";
import { validateRoleTags } from "../validation/tags";
import { list, map, PROVIDER, required, type Shapes, text, validateShapes } from "../validation/shape";
import { addValidation } from "../validation/validation-error";
import { Validator, withPreconditions } from "../validation/validator";
import { ofFormat, type ValueRule } from "../validation/value-rules";
import { aws } from "./aws";
import { secretsPolicy, trustPolicy } from "./policy-document";
import { SECRET_SOURCE, type SecretSource, validateSource } from "./secret-source";
import { type Secrets, SECRETS_SHAPES, secretsConstraints, withSources } from "./secrets";

export interface InstanceRoleProps extends Secrets {
  /** The name of the role and the instance profile when they are created, 1 to 64 characters. */
  readonly name: string;
  /** The region of the instances. The secrets and parameters must be in this region. */
  readonly region: string;
  /**
   * Sources that the instances read beside the secrets and parameters above.
   * @default - none
   */
  readonly secretSources?: SecretSource[];
  /**
   * Tags of the role and the instance profile.
   * @default - none
   */
  readonly tags?: { [name: string]: string };
  /**
   * The AWS provider to use.
   * @default - the stack's
   */
  readonly provider?: TerraformProvider;
}

const ROLE_SHAPES: Shapes<InstanceRoleProps> = {
  ...SECRETS_SHAPES,
  name: required(text()),
  region: required(text()),
  secretSources: list(SECRET_SOURCE),
  tags: map(text()),
  provider: PROVIDER,
};

/** An IAM role that can read only these secrets, and an instance profile with the role. */
export class InstanceRole extends Construct {
  /** The role resource, for example to set a permissions boundary. */
  public readonly role: IamRole;
  /** The inline policy of the role. */
  public readonly policy: IamRolePolicy;
  /** The instance profile of the instances. */
  public readonly instanceProfile: IamInstanceProfile;

  /** The name of the instance profile. */
  public readonly instanceProfileName = late(() => this.instanceProfile.name);
  private readonly region: string;
  private readonly sources: SecretSource[] = [];

  constructor(scope: Construct, id: string, props: InstanceRoleProps) {
    super(ofThisFramework(scope), id);
    validateShapes(props, ROLE_SHAPES);
    this.region = props.region;
    const validator = new Validator();
    validator.value("name", props.name, ofFormat(ROLE_NAME));
    validator.value("region", props.region, ofFormat(REGION));
    validateRoleTags(props.tags, validator);
    const { IamInstanceProfile, IamRole, IamRolePolicy } = aws();
    const { name, region, provider, tags } = props;
    const role = late(() => this.role.name);
    // Another name would replace the role, and running instances would lose theirs.
    const lifecycle = { ignoreChanges: ["name"] };
    this.role = new IamRole(this, "Resource", {
      provider,
      lifecycle: withPreconditions(lifecycle, validator.preconditions),
      name,
      description: "Replicas of a Redis Cluster",
      assumeRolePolicy: Fn.jsonencode(trustPolicy(region)),
      tags,
    });
    this.policy = new IamRolePolicy(this, "policy", {
      provider,
      // Not on the role: the key policy of a KMS key may refer to the role, which would be a dependency cycle.
      lifecycle: withPreconditions(undefined, validateSecrets(props)),
      name: "read-secrets",
      role,
      // Secrets can be granted until synthesis.
      policy: late(() => Fn.jsonencode(secretsPolicy(this.readable(props), region))),
    });
    this.instanceProfile = new IamInstanceProfile(this, "profile", {
      provider,
      lifecycle,
      name,
      role,
      tags,
    });
    for (const source of props.secretSources ?? []) this.grantReadSecret(source);
    addValidation(this, () => violations(secretsConstraints(secretsOf(props), this.sources)));
  }

  /**
   * Allows the role to read a secret.
   * @param source where the secret is
   */
  public grantReadSecret(source: SecretSource): void {
    required(SECRET_SOURCE)(["source"], source);
    const validator = new Validator();
    validateSource(validator, ["secretSources", this.sources.length], source, this.region);
    this.policy.lifecycle = withPreconditions(this.policy.lifecycle, validator.preconditions);
    this.sources.push(source);
  }

  /** What the role may read. */
  private readable(props: InstanceRoleProps): Secrets {
    return withSources(props, this.sources, (parameter) => this.parameterArn(parameter, props.region));
  }

  /** The ARN of a parameter of the role's own account, which the role's ARN tells. */
  private parameterArn(name: string, region: string): string {
    if (name.startsWith("arn:")) return name;
    const { arn } = this.role;
    const path = Token.isUnresolved(name)
      ? hcl`join("/", ["parameter", trimprefix(${name}, "/")])`
      : `parameter/${name.replace(/^\//, "")}`;
    const whole = hcl`join(":", ["arn", split(":", ${arn})[1], "ssm", ${region}, split(":", ${arn})[4], ${path}])`;
    return (
      Token.isUnresolved(name) ? hcl`startswith(${name}, "arn:") ? ${name} : ${whole}` : whole
    ).toString();
  }
}

function secretsOf({ secretArns, parameterArns, kmsKeyArns }: Secrets): Secrets {
  return { secretArns, parameterArns, kmsKeyArns };
}

/** Throws if a known ARN is invalid or in another region. Returns the preconditions for unknown ARNs. */
function validateSecrets(props: InstanceRoleProps): Precondition[] {
  const { secretArns, parameterArns, kmsKeyArns, region } = props;
  const validator = new Validator();
  const lists: [prop: string, arns: string[] | undefined, format: Format][] = [
    ["secretArns", secretArns, SECRET_ARN],
    ["parameterArns", parameterArns, PARAMETER_ARN],
    ["kmsKeyArns", kmsKeyArns, KEY_ARN],
  ];
  for (const [prop, arns, format] of lists) validator.list(prop, arns, format, inRegion(region));
  return validator.preconditions;
}

function inRegion(region: string): ValueRule<string> {
  return {
    rule: inRegionRule(region),
    holds: (arn) => Token.isUnresolved(region) || isInRegion(arn, region),
    condition: (arn) => hcl`try(split(":", ${arn})[3] == ${region}, false)`,
  };
}
