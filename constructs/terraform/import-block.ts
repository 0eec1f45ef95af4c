import { TerraformElement } from "cdktf";
import { type Construct } from "constructs";

export interface ImportBlockProps {
  /** The resource's address in Terraform. */
  readonly to: string;
  /** Its id where it is. */
  readonly id: string;
}

/** The first Terraform that knows import blocks. */
export const IMPORT_VERSION = ">= 1.5";

/**
 * Takes an existing resource into the state at the next apply; afterwards it says nothing. (cdktf's own
 * `importFrom` writes the same, but asks a terraform binary for its version at every synthesis.)
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
    return { import: [{ to: this.props.to, id: this.props.id }] };
  }
}
