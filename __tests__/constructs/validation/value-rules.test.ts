import { App, TerraformOutput, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hcl } from "../../../constructs/terraform/hcl";
import { RANGE_V4 } from "../../../constructs/validation/ip-range";
import { RESERVED_DIRECTIVES } from "../../../constructs/redis/reserved-directives";
import * as formats from "../../../constructs/validation/formats";
import {
  each,
  NOT_EMPTY,
  ofFormat,
  once,
  oneOf,
  some,
  terraformPattern,
  type ValueRule,
  within,
} from "../../../constructs/validation/value-rules";
import { temporaryFolder } from "../../support/folder";
import { LASTING } from "../../../constructs/elastigroup/revert-to-spot";
import { ROLE_TAG, TAG } from "../../../constructs/validation/tags";
import { describeWith } from "../../support/needs";
import { type Json } from "../support";

const folder = temporaryFolder();

/** Expressions as evaluated by Terraform. */
function evaluated(build: (stack: TerraformStack) => Record<string, unknown>): Record<string, unknown> {
  const stack = new TerraformStack(new App(), "stack");
  for (const [name, value] of Object.entries(build(stack)))
    new TerraformOutput(stack, name, { value, staticId: true });
  const directory = mkdtempSync(join(folder, "tf-"));
  writeFileSync(join(directory, "main.tf.json"), Testing.synth(stack));
  const terraform = (...args: string[]): string =>
    execFileSync("terraform", args, { cwd: directory, encoding: "utf8", stdio: "pipe" });
  terraform("init", "-no-color");
  terraform("apply", "-no-color", "-auto-approve");
  const outputs = JSON.parse(terraform("output", "-json")) as Record<string, Json>;
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

const samples: [rule: ValueRule<any>, type: string, ...values: unknown[]][] = [
  [ofFormat(formats.IMAGE), "string", "ami-0f", "ami-", "junk", ""],
  [
    ofFormat(formats.SIZE),
    "string",
    "12GB",
    "12gb",
    "12 gb",
    "12",
    "1mb",
    "1000k",
    "999kb",
    "1000000",
    "0gb",
  ],
  [
    ofFormat(formats.MASTER),
    "string",
    ...["10.0.1.10", "redis", "1redis", "redis-1.orders.internal", "ip-10-0-0-1", "3com.de"],
    ...["10.0.1.10:6379", "10.0.1.999", "10.0.1.08", "10.0.1", "1.2.3.4.5", "a..b", "a-.b", "1-1", ""],
    ...["redis:1", "redis:65535", "redis:0", "redis:65536", "redis:06379", "redis:"],
    ...["[fd00::1]", "[fd00::1]:6380", "[::]", "[1:2:3:4:5:6:7:8]", "fd00::1", "[fd00::1::2]", "[10.0.1.10]"],
  ],
  [
    ofFormat(formats.ZONE),
    "string",
    ...["us-west-2a", "us-gov-east-1b", "us-west-2-lax-1a", "us-east-1-wl1-bos-wlz-1", "us-west-2"],
    ...["us-west-2ab", "us-west-2-lax", "us-west-2a-x", "us-west-2-lax-1ab", "west-2a", ""],
  ],
  [LASTING, "string", "Sun:03:00-Sun:05:00", "Sun:03:00-Mon:03:00", "Sun:03:00-Sun:03:00"],
  [within({ least: 1, most: 10 }), "number", 1, 10, 0, 11, 1.5, -5],
  [oneOf(["gp3", "gp2"]), "string", "gp3", "GP3"],
  [oneOf([1, 3]), "number", 1, 2],
  [NOT_EMPTY, "string", "", " "],
  [some("item"), "list(string)", [], ["a"]],
  [once("item"), "list(string)", ["a", "b"], ["a", "a"], []],
  [each(ofFormat(formats.SUBNET)), "list(string)", ["subnet-0a"], ["subnet-0a", "sg-0a"]],
  [TAG, "string", "team", "aws", "aws:team", "AWS:team", "", "a".repeat(128), "a".repeat(129)],
  [
    ROLE_TAG,
    "string",
    "team",
    "Stra\u00dfe 7",
    "a_.:/=+-@b",
    "\u540d",
    "",
    "a;b",
    "a,b",
    "(a)",
    "a\nb",
    "a\tb",
  ],
  [RANGE_V4, "string", "10.0.0.0/16", "10.0.0.1/16", "fd00::/8", "10.0.0.0"],
];

describeWith(["terraform"], "in Terraform", () => {
  test("each rule accepts and refuses the same values as here", () => {
    const here: Record<string, boolean> = {};
    const there = evaluated((stack) =>
      Object.fromEntries(
        samples.flatMap(([rule, type, ...values], index) =>
          values.map((value, at) => {
            const name = `sample-${index}-${at}`;
            here[name] = rule.holds(value);
            const { friendlyUniqueId } = new TerraformVariable(stack, name.replace("sample", "value"), {
              type,
              default: value,
            });
            const condition = rule.condition({
              creationStack: [],
              resolve: () => `var.${friendlyUniqueId}`,
              toString: () => "",
            });
            return [name, condition];
          }),
        ),
      ),
    );
    expect(there).toEqual(here);
  });

  test("the pattern of every format is valid, except that of a script, which has a separate rule", () => {
    const all = Object.entries(formats).flatMap(([name, format]) =>
      typeof format === "object" && "pattern" in format && name !== "SHELL"
        ? [[name, format.pattern] as const]
        : [],
    );
    expect(all.length).toBeGreaterThan(30);
    const counts = evaluated(() =>
      Object.fromEntries(
        [...all, ["RESERVED", RESERVED_DIRECTIVES] as const].map(([name, pattern]) => [
          name,
          hcl`length(regexall(${terraformPattern(pattern)}, "")) >= 0`,
        ]),
      ),
    );
    expect(new Set(Object.values(counts))).toEqual(new Set([true]));
  });
});
