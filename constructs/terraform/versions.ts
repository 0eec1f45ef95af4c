import { type TerraformStack } from "cdktf";

/** The first version of Terraform that has `terraform_data`. */
export const TERRAFORM_VERSION = ">= 1.4";

/** The first version of Terraform with import blocks. */
export const IMPORT_VERSION = ">= 1.5";

/** The releases of Spot's provider whose resource is as in its bindings. */
export const SPOTINST_VERSION = "~> 1.231";

/** The releases of the AWS provider that have the resources of this package. */
export const AWS_VERSION = ">= 6.0, < 7.0";

/**
 * Accepts a range of a provider's versions, unless the stack was given another one. Bindings accept one version only, and a
 * pipeline pins versions in its own lock file.
 */
export function acceptVersions(stack: TerraformStack, provider: string, range: string): void {
  const { terraform } = stack["rawOverrides"] as {
    readonly terraform?: { readonly required_providers?: { readonly [provider: string]: unknown } };
  };
  if (terraform?.required_providers?.[provider] === undefined)
    stack.addOverride(`terraform.required_providers.${provider}.version`, range);
}
