import { SpotinstProvider } from "@cdktf/provider-spotinst/lib/provider";
import { LocalBackend, TerraformBackend, TerraformStack } from "cdktf";
import { type Construct } from "constructs";
import { ensureAwsProvider } from "../access/aws-provider";
import { ofThisFramework } from "../terraform/framework";
import { type BackendSettings, VerbatimBackend } from "../terraform/verbatim-backend";
import { acceptVersions, IMPORT_VERSION, SPOTINST_VERSION, TERRAFORM_VERSION } from "../terraform/versions";
import { ACCOUNT } from "../validation/formats";
import { map, object, type Shapes, text, validateShapes } from "../validation/shape";
import { ValidationError } from "../validation/validation-error";
import { Validator, withPreconditions } from "../validation/validator";
import { ofFormat } from "../validation/value-rules";
import { RedisReplicas } from "./redis-replicas";
import { addOutputs } from "./replicas-outputs";
import { type RedisReplicasProps } from "./replicas-props";
import { REPLICAS_SHAPES } from "./replicas-shapes";

export interface RedisReplicasStackProps {
  /**
   * The Spot account, `act-` and eight hexadecimal digits. The token is not configured here: the provider reads
   * `SPOTINST_TOKEN` or `~/.spotinst/credentials`.
   * @default - the account of the credentials
   */
  readonly account?: string;
  /**
   * The backend of the Terraform state in Terraform's own words, passed on unchanged: one backend type with its settings,
   * such as `{ s3: { bucket: "states" } }`, or `{}` for none. `cloud` is HCP Terraform. A backend of cdktf, such as
   * `S3Backend`, is added to the stack instead.
   * @default - the backend that is added to the stack, or a local file `terraform.<id>.tfstate` beside the output folder
   */
  readonly backend?: { [type: string]: { [setting: string]: unknown } };
  /**
   * The replicas. Use `addReplicas` instead if their values refer to variables of this stack.
   * @default - none; add them with `addReplicas`
   */
  readonly replicas?: RedisReplicasProps;
}

/** A stack that is ready to deploy: provider, version ranges, state, replicas, outputs. */
export class RedisReplicasStack extends TerraformStack {
  private readonly validator = new Validator();
  private replicas?: RedisReplicas;

  constructor(scope: Construct, id: string, props: RedisReplicasStackProps = {}) {
    super(ofThisFramework(scope), id);
    validateShapes(props, STACK_SHAPES);
    const { account, backend, replicas } = props;
    this.validator.optional("account", account, ofFormat(ACCOUNT));
    new SpotinstProvider(this, "spotinst", {
      account,
      // Without it, the provider would take all credentials from this block, the first source with any of them.
      featureFlags: account === undefined ? undefined : "MergeCredentialsChain=true",
    });
    this.addOverride("terraform.required_version", TERRAFORM_VERSION);
    acceptVersions(this, "spotinst", SPOTINST_VERSION);
    if (backend) new VerbatimBackend(this, oneBackend(backend));
    if (replicas !== undefined) this.addReplicas(replicas);
  }

  /** Adds the replicas and their outputs. Can be called once per stack. */
  public addReplicas(props: RedisReplicasProps): RedisReplicas {
    validateShapes<RedisReplicasProps>(props, REPLICAS_SHAPES);
    const groups = [props, ...(props.shards ?? [])];
    if (groups.some(({ adopt }) => adopt !== undefined))
      this.addOverride("terraform.required_version", IMPORT_VERSION);
    const lifecycle = withPreconditions(props.lifecycle, this.validator.preconditions);
    this.replicas = new RedisReplicas(this, "replicas", { ...props, lifecycle });
    addOutputs(this, this.replicas);
    return this.replicas;
  }

  /** cdktf calls it at synthesis. */
  public override prepareStack(): void {
    this.addDefaults();
    super.prepareStack();
  }

  /** cdktf calls it at synthesis, and `Testing.synth` before `toTerraform`. */
  public override runAllValidations(): void {
    this.addDefaults();
    super.runAllValidations();
  }

  /** cdktf calls it at synthesis, and alone in tests. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as in cdktf, since users read the JSON
  public override toTerraform(): any {
    this.addDefaults();
    return super.toTerraform();
  }

  /** The backend of the stack, by default a local file. cdktf calls it at synthesis. */
  public override ensureBackendExists(): TerraformBackend {
    const [backend, another] = this.node.findAll().filter((each) => TerraformBackend.isBackend(each));
    if (another)
      throw new Error(
        "the stack has two backends: leave out `backend`, or the one that was added to the stack",
      );
    // Terraform runs in <output>/stacks/<id>. The state must not be lost with a deleted output folder.
    return backend ?? new LocalBackend(this, { path: `../../../terraform.${this.node.id}.tfstate` });
  }

  /** Adds the AWS provider of the security group and the role, and the backend, unless the stack has them. */
  private addDefaults(): void {
    if (this.replicas) ensureAwsProvider(this.replicas, this.replicas.region);
    this.ensureBackendExists();
  }
}

const STACK_SHAPES: Shapes<RedisReplicasStackProps> = {
  account: text(),
  backend: map(object({})),
  replicas: object({}),
};

function oneBackend(backend: BackendSettings): BackendSettings {
  if (Object.keys(backend).length > 1) throw new ValidationError("backend", "name one backend", backend);
  return backend;
}
