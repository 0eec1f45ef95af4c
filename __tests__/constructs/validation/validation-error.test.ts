import { App, TerraformStack } from "cdktf";
import {
  addValidation,
  ValidationError,
  validationErrors,
} from "../../../constructs/validation/validation-error";

test("an error names the property, the rule, the value and the remedy", () => {
  const error = new ValidationError(["shards", 1, "adopt"], "be a group", 7, "Leave it out.");
  expect(error).toMatchObject({ path: ["shards", 1, "adopt"], prop: "shards[1].adopt", rule: "be a group" });
  expect(error.message).toBe("`shards[1].adopt` must be a group, got: 7. Leave it out.");
});

test("the text of a property is a path, and a key with a dot is one step of a path", () => {
  expect(new ValidationError("redis.port", "fit", 1).path).toEqual(["redis", "port"]);
  expect(new ValidationError(["tags", "a.b"], "fit", 1)).toMatchObject({
    path: ["tags", "a.b"],
    prop: "tags.a.b",
  });
});

test("errors of constructs are collected unchanged, and as messages by their app", () => {
  const stack = new TerraformStack(new App(), "stack");
  const error = new ValidationError("name", "fit", "x");
  addValidation(stack, () => [error]);
  expect(validationErrors(stack.node.root)).toEqual([error]);
  expect(stack.node.validate()).toContain('`name` must fit, got: "x"');
});
