import { SpotinstProvider } from "@cdktf/provider-spotinst/lib/provider";
import { TerraformBackend, TerraformStack } from "cdktf";
import { type Construct } from "constructs";
import { ensureAwsProvider } from "../access/aws-provider";
import { ofThisFramework } from "../terraform/framework";
import { VerbatimBackend } from "../terraform/verbatim-backend";
import { acceptVersions, SPOTINST_VERSION, TERRAFORM_VERSION } from "../terraform/versions";
import { object, validateShapes } from "../validation/shape";
import { type Path } from "../validation/path";
import { ValidationError } from "../validation/validation-error";
import { RedisReplicas } from "./redis-replicas";
import { addOutputs } from "./replicas-outputs";
import { type RedisReplicasProps } from "./replicas-props";
import { REPLICAS_SHAPES } from "./replicas-shapes";

export interface RedisReplicasModuleProps {
  /**
   * The replicas. Use `addReplicas` instead if their values refer to variables of this module.
   * @default - none; add them with `addReplicas`
   */
  readonly replicas?: RedisReplicasProps;
}

/**
 * The same as a module that a root module in HCL calls: version ranges, replicas, outputs. The root module has the providers,
 * the account and the backend.
 */
export class RedisReplicasModule extends TerraformStack {
  private readonly backend: TerraformBackend;
  private replicas?: RedisReplicas;

  constructor(scope: Construct, id: string, props: RedisReplicasModuleProps = {}) {
    super(ofThisFramework(scope), id);
    validateShapes(props, { replicas: object({}) });
    // cdktf requires a provider and takes the version ranges from it.
    new SpotinstProvider(this, "spotinst");
    this.addOverride("terraform.required_version", TERRAFORM_VERSION);
    acceptVersions(this, "spotinst", SPOTINST_VERSION);
    // A module with a provider block cannot be called with for_each.
    this.addOverride("provider", undefined);
    this.backend = new VerbatimBackend(this, {});
    if (props.replicas !== undefined) this.addReplicas(props.replicas);
  }

  /** Adds the replicas and their outputs. Can be called once per module. `adopt` is refused: it belongs in the root module. */
  public addReplicas(props: RedisReplicasProps): RedisReplicas {
    validateShapes(props, REPLICAS_SHAPES);
    refuseAdopt(["adopt"], props.adopt);
    (props.shards ?? []).forEach(({ adopt }, index) => refuseAdopt(["shards", index, "adopt"], adopt));
    this.replicas = new RedisReplicas(this, "replicas", props);
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

  /** The backend is that of the root module. cdktf calls it at synthesis. */
  public override ensureBackendExists(): TerraformBackend {
    if (this.node.findAll().some((each) => TerraformBackend.isBackend(each) && each !== this.backend))
      throw new Error("a module has no backend: add it to the root module");
    return this.backend;
  }

  /** Adds the AWS provider of the security group and the role, unless the module has one. */
  private addDefaults(): void {
    if (this.replicas) ensureAwsProvider(this.replicas, this.replicas.region);
  }
}

/** Terraform takes import blocks in root modules only. */
function refuseAdopt(path: Path, adopt: string | undefined): void {
  if (adopt !== undefined)
    throw new ValidationError(path, "be left out of a module: it belongs in the root module", adopt);
}
