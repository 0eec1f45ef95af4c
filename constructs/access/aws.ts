import type * as resources from "./aws-resources";

/** The AWS resources, loaded at their first use: a stack without any must not pay for them. */
export function aws(): typeof resources {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load them with this package
  return require("./aws-resources") as typeof resources;
}
