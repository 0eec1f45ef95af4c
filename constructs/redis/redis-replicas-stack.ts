import { SpotinstProvider } from "@cdktf/provider-spotinst/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import { type Construct } from "constructs";
import { aws } from "../access/aws";
import { needsRole } from "../access/secrets";
import { terraformText } from "../terraform/escape";
import { ofThisFramework } from "../terraform/framework";
import { IMPORT_VERSION } from "../terraform/import-block";
import { VerbatimBackend } from "../terraform/verbatim-backend";
import { ACCOUNT } from "../validation/formats";
import { boolean, map, object, type Shapes, text, validateShapes } from "../validation/shape";
import { ValidationError } from "../validation/validation-error";
import { Validator, withPreconditions } from "../validation/validator";
import { ofFormat } from "../validation/value-rules";
import { RedisReplicas, type ReplicaGroup } from "./redis-replicas";
import { type RedisReplicasProps } from "./replicas-props";
import { secretSources } from "./replicas-secrets";
import { REPLICAS_SHAPES } from "./replicas-shapes";

export interface RedisReplicasStackProps {
  /**
   * The Spot account, `act-` and eight hexadecimal digits. The token is not configured here: the provider reads
   * `SPOTINST_TOKEN` or `~/.spotinst/credentials`.
   * @default - the account of the credentials
   */
  readonly account?: string;
  /**
   * The backend of the Terraform state, passed on unchanged: one backend type with its settings, such as
   * `{ s3: { bucket: "states" } }`, or `{}` for none. `cloud` is HCP Terraform.
   * @default - a local file `terraform.<id>.tfstate` beside the output folder
   */
  readonly backend?: { [type: string]: { [setting: string]: unknown } };
  /**
   * Whether the stack is a module for another root module: without provider, account and backend, which the root module
   * configures for all its modules. Version ranges, variables and outputs are the same.
   * @default false
   */
  readonly module?: boolean;
  /**
   * The replicas. Use `addReplicas` instead if their values refer to variables of this stack.
   * @default - none; add them with `addReplicas`
   */
  readonly replicas?: RedisReplicasProps;
}

const OF_THE_ROOT = "be left out of a module: it belongs into the root module";

/** A stack that is ready to deploy: provider, version ranges, state, replicas, outputs. */
export class RedisReplicasStack extends TerraformStack {
  private readonly isModule: boolean;
  private readonly validator = new Validator();

  constructor(scope: Construct, id: string, props: RedisReplicasStackProps = {}) {
    super(ofThisFramework(scope), id);
    validateShapes(props, STACK_SHAPES);
    this.isModule = props.module ?? false;
    this.validator.optional("account", props.account, ofFormat(ACCOUNT));
    this.validateModule(props);
    new SpotinstProvider(this, "spotinst", {
      account: props.account,
      // Without it, the provider would take all credentials from this block, the first source with any of them.
      featureFlags: props.account === undefined ? undefined : "MergeCredentialsChain=true",
    });
    // Version ranges instead of pins: a pipeline has its own lock file. terraform_data needs 1.4.
    this.addOverride("terraform.required_version", ">= 1.4");
    this.addOverride("terraform.required_providers.spotinst.version", "~> 1.231");
    new VerbatimBackend(this, this.isModule ? {} : this.validBackend(props.backend, id));
    // cdktf requires a provider and takes the version ranges from it. A module with a provider block cannot be
    // called with for_each.
    if (this.isModule) this.addOverride("provider", undefined);
    if (props.replicas !== undefined) this.addReplicas(props.replicas);
  }

  /** Adds the replicas and their outputs. Can be called once per stack. */
  public addReplicas(props: RedisReplicasProps): RedisReplicas {
    validateShapes<RedisReplicasProps>(props, REPLICAS_SHAPES);
    const needsAws = props.network !== undefined || needsRole(props, secretSources(props));
    if (needsAws && props.awsProvider === undefined) this.addAws(props.region);
    const adopted = [
      [["adopt"], props.adopt] as const,
      ...(props.shards ?? []).map(({ adopt }, index) => [["shards", index, "adopt"], adopt] as const),
    ].find(([, group]) => group !== undefined);
    if (adopted && this.isModule) throw new ValidationError(adopted[0], OF_THE_ROOT, adopted[1]);
    if (adopted) this.addOverride("terraform.required_version", IMPORT_VERSION);
    const lifecycle = withPreconditions(props.lifecycle, this.validator.preconditions);
    const replicas = new RedisReplicas(this, "replicas", { ...props, lifecycle });
    for (const group of replicas.groups) this.describe(group);
    if (replicas.securityGroup) {
      const { securityGroupId } = replicas.securityGroup;
      this.output("security_group_id", "The replicas' own security group", securityGroupId);
    }
    return replicas;
  }

  /** The outputs of a group. The names of a shard's outputs end with the name of the shard. */
  private describe({ shard, group, bootScript }: ReplicaGroup): void {
    const suffix = shard === undefined ? "" : `_${shard.replace(/-/g, "_")}`;
    this.output(`group_id${suffix}`, "The Elastigroup's id at Spot", group.groupId);
    this.output(`name${suffix}`, "The Elastigroup's name", group.groupName);
    if (group.privateIps !== undefined) {
      this.output(`private_ips${suffix}`, "The addresses that its instances get", group.privateIps);
    }
    this.output(`user_data_sha256${suffix}`, "SHA-256 of the boot script", group.userDataSha256);
    this.output(
      `settings${suffix}`,
      "The boot script's settings: a plan shows here what its base64 hides",
      Object.fromEntries(
        Object.entries(bootScript.settings).map(([name, value]) => [name, terraformText(value)]),
      ),
    );
  }

  private addAws(region: string): void {
    const { AwsProvider } = aws();
    new AwsProvider(this, "aws", { region });
    this.addOverride("terraform.required_providers.aws.version", ">= 6.0, < 7.0");
  }

  private output(id: string, description: string, value: unknown): void {
    new TerraformOutput(this, id, { description, value, staticId: true });
  }

  private validateModule({ module, account, backend }: RedisReplicasStackProps): void {
    if (!module) return;
    for (const [prop, value] of Object.entries({ account, backend }))
      if (value !== undefined) throw new ValidationError(prop, OF_THE_ROOT, value);
  }

  private validBackend(
    backend: RedisReplicasStackProps["backend"],
    id: string,
  ): { [type: string]: { [setting: string]: unknown } } {
    if (backend === undefined) {
      // Terraform runs in <output>/stacks/<id>. The state must not be lost with a deleted output folder.
      return { local: { path: `../../../terraform.${id}.tfstate` } };
    }
    if (Object.keys(backend).length > 1) throw new ValidationError("backend", "name one backend", backend);
    return backend;
  }
}

const STACK_SHAPES: Shapes<RedisReplicasStackProps> = {
  account: text(),
  backend: map(object({})),
  module: boolean(),
  replicas: object({}),
};
