import { Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { type Format } from "./formats";
import { type Validator } from "./validator";
import { ValidationError } from "./validation-error";
import { ofFormat, type ValueRule } from "./value-rules";

/** A tag's key. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html */
export const TAG_KEY: Format = {
  pattern: /^(?!aws:)[\s\S]{1,128}$/i,
  rule: "be 1 to 128 characters and not begin with aws:",
  noun: "tag",
};

/** A tag's value. */
export const TAG_VALUE: Format = {
  pattern: /^[\s\S]{0,256}$/,
  rule: "be text of at most 256 characters",
  noun: "value",
};

/** The same as a rule, for Terraform's patterns cannot look ahead. */
export const TAG: ValueRule<string> = {
  ...ofFormat(TAG_KEY),
  condition: (key) => hcl`length(${key}) > 0 && length(${key}) <= 128 && !startswith(lower(${key}), "aws:")`,
};

/** How many a resource of EC2 can have, whoever sets them. */
export const TAGS = { most: 50, rule: "be at most 50 tags, as many as EC2 takes" };

/** Spot takes any tag, and with one that EC2 refuses no instance ever starts. */
export function validateTags(tags: { [name: string]: string } | undefined, validator: Validator): void {
  if (Token.isUnresolved(tags))
    throw new ValidationError("tags", "be a map whose keys are known before Terraform runs", "a token");
  const count = Object.keys(tags ?? {}).length;
  if (count > TAGS.most) throw new ValidationError("tags", TAGS.rule, count);
  for (const [key, value] of Object.entries(tags ?? {})) {
    validator.value("tags", read(key), TAG);
    validator.value(["tags", key], read(value), ofFormat(TAG_VALUE));
  }
}

/** What IAM takes, which is less. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
export const ROLE_TAG: ValueRule<string> = {
  rule: "hold only letters, digits, blanks and _.:/=+-@ where `secrets` makes a role: IAM takes no others",
  holds: (text) => /^[\p{L}\p{N}\p{Z}_.:/=+@-]*$/u.test(text),
  condition: (text) => hcl`can(regex(${"^[\\p{L}\\p{N}\\p{Z}_.:/=+@-]*$"}, ${text}))`,
};

/** A role's tags, whose keys differ by more than their case. */
export function validateRoleTags(tags: { [name: string]: string } | undefined, validator: Validator): void {
  const known = new Set<string>();
  for (const [key, value] of Object.entries(tags ?? {})) {
    validator.value("tags", read(key), ROLE_TAG);
    validator.value(["tags", key], read(value), ROLE_TAG);
    if (known.has(key.toLowerCase())) throw new ValidationError("tags", ROLE_KEYS, key);
    known.add(key.toLowerCase());
  }
}

const ROLE_KEYS = "differ by more than their case where `secrets` makes a role: IAM takes them for one";

/** A text as Terraform reads it, whose escapes do not count. */
function read(text: string): string {
  return text.replace(/([$%])\1\{/g, "$1{");
}
