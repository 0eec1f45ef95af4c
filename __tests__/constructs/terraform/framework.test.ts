import { App, Testing, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import {
  InstanceRole,
  RedisReplicas,
  RedisReplicasStack,
  RedisSecurityGroup,
  StatefulElastigroup,
} from "../../../constructs";
import { ofThisFramework } from "../../../constructs/terraform/framework";

/* `.ci/packages` has the same with both frameworks; this has one of them with the other one's mark on its classes. */

const RUNTIME_TYPE = Symbol.for("jsii.rtti");
const marked = TerraformStack as unknown as { [RUNTIME_TYPE]: { fqn: string } };
const own = marked[RUNTIME_TYPE].fqn.startsWith("cdktn.") ? "cdktn" : "cdktf";
const other = own === "cdktf" ? "cdktn" : "cdktf";

class OtherApp extends App {
  public static readonly [RUNTIME_TYPE] = { fqn: `${other}.App`, version: "0.0.0" };
}

class OtherStack extends TerraformStack {
  public static readonly [RUNTIME_TYPE] = { fqn: `${other}.TerraformStack`, version: "0.0.0" };
}

/** A stack of an app, which has no mark of its own. */
class StackOfUser extends OtherStack {}

const sentence = `this app is built with ${other}, and this package with ${own}: install and import ${other}-redis-elastigroup instead`;

test.each(
  [InstanceRole, RedisReplicas, RedisSecurityGroup, StatefulElastigroup].map(
    (type) => [type.name, type] as const,
  ),
)("%s in a stack of the other framework names the package for it", (_, type) => {
  const stack = new StackOfUser(Testing.app(), "theirs");
  expect(() => new type(stack, "mine", {} as never)).toThrow(new Error(sentence));
});

test("a group that is not managed, in a stack of the other framework, names the package for it", () => {
  const stack = new StackOfUser(Testing.app(), "theirs");
  expect(() => StatefulElastigroup.fromGroupId(stack, "mine", "sig-1a2b3c4d")).toThrow(new Error(sentence));
});

test("a stack in an app of the other framework names the package for it", () => {
  expect(() => new RedisReplicasStack(new OtherApp(), "mine")).toThrow(new Error(sentence));
});

test("a scope in an app of this framework is returned, below constructs of other packages too", () => {
  class Theirs extends Construct {
    public static readonly [RUNTIME_TYPE] = { fqn: "their-package.Theirs", version: "1.0.0" };
  }
  const scope = new Theirs(new TerraformStack(Testing.app(), "stack"), "theirs");
  expect(ofThisFramework(scope)).toBe(scope);
});
