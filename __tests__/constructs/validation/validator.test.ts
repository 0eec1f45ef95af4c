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
  test("that is known is refused immediately, or adds no precondition", () => {
    expect(preconditions((validator) => validator.value("it", "subnet-0a", ofFormat(SUBNET)))).toEqual([]);
    expect(() => new Validator().value("it", "sg-0a", ofFormat(SUBNET))).toThrow(
      '`it` must be a subnet id such as subnet-0a1b2c3d4e5f60001, got: "sg-0a"',
    );
  });

  test("that is known only to Terraform is refused by the plan with the same message", () => {
    expect(preconditions((validator) => validator.value("it", text, ofFormat(SUBNET)))).toEqual([
      { condition: `\${${holds}}`, errorMessage: message("var.text") },
    ]);
  });

  test("that is optional can be null in Terraform", () => {
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
  ])("%s is refused immediately, independent of unknown values", (_, values, expected) => {
    expect(() => new Validator().list("it", values, SUBNET)).toThrow(expected);
  });

  test("that is known adds no precondition", () => {
    expect(conditions(["subnet-0a", "subnet-0b"])).toEqual([]);
  });

  test("with a further rule checks each item against it, too", () => {
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

  test("with an unknown item has preconditions for this item and its duplicates", () => {
    expect(conditions(["subnet-0a", text])).toEqual([
      '${length(distinct(["subnet-0a", var.text])) == length(["subnet-0a", var.text])}',
      `\${${holds}}`,
    ]);
  });

  test("that is known only to Terraform has a precondition for every rule", () => {
    expect(conditions(list)).toEqual([
      "${length(var.list) > 0}",
      "${length(distinct(var.list)) == length(var.list)}",
      '${alltrue([for item in var.list : can(regex("^subnet-[0-9a-f]+$", item))])}',
    ]);
  });
});

test("preconditions come after those of the user; without any, a lifecycle is unchanged", () => {
  const [own, more] = ["own", "more"].map((name) => ({ condition: name, errorMessage: name }));
  expect(withPreconditions({ preventDestroy: true, precondition: [own!] }, [more!])).toEqual({
    preventDestroy: true,
    precondition: [own, more],
  });
  expect(withPreconditions(undefined, [])).toBeUndefined();
});
