import { SpotinstProvider } from "@cdktf/provider-spotinst/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import { type Construct } from "constructs";
import { RedisReplicas, type RedisReplicasProps } from "./redis-replicas";
import { ACCOUNT } from "./kinds";
import { mustBe, violation } from "./rules";
import { terraformText } from "./terraform-text";
import { VerbatimBackend } from "./verbatim-backend";

export interface RedisReplicasStackProps {
  /**
   * The Spot account, `act-` and eight digits of hex. The token never goes here: the provider reads
   * `SPOTINST_TOKEN` or `~/.spotinst/credentials`.
   * @default - the account of the credentials
   */
  readonly account?: string;
  /**
   * Where Terraform keeps the state, passed through as it is: one backend type with its settings, such as
   * `{ s3: { bucket: "states" } }`, or `{}` for none.
   * @default - a local file `terraform.<id>.tfstate` beside the output folder
   */
  readonly backend?: { [type: string]: { [setting: string]: unknown } };
  /**
   * The replicas to start with; `addReplicas` does the same later, when their values are references to
   * this stack's own variables.
   * @default - none yet
   */
  readonly replicas?: RedisReplicasProps;
}

/** A stack that is ready to deploy: provider, version ranges, state, replicas, outputs. */
export class RedisReplicasStack extends TerraformStack {
  constructor(scope: Construct, id: string, props: RedisReplicasStackProps = {}) {
    super(scope, id);
    this.validateAccount(props.account);
    new SpotinstProvider(this, "spotinst", {
      account: props.account,
      // Without it the provider takes all its credentials from the first place that has any: this block.
      featureFlags: props.account === undefined ? undefined : "MergeCredentialsChain=true",
    });
    // Ranges, where cdktf would pin: a pipeline has its own lock file. 1.2 brought preconditions.
    this.addOverride("terraform.required_version", ">= 1.2");
    this.addOverride("terraform.required_providers.spotinst.version", "~> 1.231");
    new VerbatimBackend(this, this.validBackend(props.backend, id));
    if (props.replicas) this.addReplicas(props.replicas);
  }

  /** Adds the stack's replicas and its outputs; once per stack. */
  public addReplicas(props: RedisReplicasProps): RedisReplicas {
    const replicas = new RedisReplicas(this, "replicas", props);
    this.output("group_id", "The Elastigroup's id at Spot", replicas.group.groupId);
    this.output("name", "The Elastigroup's name", props.name);
    this.output("user_data_sha256", "SHA-256 of the boot script", replicas.group.userDataSha256);
    this.output("settings", "The boot script's settings: a plan shows here what its base64 hides", {
      ...Object.fromEntries(
        Object.entries(replicas.bootScript.settings).map(([name, value]) => [name, terraformText(value)]),
      ),
    });
    return replicas;
  }

  private output(id: string, description: string, value: unknown): void {
    new TerraformOutput(this, id, { description, value, staticId: true });
  }

  private validateAccount(account: string | undefined): void {
    if (account !== undefined) mustBe("account", account, ACCOUNT);
  }

  private validBackend(
    backend: RedisReplicasStackProps["backend"],
    id: string,
  ): { [type: string]: { [setting: string]: unknown } } {
    if (backend === undefined) {
      // Terraform runs in <output>/stacks/<id>; the state must outlive a deleted output folder.
      return { local: { path: `../../../terraform.${id}.tfstate` } };
    }
    if (Object.keys(backend).length > 1)
      throw new Error(violation("backend", "name one backend", Object.keys(backend)));
    return backend;
  }
}
