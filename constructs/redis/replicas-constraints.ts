import { type Constraint } from "../validation/constraint";
import { hasDefaultSize } from "./default-root-volume";
import { type PlainShard, shardsConstraints } from "./shard";

/** The properties of replicas as plain values. For a config file, some may be missing. */
export interface PlainReplicas {
  readonly replicas?: unknown;
  readonly privateIps?: unknown;
  readonly adopt?: unknown;
  readonly shards?: readonly PlainShard[];
  readonly secrets?: object;
  readonly iamInstanceProfile?: unknown;
}

/** The constraints across the properties of replicas, in addition to those of a group. */
export function replicasConstraints(props: PlainReplicas): Constraint[] {
  const { shards, secrets, iamInstanceProfile } = props;
  const ofShards = (["replicas", "privateIps", "adopt"] as const).map((prop) => ({
    path: [prop],
    rule: "be left out where `shards` have their own",
    got: props[prop],
    holds: props[prop] === undefined || shards === undefined,
  }));
  return [
    ...ofShards,
    ...shardsConstraints(shards ?? []),
    {
      path: ["iamInstanceProfile"],
      rule: "be left out where `secrets` is given, for that makes a profile",
      got: iamInstanceProfile,
      holds: secrets === undefined || iamInstanceProfile === undefined,
    },
  ];
}

/** All settings except the device require a size. */
export function rootVolumeConstraints(volume: { readonly size?: unknown } = {}): Constraint[] {
  return [
    {
      path: ["rootVolume", "size"],
      rule: "be given with any other key but `device`",
      holds: volume.size !== undefined || hasDefaultSize(volume),
    },
  ];
}
