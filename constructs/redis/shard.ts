import { Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { type Constraint } from "../validation/constraint";
import { HOST, IPV4, SHARD } from "../validation/formats";
import { REPLICAS } from "../validation/limits";
import { Validator } from "../validation/validator";
import { ofFormat, once, some, violation, within } from "../validation/value-rules";

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
    if (Token.isUnresolved(name))
      throw new Error(violation(`shards[${index}].name`, "be known before Terraform runs", "a token"));
    validator.value(`shards[${index}].name`, name, ofFormat(SHARD));
    validator.value(`shards[${index}].master`, master, ofFormat(HOST));
    validator.value(`shards[${index}].replicas`, replicas, within(REPLICAS));
    validator.list(`shards[${index}].privateIps`, privateIps, IPV4);
  });
  validator.value(
    "shards",
    shards.map(({ name }) => name),
    once("shard"),
  );
}

/** What shards must not have in common. */
export function shardViolations(shards: Shard[]): string[] {
  return [
    ...repeated(shards.map(({ master }) => [master])).map(([index, master]) =>
      violation(`shards[${index}].master`, "be the node of one shard", master),
    ),
    ...repeated(shards.map(({ adopt }) => (adopt === undefined ? [] : [adopt]))).map(([index, group]) =>
      violation(`shards[${index}].adopt`, "name a group that no other shard has", group),
    ),
    ...repeated(shards.map(({ privateIps }) => privateIps ?? [])).map(([index, address]) =>
      violation(`shards[${index}].privateIps`, "hold addresses that no other shard has", address),
    ),
  ];
}

/** The same where only Terraform knows the values. */
export function shardConstraints(shards: Shard[]): Constraint[] {
  const masters = shards.map(({ master }) => master);
  const addresses = shards.flatMap(({ privateIps }) => (privateIps === undefined ? [] : [privateIps]));
  return [
    {
      prop: "shards",
      rule: "each have a node of their own as `master`",
      got: masters,
      among: masters,
      holds: true,
      condition: hcl`length(distinct(${masters})) == length(${masters})`,
    },
    {
      prop: "shards",
      rule: "have no address of `privateIps` in common",
      got: addresses,
      among: addresses,
      holds: true,
      condition: hcl`length(distinct(flatten(${addresses}))) == length(flatten(${addresses}))`,
    },
  ];
}

/** The values that an earlier list has too, with the place of their list. */
function repeated(lists: string[][]): [index: number, value: string][] {
  const seen = new Map<string, number>();
  return lists.flatMap((values, index) =>
    Token.isUnresolved(values)
      ? []
      : values.flatMap((value): [number, string][] => {
          if (Token.isUnresolved(value)) return [];
          const first = seen.get(value) ?? index;
          seen.set(value, first);
          return first === index ? [] : [[index, value]];
        }),
  );
}
