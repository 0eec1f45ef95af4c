import { App, Fn, Testing, TerraformOutput, TerraformStack, TerraformVariable, Token } from "cdktf";
import { hcl } from "../../../constructs/terraform/hcl";

function resolved(build: (stack: TerraformStack) => unknown): unknown {
  const stack = new TerraformStack(new App(), "stack");
  new TerraformOutput(stack, "it", { value: build(stack), staticId: true });
  return JSON.parse(Testing.synth(stack)).output.it.value;
}

const text = (stack: TerraformStack): string =>
  new TerraformVariable(stack, "text", { type: "string" }).stringValue;
const list = (stack: TerraformStack): string[] =>
  new TerraformVariable(stack, "list", { type: "list(string)" }).listValue;
const number = (stack: TerraformStack): number =>
  new TerraformVariable(stack, "number", { type: "number" }).numberValue;

test.each<[string, (stack: TerraformStack) => unknown, string]>([
  ["a reference", (stack) => hcl`${text(stack)} != ""`, '${var.text != ""}'],
  ["text around one", (stack) => hcl`length(${`a-${text(stack)}`})`, '${length("a-${var.text}")}'],
  ["a number", (stack) => hcl`${number(stack)} >= ${1}`, "${var.number >= 1}"],
  ["a list", (stack) => hcl`length(${list(stack)})`, "${length(var.list)}"],
  ["a list of both", (stack) => hcl`length(${["a", text(stack)]})`, '${length(["a", var.text])}'],
  [
    "an object",
    (stack) => hcl`jsonencode(${{ a: text(stack), b: true }})`,
    '${jsonencode({"a" = var.text, "b" = true})}',
  ],
  [
    "a text that is an expression already",
    () => hcl`length(${Token.asList('${[for x in var.x : "${x}-a"]}')})`,
    '${length("${[for x in var.x : "${x}-a"]}")}',
  ],
  ["a pattern", () => hcl`regex(${'^\\d"$'}, "x")`, '${regex("^\\\\d\\"$", "x")}'],
  ["what looks like a template", () => hcl`${"${x} %{y}"}`, '${"$${x} %%{y}"}'],
  ["another expression", (stack) => hcl`!${hcl`can(${text(stack)})`}`, "${!can(var.text)}"],
])("writes %s in the syntax of Terraform", (_, build, expected) => {
  expect(resolved(build)).toBe(expected);
});

test("can be part of a text and an argument of a cdktf function, like any other token", () => {
  expect(resolved((stack) => `got: ${hcl`jsonencode(${text(stack)})`.toString()}`)).toBe(
    "got: ${jsonencode(var.text)}",
  );
  expect(resolved((stack) => Fn.upper(Token.asString(hcl`trim(${text(stack)}, "-")`)))).toBe(
    '${upper(trim(var.text, "-"))}',
  );
});
