import { Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { type Format } from "./formats";
import { type Validator } from "./validator";
import { ValidationError } from "./validation-error";
import { each, ofFormat, precondition, type ValueRule } from "./value-rules";

/** The key of a tag. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html */
export const TAG_KEY: Format = {
  pattern: /^(?!aws:)[\s\S]{1,128}$/i,
  rule: "be 1 to 128 characters and not begin with aws:",
  noun: "tag",
};

/** The value of a tag. */
export const TAG_VALUE: Format = {
  pattern: /^[\s\S]{0,256}$/,
  rule: "be text of at most 256 characters",
  noun: "value",
};

/** The same as a rule, since Terraform's regular expressions have no lookahead. */
export const TAG: ValueRule<string> = {
  ...ofFormat(TAG_KEY),
  condition: (key) => hcl`length(${key}) > 0 && length(${key}) <= 128 && !startswith(lower(${key}), "aws:")`,
};

/**
 * A key that the metadata service can show.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-tags-in-IMDS.html
 */
export const METADATA_TAG: ValueRule<string> = {
  rule: "have only letters, digits and +-=.,_:@ in its key, and not be ., .. or _index, with `instanceMetadataTags`",
  holds: (key) => /^[A-Za-z0-9+=.,_:@-]+$/.test(key) && !UNSHOWN.includes(key),
  condition: (key) => hcl`can(regex(${"^[A-Za-z0-9+=.,_:@-]+$"}, ${key})) && !contains(${UNSHOWN}, ${key})`,
};

const UNSHOWN = [".", "..", "_index"];

/** The number of tags of an EC2 resource. */
export const TAGS = { most: 50, rule: "be at most 50 tags, the limit of EC2" };

/** Spot accepts any tag. With a tag that EC2 rejects, no instance starts. */
export function validateTags(tags: { [name: string]: string } | undefined, validator: Validator): void {
  if (tags !== undefined && Token.isUnresolved(tags)) return validateTokenOfTags(tags, validator);
  const count = Object.keys(tags ?? {}).length;
  if (count > TAGS.most) throw new ValidationError("tags", TAGS.rule, count);
  for (const [key, value] of Object.entries(tags ?? {})) {
    validator.value("tags", read(key), TAG);
    validator.value(["tags", key], read(value), ofFormat(TAG_VALUE));
  }
}

/** A map that is known only to Terraform. The plan checks its keys too. */
function validateTokenOfTags(tags: { [name: string]: string }, validator: Validator): void {
  if (Object.keys(tags).length > 1)
    throw new ValidationError("tags", "be a map or the token of one; `Fn.merge` makes one of both", "both");
  validator.add([
    precondition("tags", TAGS.rule, tags, hcl`length(${tags}) <= ${TAGS.most}`),
    precondition("tags", TAG.rule, tags, each(TAG).condition(hcl`keys(${tags})`)),
    precondition(
      "tags",
      "have values of at most 256 characters",
      tags,
      each(ofFormat(TAG_VALUE)).condition(hcl`values(${tags})`),
    ),
  ]);
}

/** The characters in tags of IAM: fewer than in EC2. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
export const ROLE_TAG: ValueRule<string> = {
  rule: "contain only letters, digits, spaces and _.:/=+-@ if `secrets` creates a role, since IAM allows no others",
  holds: (text) => /^[\p{L}\p{N}\p{Z}_.:/=+@-]*$/u.test(text),
  condition: (text) => hcl`can(regex(${"^[\\p{L}\\p{N}\\p{Z}_.:/=+@-]*$"}, ${text}))`,
};

/** The tags of a role. IAM compares their keys case-insensitively. */
export function validateRoleTags(tags: { [name: string]: string } | undefined, validator: Validator): void {
  if (Token.isUnresolved(tags)) {
    const texts = hcl`concat(keys(${tags}), values(${tags}))`;
    const keys = hcl`length(distinct([for key in keys(${tags}) : lower(key)])) == length(${tags})`;
    validator.add([
      precondition("tags", ROLE_TAG.rule, tags, each(ROLE_TAG).condition(texts)),
      precondition("tags", ROLE_KEYS, tags, keys),
    ]);
    return;
  }
  const known = new Set<string>();
  for (const [key, value] of Object.entries(tags ?? {})) {
    validator.value("tags", read(key), ROLE_TAG);
    validator.value(["tags", key], read(value), ROLE_TAG);
    if (known.has(key.toLowerCase())) throw new ValidationError("tags", ROLE_KEYS, key);
    known.add(key.toLowerCase());
  }
}

const ROLE_KEYS =
  "differ by more than their case if `secrets` creates a role, since IAM treats them as equal";

/** A text without the escaping of Terraform. */
function read(text: string): string {
  return text.replace(/([$%])\1\{/g, "$1{");
}
