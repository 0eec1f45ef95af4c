import {
  App,
  DefaultTokenResolver,
  StringConcat,
  TerraformStack,
  TerraformVariable,
  Tokenization,
} from "cdktf";
import { Validator, withPreconditions } from "../../../constructs/validation/validator";
import { hcl } from "../../../constructs/terraform/hcl";
import { SUBNET } from "../../../constructs/validation/formats";
import { ofFormat, type ValueRule } from "../../../constructs/validation/value-rules";

const stack = new TerraformStack(new App(), "stack");
const text = new TerraformVariable(stack, "text", { type: "string" }).stringValue;
const list = new TerraformVariable(stack, "list", { type: "list(string)" }).listValue;

function resolved(value: unknown): unknown {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return Tokenization.resolve(value, { scope: stack, resolver, preparing: false });
}

function preconditions(
  check: (validator: Validator) => void,
): { condition: unknown; errorMessage: unknown }[] {
  const validator = new Validator();
  check(validator);
  return validator.preconditions.map(({ condition, errorMessage }) => ({
    condition: resolved(condition),
    errorMessage: resolved(errorMessage),
  }));
}

const holds = 'can(regex("^subnet-[0-9a-f]+$", var.text))';
const message = (got: string): string =>
  `\`it\` must be a subnet id such as subnet-0a1b2c3d4e5f60001, got: \${jsonencode(${got})}`;

describe("a value", () => {
  test("that is known is refused at once, or leaves nothing for Terraform", () => {
    expect(preconditions((validator) => validator.value("it", "subnet-0a", ofFormat(SUBNET)))).toEqual([]);
    expect(() => new Validator().value("it", "sg-0a", ofFormat(SUBNET))).toThrow(
      '`it` must be a subnet id such as subnet-0a1b2c3d4e5f60001, got: "sg-0a"',
    );
  });

  test("that only Terraform knows is refused by the plan, in the same words", () => {
    expect(preconditions((validator) => validator.value("it", text, ofFormat(SUBNET)))).toEqual([
      { condition: `\${${holds}}`, errorMessage: message("var.text") },
    ]);
  });

  test("that may be left out may be null in Terraform", () => {
    expect(preconditions((validator) => validator.optional("it", undefined, ofFormat(SUBNET)))).toEqual([]);
    expect(preconditions((validator) => validator.optional("it", text, ofFormat(SUBNET)))).toEqual([
      { condition: `\${var.text == null ? true : ${holds}}`, errorMessage: message("var.text") },
    ]);
  });
});

describe("a list", () => {
  const conditions = (values: string[]): unknown[] =>
    preconditions((validator) => validator.list("it", values, SUBNET)).map(({ condition }) => condition);

  test.each<[string, string[], string]>([
    ["without items", [], "`it` must name at least one subnet, got: []"],
    ["with one twice", ["subnet-0a", text, "subnet-0a"], "`it` must name each subnet once"],
    [
      "with another format",
      [text, "sg-0a"],
      '`it` must be a subnet id such as subnet-0a1b2c3d4e5f60001, got: "sg-0a"',
    ],
  ])("%s is refused at once, whatever else Terraform will know", (_, values, expected) => {
    expect(() => new Validator().list("it", values, SUBNET)).toThrow(expected);
  });

  test("that is known leaves nothing for Terraform", () => {
    expect(conditions(["subnet-0a", "subnet-0b"])).toEqual([]);
  });

  test("with a further rule holds each item against that, too", () => {
    const short: ValueRule<string> = {
      rule: "be short",
      holds: (item) => item.length < 10,
      condition: (item) => hcl`length(${item}) < 10`,
    };
    const validator = new Validator();
    validator.list("it", ["subnet-0a"], SUBNET, short);
    expect(() => validator.list("it", ["subnet-0a", "subnet-0abc"], SUBNET, short)).toThrow(
      '`it` must be short, got: "subnet-0abc"',
    );
    validator.list("it", list, SUBNET, short);
    expect(validator.preconditions.map(({ errorMessage }) => errorMessage).at(-1)).toMatch(
      /^`it` must be short,/,
    );
  });

  test("of which Terraform knows an item has that item checked, and against the others", () => {
    expect(conditions(["subnet-0a", text])).toEqual([
      '${length(distinct(["subnet-0a", var.text])) == length(["subnet-0a", var.text])}',
      `\${${holds}}`,
    ]);
  });

  test("that only Terraform knows has every rule there", () => {
    expect(conditions(list)).toEqual([
      "${length(var.list) > 0}",
      "${length(distinct(var.list)) == length(var.list)}",
      '${alltrue([for item in var.list : can(regex("^subnet-[0-9a-f]+$", item))])}',
    ]);
  });
});

test("preconditions come after the user's own; without any, a lifecycle stays as it is", () => {
  const [own, more] = ["own", "more"].map((name) => ({ condition: name, errorMessage: name }));
  expect(withPreconditions({ preventDestroy: true, precondition: [own!] }, [more!])).toEqual({
    preventDestroy: true,
    precondition: [own, more],
  });
  expect(withPreconditions(undefined, [])).toBeUndefined();
});
