import { isFetched, secretsConstraints } from "../constructs/access/secrets";
import { openMastersConstraints } from "../constructs/access/redis-security-group";
import { portsConstraints } from "../constructs/access/redis-ports";
import { zonesConstraints } from "../constructs/elastigroup/availability-zones";
import { addressesConstraints, groupConstraints } from "../constructs/elastigroup/group-constraints";
import { shareConstraints } from "../constructs/elastigroup/strategy";
import { authConstraints } from "../constructs/redis/auth";
import { directivesConstraints } from "../constructs/redis/redis-settings";
import { replicasConstraints, rootVolumeConstraints } from "../constructs/redis/replicas-constraints";
import { featureConstraints, PINS, releaseConstraints } from "../constructs/redis/server-release";
import { regionConstraints } from "../constructs/validation/arn";
import { type Constraint, isBroken } from "../constructs/validation/constraint";
import { type Path, showPath } from "../constructs/validation/path";
import { type ClusterConfig } from "./schema";
import { ORIENTATIONS } from "./schema/strategy";
import { isVariable } from "./schema/values";
import { secretSources } from "./secret-sources";
import { references } from "./variables";

/** A violated rule: the value at `path` must `rule`. */
export interface Violation {
  readonly path: Path;
  readonly rule: string;
  /** What to do about it, as a sentence. */
  readonly advice?: string;
  /** Whether it is about the last key of the path, not about its value. */
  readonly ofKey?: boolean;
}

/** A rule across fields. It gets the fields that are valid by themselves, so that all mistakes are reported at once. */
type Rule = (config: Partial<ClusterConfig>) => readonly Violation[];

/** The advice for a variable in a place where none is allowed. */
export const NO_VARIABLE = "A variable is not allowed here.";

/** The constraints of the constructs. Terraform checks those that depend on variables. */
const ofConstructs: Rule = (config) =>
  [
    ...groupConstraints({
      ...config,
      capacity: config.replicas,
      orientation: config.strategy?.orientation && ORIENTATIONS[config.strategy.orientation].value,
      healthCheck: config.healthCheck?.type,
    }),
    ...replicasConstraints(config),
    ...rootVolumeConstraints(config.rootVolume),
    ...portsConstraints(config.redis ?? {}),
    ...directivesConstraints(config.redis?.directives),
    ...ofRelease(config),
    ...ofZones(config),
    ...ofShards(config),
    ...ofNetwork(config),
    ...ofSecrets(config),
  ]
    .filter(isBroken)
    .map((constraint) => ({ ...constraint, path: constraint.path.map(keyOf) }));

/** The key of a property that has another name there, since `type` is reserved in some of jsii's languages. */
function keyOf(prop: string | number): string | number {
  return prop === "checkType" ? "type" : prop;
}

function ofZones({ availabilityZones, ...others }: Partial<ClusterConfig>): Constraint[] {
  if (availabilityZones === undefined || isVariable(availabilityZones)) return [];
  return zonesConstraints({ ...others, availabilityZones });
}

function ofShards({ shards = [], persistence, strategy = {} }: Partial<ClusterConfig>): Constraint[] {
  const smallest = Math.min(
    ...shards.flatMap(({ replicas }) => (typeof replicas === "number" ? [replicas] : [])),
  );
  return [
    ...shards.flatMap(({ privateIps, replicas: capacity }, index) =>
      below(["shards", index], addressesConstraints({ privateIps, capacity, persistence })),
    ),
    // What goes together without a capacity is among the rules of a group.
    ...shareConstraints({ onDemandCount: strategy.onDemandCount }, smallest),
  ];
}

function ofNetwork({ network }: Partial<ClusterConfig>): Constraint[] {
  const masters: object = (network as Partial<typeof network>)?.masters ?? {};
  const isGroup = Object.keys(masters).length === 0 || "securityGroupId" in masters;
  return below(["network"], openMastersConstraints(network?.openMasters, isGroup));
}

function ofSecrets(config: Partial<ClusterConfig>): Constraint[] {
  const { secrets = {}, auth = {}, region } = config;
  const sources = secretSources(config);
  return [
    // A map without any list is wrong by itself.
    ...(secrets.kmsKeyArns === undefined ? [] : secretsConstraints(secrets, sources)),
    ...Object.entries(secrets).flatMap(([key, arns]) => regionConstraints(["secrets", key], arns, region)),
    ...sources.filter(isFetched).flatMap(({ path, name }) => regionConstraints(path, name, region)),
    ...authConstraints(auth),
  ];
}

function ofRelease({ redis = {} }: Partial<ClusterConfig>): Constraint[] {
  const isBuilt = (redis.install ?? "source") === "source";
  return isBuilt ? [...releaseConstraints(redis), ...featureConstraints({ ...redis, isBuilt })] : [];
}

function below(path: Path, constraints: readonly Constraint[]): Constraint[] {
  return constraints.map((each) => ({ ...each, path: [...path, ...each.path] }));
}

/** Placement groups require known zones. */
const placementGroupsNeedKnownZones: Rule = ({ availabilityZones, placementGroups = {} }) =>
  isVariable(availabilityZones) && Object.keys(placementGroups).length > 0
    ? [{ path: ["placementGroups"], rule: "be left out where `availabilityZones` is a variable" }]
    : [];

const releaseNeedsSourceInstall: Rule = ({ redis = {} }) =>
  PINS.filter((key) => redis[key] !== undefined && (redis.install ?? "source") !== "source").map((key) => ({
    path: ["redis", key],
    rule: "be left out unless `install` is source",
  }));

const packageNeedsPackageInstall: Rule = ({ redis = {} }) =>
  redis.package === undefined || redis.install === "package"
    ? []
    : [{ path: ["redis", "package"], rule: "be left out unless `install` is package" }];

/** These maps have arbitrary keys, so `{ variable: name }` would be a tag or a directive with the name `variable`. */
const noVariableForMaps: Rule = ({ tags, redis = {} }) =>
  [
    { path: ["tags"], map: tags },
    { path: ["redis", "directives"], map: redis.directives },
  ]
    .filter(({ map }) => map !== undefined && Object.keys(map).join() === "variable")
    .map(({ path }) => ({ path, rule: "name each of its keys", advice: NO_VARIABLE }));

const variablesOfOneType: Rule = (config) => {
  const first = new Map<string, { path: Path; type: string }>();
  return references(config).flatMap(({ name, path, type }) => {
    const other = first.get(name) ?? { path, type };
    first.set(name, other);
    return other.type === type
      ? []
      : [
          {
            path,
            rule: `name a variable of type ${type}, and \`${name}\` is a ${other.type} in \`${showPath(other.path)}\``,
          },
        ];
  });
};

/** All rules: those of the constructs, and those that only apply to a file. */
export const RULES: readonly Rule[] = [
  ofConstructs,
  placementGroupsNeedKnownZones,
  releaseNeedsSourceInstall,
  packageNeedsPackageInstall,
  noVariableForMaps,
  variablesOfOneType,
];
