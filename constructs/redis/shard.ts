import { Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { type Constraint, repeated } from "../validation/constraint";
import { HOST, IPV4, SHARD } from "../validation/formats";
import { REPLICAS } from "../validation/limits";
import { type Path } from "../validation/path";
import { ValidationError } from "../validation/validation-error";
import { Validator } from "../validation/validator";
import { ofFormat, some, within } from "../validation/value-rules";

/** The replicas of one shard, on a group of their own. */
export interface Shard {
  /**
   * What the shard is called: the end of its group's name, and its key in Terraform. Another name is another
   * group. 1 to 40 lower-case letters, digits and dashes, beginning with a letter.
   */
  readonly name: string;
  /** A node of the shard, its master at best: IP or DNS name without a port. */
  readonly master: string;
  /** Its replicas, 1 to 1000. */
  readonly replicas: number;
  /**
   * Addresses that they get, at most one for each.
   * @default - whatever is free in the subnets
   */
  readonly privateIps?: string[];
  /**
   * The id of a group that is there already and becomes this shard's.
   * @default - a new group is made
   */
  readonly adopt?: string;
}

/** Throws where a known value can be no such value; others are checked by the shard's group and boot script. */
export function validateShards(shards: Shard[]): void {
  const validator = new Validator();
  validator.value(
    "shards",
    shards.map(({ name }) => name),
    some("shard"),
  );
  shards.forEach(({ name, master, replicas, privateIps }, index) => {
    const at = (prop: keyof Shard): Path => ["shards", index, prop];
    if (Token.isUnresolved(name))
      throw new ValidationError(at("name"), "be known before Terraform runs", "a token");
    validator.value(at("name"), name, ofFormat(SHARD));
    validator.value(at("master"), master, ofFormat(HOST));
    validator.value(at("replicas"), replicas, within(REPLICAS));
    validator.list(at("privateIps"), privateIps, IPV4);
  });
  // Two of one name would be one construct.
  validator.across(namesConstraints(shards));
}

/** A shard as plain values; of a config file, some may be missing. */
export type PlainShard = { readonly [prop in keyof Shard]?: unknown };

/** What shards must not have in common. */
export function shardsConstraints(shards: readonly PlainShard[]): Constraint[] {
  const masters = shards.map(({ master }) => master);
  const addresses = shards.flatMap(({ privateIps }) => (privateIps === undefined ? [] : [privateIps]));
  return [
    ...namesConstraints(shards),
    ...differing(shards, "master", "be the node of one shard"),
    ...differing(shards, "adopt", "name a group that no other shard has"),
    ...repeated(shards.map(({ privateIps }) => privateIps)).map(([index, item, got]) => ({
      path: ["shards", index, "privateIps", item],
      rule: "be the address of one shard",
      got,
      holds: false,
    })),
    {
      path: ["shards"],
      rule: "each have a node of their own as `master`",
      got: masters,
      among: masters,
      holds: true,
      condition: hcl`length(distinct(${masters})) == length(${masters})`,
    },
    {
      path: ["shards"],
      rule: "have no address of `privateIps` in common",
      got: addresses,
      among: addresses,
      holds: true,
      condition: hcl`length(distinct(flatten(${addresses}))) == length(flatten(${addresses}))`,
    },
  ];
}

function namesConstraints(shards: readonly PlainShard[]): Constraint[] {
  return differing(shards, "name", "differ from that of every other shard");
}

function differing(shards: readonly PlainShard[], prop: keyof Shard, rule: string): Constraint[] {
  return repeated(shards.map((shard) => [shard[prop]])).map(([index, , got]) => ({
    path: ["shards", index, prop],
    rule,
    got,
    holds: false,
  }));
}
