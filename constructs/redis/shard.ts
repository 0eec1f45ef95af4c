import { Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { type Constraint, repeated } from "../validation/constraint";
import { IPV4, MASTER, SHARD } from "../validation/formats";
import { REPLICAS } from "../validation/limits";
import { type Path } from "../validation/path";
import { ValidationError } from "../validation/validation-error";
import { Validator } from "../validation/validator";
import { ofFormat, some, within } from "../validation/value-rules";

/** The replicas of one shard, in a separate group. */
export interface Shard {
  /**
   * The name of the shard: the end of the name of its group, and its key in Terraform. Another name creates another group.
   * 1 to 40 lower-case letters, digits and dashes, beginning with a letter.
   */
  readonly name: string;
  /** A node of the shard, preferably its master: IP or DNS name, with a port if that is not `redis.port`. */
  readonly master: string;
  /** The number of its replicas, 1 to 1000. */
  readonly replicas: number;
  /**
   * Private IPs of its instances, at most one for each.
   * @default - free addresses of the subnets
   */
  readonly privateIps?: string[];
  /**
   * The ID of an existing group that becomes the group of this shard.
   * @default - a new group is created
   */
  readonly adopt?: string;
}

/** Throws if a known value is invalid. Other values are validated by the group and the boot script of the shard. */
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
    validator.value(at("master"), master, ofFormat(MASTER));
    validator.value(at("replicas"), replicas, within(REPLICAS));
    validator.list(at("privateIps"), privateIps, IPV4);
  });
  // Two shards with the same name would have the same construct ID.
  validator.across(namesConstraints(shards));
}

/** A shard as plain values. For a config file, some may be missing. */
export type PlainShard = { readonly [prop in keyof Shard]?: unknown };

/** The constraints across shards: values that must be different. */
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
