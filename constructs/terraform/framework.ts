import { TerraformStack } from "cdktf";
import { type Construct } from "constructs";

/** The edition of this package for each framework, by the name of the framework's own package. */
const EDITIONS = { cdktf: "cdktf-redis-elastigroup", cdktn: "cdktn-redis-elastigroup" };

type Framework = keyof typeof EDITIONS;

/** jsii sets it on each class, with the name of the class. CDK Terrain has kept CDKTF's other markers, such as `cdktf/App`. */
const RUNTIME_TYPE = Symbol.for("jsii.rtti");

/**
 * The scope, if it is of the framework that this package uses. Types do not tell the two apart, and a construct in the
 * other one's stack fails only at synthesis, in an internal function.
 */
export function ofThisFramework(scope: Construct): Construct {
  const own = frameworkOf(TerraformStack);
  const other = scope.node.scopes
    .map(({ constructor }) => frameworkOf(constructor))
    .find((found) => found !== undefined && found !== own);
  if (own !== undefined && other !== undefined)
    throw new Error(
      `this app is built with ${other}, and this package with ${own}: install and import ${EDITIONS[other]} instead`,
    );
  return scope;
}

/** The framework that has defined a class or one of its base classes. An alias in package.json does not hide it. */
function frameworkOf(type: object): Framework | undefined {
  for (let each: object | null = type; each !== null; each = Object.getPrototypeOf(each) as object | null) {
    const runtimeType = Object.getOwnPropertyDescriptor(each, RUNTIME_TYPE)?.value as
      { fqn: string } | undefined;
    const [name = ""] = runtimeType?.fqn.split(".") ?? [];
    if (name in EDITIONS) return name as Framework;
  }
  return undefined;
}
