import { TerraformElement, type TerraformResource } from "cdktf";
import { type Construct } from "constructs";

export interface ImportBlockProps {
  /** The resource. */
  readonly to: TerraformResource;
  /** The ID of the existing resource. */
  readonly id: string;
}

/**
 * Imports an existing resource at the next apply. Afterwards it has no effect. (`importFrom` of cdktf writes the same block,
 * but runs `terraform version` at every synthesis.)
 */
export class ImportBlock extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ImportBlockProps,
  ) {
    super(scope, id);
  }

  public override toTerraform(): unknown {
    const { to, id } = this.props;
    return { import: [{ to: `${to.terraformResourceType}.${to.friendlyUniqueId}`, id }] };
  }
}
