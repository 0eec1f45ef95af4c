import type * as resources from "./aws-resources";

/**
 * The AWS resources. They are loaded at their first use, so that stacks without AWS resources neither load nor need their
 * package, which has hundreds of megabytes.
 */
export function aws(): typeof resources {
  // With the version, since npm prefers a package for the Node that runs: on Node 20, an older one of CDK Terrain's bindings.
  if (!isInstalled())
    throw new Error(
      "a security group or role of the replicas needs the AWS bindings: run `npm install @cdktf/provider-aws@21`",
    );
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load them with this package
  return require("./aws-resources") as typeof resources;
}

function isInstalled(): boolean {
  try {
    require.resolve("@cdktf/provider-aws/lib/provider");
    return true;
  } catch {
    return false;
  }
}
