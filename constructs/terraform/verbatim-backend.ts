import { TerraformBackend, type TerraformRemoteState } from "cdktf";
import { type Construct } from "constructs";

/**
 * A backend in the user's own words, which may be partial (`terraform init -backend-config` adds the rest). Without a backend
 * construct, cdktf would add a local backend with an absolute path.
 */
export class VerbatimBackend extends TerraformBackend {
  constructor(
    scope: Construct,
    private readonly settings: { [type: string]: { [setting: string]: unknown } },
  ) {
    super(scope, "backend", Object.keys(settings)[0] ?? "none");
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

  public getRemoteStateDataSource(): TerraformRemoteState {
    throw new Error("a backend that was passed through cannot be read by another stack");
  }
}
