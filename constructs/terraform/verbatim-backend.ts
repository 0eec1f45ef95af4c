import { TerraformBackend, TerraformRemoteState } from "cdktf";
import { type Construct } from "constructs";

/** The settings of one backend by its type, in Terraform's own words; `{}` for no backend. */
export interface BackendSettings {
  readonly [type: string]: { readonly [setting: string]: unknown };
}

/** A backend with settings that are passed on unchanged. They may be partial: `terraform init -backend-config` adds the rest. */
export class VerbatimBackend extends TerraformBackend {
  constructor(
    scope: Construct,
    private readonly settings: BackendSettings,
  ) {
    // Another ID than that of cdktf's backends, so that a second backend is reported as one.
    super(scope, "verbatim-backend", Object.keys(settings)[0] ?? "none");
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return this.settings[this.name] ?? {};
  }

  public override toTerraform(): unknown {
    if (this.name === "none") return {};
    // `cloud` is not a backend but a separate block in its place.
    if (this.name === "cloud") return { terraform: { cloud: this.synthesizeAttributes() } };
    return super.toTerraform();
  }

  /** cdktf calls it where another stack refers to a value of this one. */
  public getRemoteStateDataSource(scope: Construct, id: string): TerraformRemoteState {
    if (this.name === "none")
      throw new Error(
        "another stack refers to a value of this one, whose state it cannot read: it has no backend",
      );
    return new VerbatimState(scope, id, this.name, this.synthesizeAttributes());
  }
}

/** The types of backends whose states are not chosen by the workspace. */
const WITHOUT_WORKSPACE = ["cloud", "http", "remote"];

/** The state of a stack with such a backend, as another stack reads it. */
class VerbatimState extends TerraformRemoteState {
  constructor(scope: Construct, id: string, type: string, settings: { readonly [setting: string]: unknown }) {
    super(scope, id, type === "cloud" ? "remote" : type, {
      ...settings,
      ...(!WITHOUT_WORKSPACE.includes(type) && { workspace: "${terraform.workspace}" }),
    });
  }
}
