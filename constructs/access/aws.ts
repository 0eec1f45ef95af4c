import type * as resources from "./aws-resources";

/** The AWS resources. They are loaded at their first use, so that stacks without AWS resources do not load them. */
export function aws(): typeof resources {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load them with this package
  return require("./aws-resources") as typeof resources;
}
