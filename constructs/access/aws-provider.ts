import { TerraformResource, TerraformStack } from "cdktf";
import { type IConstruct } from "constructs";
import { acceptVersions, AWS_VERSION } from "../terraform/versions";
import { aws } from "./aws";

/**
 * Adds an AWS provider to the stack of these resources if one of them is without a provider, and the stack has none either.
 * To be called when nothing is added any more, since Terraform refuses two providers.
 */
export function ensureAwsProvider(resources: IConstruct, region: string): void {
  const stack = TerraformStack.of(resources);
  const isDefault = ({
    terraformResourceType,
    alias,
  }: ReturnType<typeof stack.allProviders>[number]): boolean =>
    terraformResourceType === "aws" && alias === undefined;
  if (!resources.node.findAll().some(isOpen) || stack.allProviders().some(isDefault)) return;
  const { AwsProvider } = aws();
  new AwsProvider(stack, "aws-of-replicas", { region });
  acceptVersions(stack, "aws", AWS_VERSION);
}

/** Whether it is an AWS resource without a provider of its own. */
function isOpen(each: IConstruct): boolean {
  if (!TerraformResource.isTerraformResource(each)) return false;
  return each.provider === undefined && each.terraformGeneratorMetadata?.providerName === "aws";
}
