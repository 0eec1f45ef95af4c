import { RESERVED_DIRECTIVES } from "../constructs/kinds";
import { isVariable, type ClusterConfig } from "./schema";
import { type Path } from "./source";
import { references, showPath } from "./variables";

/** One broken rule: the value at `path` must `rule`. */
export interface Violation {
  readonly path: Path;
  readonly rule: string;
  /** What to do about it, as a sentence. */
  readonly advice?: string;
}

/** A rule across fields. It sees the fields that are valid by themselves, so that all mistakes show at once. */
type Rule = (config: Partial<ClusterConfig>) => Violation[];

const PINNED = ["version", "url", "sha256"] as const;

const zonesInRegion: Rule = ({ region, availabilityZones }) => {
  if (region === undefined || availabilityZones === undefined || isVariable(availabilityZones)) return [];
  return Object.keys(availabilityZones)
    .filter((zone) => !zone.startsWith(region))
    .map((zone) => ({ path: ["availabilityZones", zone], rule: `be a zone of \`region\` (${region})` }));
};

const subnetsInOneZone: Rule = ({ availabilityZones }) => {
  if (availabilityZones === undefined || isVariable(availabilityZones)) return [];
  const home = new Map<string, string>();
  return Object.entries(availabilityZones).flatMap(([zone, subnets]) =>
    subnets.flatMap((subnet, index) => {
      if (isVariable(subnet)) return [];
      const other = home.get(subnet) ?? zone;
      home.set(subnet, other);
      return other === zone
        ? []
        : [{ path: ["availabilityZones", zone, index], rule: `be in one zone, and ${other} has it already` }];
    }),
  );
};

const preferredAmongSpot: Rule = ({ instanceTypes }) => {
  const { spot, preferredSpot } = instanceTypes ?? {};
  if (!Array.isArray(spot) || !Array.isArray(preferredSpot)) return [];
  return preferredSpot.flatMap((type, index) =>
    isVariable(type) || spot.includes(type)
      ? []
      : [{ path: ["instanceTypes", "preferredSpot", index], rule: "name a type that `spot` names too" }],
  );
};

const sourcePinnedWhole: Rule = ({ redis = {} }) => {
  const given = PINNED.filter((key) => redis[key] !== undefined);
  if (given.length === 0) return [];
  if ((redis.install ?? "source") !== "source") {
    return given.map((key) => ({ path: ["redis", key], rule: "be left out unless `install` is source" }));
  }
  return PINNED.filter((key) => redis[key] === undefined).map((key) => ({
    path: ["redis", key],
    rule: `be given together with ${given.map((each) => `\`${each}\``).join(" and ")}`,
  }));
};

const packageWhereInstalled: Rule = ({ redis = {} }) =>
  redis.package === undefined || redis.install === "package"
    ? []
    : [{ path: ["redis", "package"], rule: "be left out unless `install` is package" }];

const portsFit: Rule = ({ redis = {} }) => {
  const { port = 6379, busPort } = redis;
  if (busPort === undefined && port > 55535) {
    return [
      {
        path: ["redis", "port"],
        rule: "be at most 55535 unless `busPort` is given (the bus is `port` + 10000)",
      },
    ];
  }
  return busPort === port ? [{ path: ["redis", "busPort"], rule: "differ from `port`" }] : [];
};

const directivesFree: Rule = ({ redis = {} }) =>
  Object.keys(redis.directives ?? {})
    .filter((directive) => RESERVED_DIRECTIVES.test(directive))
    .map((directive) => ({
      path: ["redis", "directives", directive],
      rule: "be left out: this package sets it itself",
    }));

const somethingPersists: Rule = ({ persistence = {} }) =>
  persistence.rootVolume === false && persistence.privateIp === false
    ? [{ path: ["persistence"], rule: "keep the root volume or the private IP" }]
    : [];

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

/** All of them. */
export const RULES: readonly Rule[] = [
  zonesInRegion,
  subnetsInOneZone,
  preferredAmongSpot,
  sourcePinnedWhole,
  packageWhereInstalled,
  portsFit,
  directivesFree,
  somethingPersists,
  variablesOfOneType,
];
