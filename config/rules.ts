import { isInRegion } from "../constructs/validation/arn";
import { RESERVED_DIRECTIVES } from "../constructs/validation/formats";
import { DATA_DEVICE, ROOT_DEVICE } from "../constructs/elastigroup/group-constraints";
import { misfits } from "../constructs/elastigroup/instance-types";
import { hasDefaultSize } from "../constructs/redis/default-root-volume";
import { isBroken } from "../constructs/validation/constraint";
import { rangeConstraints } from "../constructs/elastigroup/resource-requirements";
import { volumeConflicts } from "../constructs/elastigroup/volume";
import { type ClusterConfig } from "./schema";
import { isVariable } from "./schema/values";
import { type Path } from "./source";
import { references, showPath } from "./variables";

/** One broken rule: the value at `path` must `rule`. */
export interface Violation {
  readonly path: Path;
  readonly rule: string;
  /** What to do about it, as a sentence. */
  readonly advice?: string;
  /** Whether it is about the key at the path's end, not about its value. */
  readonly ofKey?: boolean;
}

/** A rule across fields. It sees the fields that are valid by themselves, so that all mistakes show at once. */
type Rule = (config: Partial<ClusterConfig>) => Violation[];

/** What to do about a variable where none may be. */
export const NO_VARIABLE = "A variable cannot stand here.";

const PINNED = ["version", "url", "sha256"] as const;

const zonesInRegion: Rule = ({ region, availabilityZones }) => {
  if (region === undefined || availabilityZones === undefined || isVariable(availabilityZones)) return [];
  return Object.keys(availabilityZones)
    .filter((zone) => !zone.startsWith(region))
    .map((zone) => ({
      ...{ path: ["availabilityZones", zone], ofKey: true },
      rule: `be a zone of \`region\` (${region})`,
    }));
};

const subnetsInOneZone: Rule = ({ availabilityZones }) => {
  if (availabilityZones === undefined || isVariable(availabilityZones)) return [];
  const home = new Map<string, string>();
  return Object.entries(availabilityZones).flatMap(([zone, subnets]) =>
    (isVariable(subnets) ? [] : subnets).flatMap((subnet, index) => {
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

const spotOrRequirements: Rule = ({ instanceTypes }) =>
  instanceTypes?.spot === undefined || instanceTypes.resourceRequirements === undefined
    ? []
    : [
        {
          path: ["instanceTypes", "resourceRequirements"],
          rule: "be left out where `spot` names the types",
        },
      ];

const rangesHold: Rule = ({ instanceTypes }) => {
  const requirements = instanceTypes?.resourceRequirements;
  if (requirements === undefined) return [];
  return rangeConstraints(requirements)
    .filter(isBroken)
    .map(({ prop, rule }) => ({ path: prop.split("."), rule }));
};

const oneArchitecture: Rule = ({ instanceTypes, architecture }) => {
  const { onDemand, spot, preferredSpot } = instanceTypes ?? {};
  const named: { place: Path; type: string }[] = [];
  const add = (type: unknown, ...path: Path): void => {
    if (typeof type === "string") named.push({ place: ["instanceTypes", ...path], type });
  };
  add(onDemand, "onDemand");
  for (const [key, types] of Object.entries({ spot, preferredSpot })) {
    if (Array.isArray(types)) types.forEach((type, index) => add(type, key, index));
  }
  return misfits(named, architecture).map(({ place, rule }) => ({ path: place, rule }));
};

const zoneNamesKnown: Rule = ({ availabilityZones, preferredZones = [], placementGroups = {} }) => {
  if (availabilityZones === undefined) return [];
  if (isVariable(availabilityZones)) {
    return Object.keys(placementGroups).length === 0
      ? []
      : [{ path: ["placementGroups"], rule: "be left out where `availabilityZones` is a variable" }];
  }
  const rule = "name a zone that `availabilityZones` names too";
  const unknown = (zone: string): boolean => !Object.hasOwn(availabilityZones, zone);
  return [
    ...preferredZones.flatMap((zone, index) =>
      unknown(zone) ? [{ path: ["preferredZones", index], rule }] : [],
    ),
    ...Object.keys(placementGroups)
      .filter(unknown)
      .map((zone) => ({ path: ["placementGroups", zone], rule, ofKey: true })),
  ];
};

const preferredZonesAreUsed: Rule = ({ preferredZones, strategy = {} }) =>
  preferredZones === undefined || strategy.orientation !== "equalZones"
    ? []
    : [
        {
          path: ["preferredZones"],
          rule: "be left out with the orientation equalZones, which uses all alike",
        },
      ];

const volumesFit: Rule = (config) =>
  (["rootVolume", "dataVolume"] as const).flatMap((key) => {
    const volume = config[key];
    if (volume === undefined) return [];
    return volumeConflicts(volume).map(({ part, rule }) => ({ path: [key, part], rule }));
  });

const rootVolumeHasSize: Rule = ({ rootVolume }) =>
  rootVolume === undefined || rootVolume.size !== undefined || hasDefaultSize(rootVolume)
    ? []
    : [{ path: ["rootVolume", "size"], rule: "be given with any other key but `device`" }];

const devicesDiffer: Rule = ({ rootVolume, dataVolume }) =>
  dataVolume === undefined || (dataVolume.device ?? DATA_DEVICE) !== (rootVolume?.device ?? ROOT_DEVICE)
    ? []
    : [{ path: ["dataVolume", "device"], rule: "differ from the root volume's" }];

const dataVolumeIsThere: Rule = ({ persistence = {}, dataVolume }) =>
  persistence.dataVolume === undefined || dataVolume !== undefined
    ? []
    : [{ path: ["persistence", "dataVolume"], rule: "be left out without `dataVolume`" }];

const replicasOrShards: Rule = ({ replicas, shards, privateIps, adopt }) => {
  if (shards === undefined) return [];
  const rule = "be left out where `shards` have their own";
  return [
    ...(replicas === undefined ? [] : [{ path: ["replicas"], rule }]),
    ...(privateIps === undefined ? [] : [{ path: ["privateIps"], rule }]),
    ...(adopt === undefined ? [] : [{ path: ["adopt"], rule: "be left out with `shards`" }]),
  ];
};

const shardsDiffer: Rule = ({ shards = [] }) => [
  ...repeated(shards.map(({ name }) => [name])).map(([index]) => ({
    path: ["shards", index, "name"],
    rule: "differ from that of every other shard",
  })),
  ...repeated(shards.map(({ master }) => [master])).map(([index]) => ({
    path: ["shards", index, "master"],
    rule: "be the node of one shard",
  })),
  ...repeated(shards.map(({ adopt }) => [adopt])).map(([index]) => ({
    path: ["shards", index, "adopt"],
    rule: "name a group that no other shard has",
  })),
  ...repeated(shards.map(({ privateIps }) => privateIps)).map(([index, item]) => ({
    path: ["shards", index, "privateIps", item],
    rule: "be the address of one shard",
  })),
];

const addressesFit: Rule = ({ replicas, privateIps, shards = [], persistence = {} }) =>
  [
    { path: [] as Path, replicas, privateIps },
    ...shards.map((shard, i) => ({ path: ["shards", i], ...shard })),
  ]
    .filter((each) => each.privateIps !== undefined)
    .flatMap(({ path, replicas: count, privateIps: addresses }) => {
      const at = [...path, "privateIps"];
      if (persistence.privateIp === false) {
        return [{ path: at, rule: "be left out unless `persistence.privateIp` is true" }];
      }
      return Array.isArray(addresses) && typeof count === "number" && addresses.length > count
        ? [{ path: at, rule: `name at most as many as there are replicas (${count})` }]
        : [];
    });

const healthIsChecked: Rule = ({ healthCheck = {}, targetGroupArns }) =>
  healthCheck.type !== "TARGET_GROUP" || targetGroupArns !== undefined
    ? []
    : [{ path: ["healthCheck", "type"], rule: "be another one without `targetGroupArns`" }];

/** The items that an earlier list has too, with the place of their list and in it; one variable is one value. */
function repeated(lists: unknown[]): [list: number, item: number][] {
  const seen = new Map<string, number>();
  return lists.flatMap((items, list) =>
    !Array.isArray(items)
      ? []
      : items.flatMap((value: unknown, item): [number, number][] => {
          if (value === undefined) return [];
          const one = JSON.stringify(value);
          const first = seen.get(one) ?? list;
          seen.set(one, first);
          return first === list ? [] : [[list, item]];
        }),
  );
}

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
      rule: "be left out: this package sets it itself, or relies on its default",
    }));

/** Any key may stand in these maps, and `{ variable: name }` would be a tag or a directive called so. */
const noVariableForMaps: Rule = ({ tags, redis = {} }) =>
  [
    { path: ["tags"], map: tags },
    { path: ["redis", "directives"], map: redis.directives },
  ]
    .filter(({ map }) => map !== undefined && Object.keys(map).join() === "variable")
    .map(({ path }) => ({ path, rule: "name each of its keys", advice: NO_VARIABLE }));

const somethingPersists: Rule = ({ persistence = {}, dataVolume }) =>
  persistence.rootVolume === false &&
  persistence.privateIp === false &&
  (dataVolume === undefined || persistence.dataVolume === false)
    ? [{ path: ["persistence"], rule: "keep the root volume or the private IP" }]
    : [];

const mastersGroupToOpen: Rule = ({ network }) => {
  const masters: unknown = network?.masters;
  if (network?.openMasters !== true || typeof masters !== "object" || masters === null) return [];
  if (Object.keys(masters).length === 0 || "securityGroupId" in masters) return [];
  return [{ path: ["network", "openMasters"], rule: "be left out unless `masters` is a security group" }];
};

const oneProfile: Rule = ({ secrets, iamInstanceProfile }) =>
  secrets === undefined || iamInstanceProfile === undefined
    ? []
    : [
        {
          path: ["iamInstanceProfile"],
          rule: "be left out where `secrets` is given, for that makes a profile",
        },
      ];

const arnsInRegion: Rule = ({ region, secrets = {}, targetGroupArns, rootVolume, dataVolume }) => {
  if (region === undefined) return [];
  const given: [path: Path, value: unknown][] = [
    ...(["secretArns", "parameterArns", "kmsKeyArns"] as const).map((key): [Path, unknown] => [
      ["secrets", key],
      secrets[key],
    ]),
    [["targetGroupArns"], targetGroupArns],
    [["rootVolume", "kmsKeyId"], rootVolume?.kmsKeyId],
    [["dataVolume", "kmsKeyId"], dataVolume?.kmsKeyId],
  ];
  return given
    .flatMap(([path, value]): [Path, unknown][] =>
      Array.isArray(value) ? value.map((each, index) => [[...path, index], each]) : [[path, value]],
    )
    .filter(([, arn]) => typeof arn === "string" && !isInRegion(arn, region))
    .map(([path]) => ({ path, rule: `be in \`region\` (${region})` }));
};

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
  spotOrRequirements,
  rangesHold,
  oneArchitecture,
  zoneNamesKnown,
  preferredZonesAreUsed,
  volumesFit,
  rootVolumeHasSize,
  devicesDiffer,
  dataVolumeIsThere,
  replicasOrShards,
  shardsDiffer,
  addressesFit,
  healthIsChecked,
  sourcePinnedWhole,
  packageWhereInstalled,
  portsFit,
  directivesFree,
  noVariableForMaps,
  somethingPersists,
  mastersGroupToOpen,
  oneProfile,
  arnsInRegion,
  variablesOfOneType,
];
