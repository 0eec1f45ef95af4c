import { type Problem } from "./api-error";
import { TIME_WINDOW } from "./revert";
import { at, isObject, type Json, type JsonObject, listAt, numberAt, stringAt, stringsAt } from "./json";

/** A rule of the API. Returns the error of a group, or undefined. */
type Rule = (group: JsonObject) => Problem | undefined;

const types = "compute.instanceTypes";
const specification = "compute.launchSpecification";
const persistence = "strategy.persistence";

/** The rules of the API that apply to a group of replicas. */
const rules: readonly Rule[] = [
  required("name"),
  required("capacity.unit"),
  required("compute.product"),
  required("strategy.availabilityVsCost"),
  oneOf("capacity.unit", ["instance", "weight"]),
  oneOf("strategy.availabilityVsCost", [
    "balanced",
    "costOriented",
    "equalAzDistribution",
    "availabilityOriented",
    "cheapest",
  ]),
  oneOf(`${persistence}.blockDevicesMode`, ["reattach", "onLaunch"]),
  oneOf("strategy.revertToSpot.performAt", ["always", "timeWindow", "never"]),
  notAbove("capacity.minimum", "capacity.maximum"),
  notAbove("capacity.minimum", "capacity.target"),
  notAbove("capacity.target", "capacity.maximum"),
  exactlyOne(`${types}.ondemand`, `${types}.onDemandTypes`),
  exactlyOne(`${types}.spot`, `${types}.resourceRequirements`),
  exactlyOne("compute.availabilityZones", "compute.subnetIds"),
  exactlyOne(`${specification}.imageId`, `${specification}.images`),
  nonEmpty(`${specification}.securityGroupIds`),
  within(`${types}.preferredSpot`, (group) => stringsAt(group, `${types}.spot`)),
  within("compute.preferredAvailabilityZones", (group) =>
    listAt(group, "compute.availabilityZones").map((zone) => stringAt(zone, "name") ?? ""),
  ),
  base64(`${specification}.userData`),
  base64(`${specification}.shutdownScript`),
  addressPoolNeedsPersistedAddress,
  revertNeedsPersistence,
  oneImageWhenStateful,
  throughputInRange,
  notNegative("capacity.minimum"),
  notNegative("capacity.target"),
  timeWindowsAreWindows,
];

/** All errors of a group, in the format of the API, each with its field. */
export function problemsOf(group: JsonObject): Problem[] {
  return rules.map((rule) => rule(group)).filter((problem) => problem !== undefined);
}

/** Whether the group keeps any part of its instances. */
export function isStateful(group: JsonObject): boolean {
  return ["RootDevice", "BlockDevices", "PrivateIp"].some(
    (part) => at(group, `${persistence}.shouldPersist${part}`) === true,
  );
}

function invalid(path: string, rule: string): Problem {
  const name = path.slice(path.lastIndexOf(".") + 1);
  return { code: "ValidationError", message: `"${name}" ${rule}`, field: `body:group.${path}` };
}

function isGiven(value: Json | undefined): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

function required(path: string): Rule {
  return (group) => (isGiven(at(group, path)) ? undefined : invalid(path, "is required"));
}

function nonEmpty(path: string): Rule {
  return (group) =>
    listAt(group, path).length > 0 ? undefined : invalid(path, "must contain at least 1 items");
}

function oneOf(path: string, allowed: readonly string[]): Rule {
  return (group) => {
    const value = at(group, path);
    if (value === undefined || (typeof value === "string" && allowed.includes(value))) return undefined;
    return invalid(path, `must be one of [${allowed.join(", ")}]`);
  };
}

function notAbove(low: string, high: string): Rule {
  return (group) => {
    const limit = numberAt(group, high) ?? 0;
    if ((numberAt(group, low) ?? 0) <= limit) return undefined;
    return invalid(low, `must be less than or equal to ${limit}`);
  };
}

function notNegative(path: string): Rule {
  return (group) =>
    (numberAt(group, path) ?? 0) >= 0 ? undefined : invalid(path, "must be larger than or equal to 0");
}

function exactlyOne(first: string, second: string): Rule {
  const other = second.slice(second.lastIndexOf(".") + 1);
  return (group) => {
    const given = [first, second].filter((path) => isGiven(at(group, path)));
    if (given.length === 1) return undefined;
    return invalid(first, given.length === 0 ? `or "${other}" is required` : `conflicts with "${other}"`);
  };
}

function within(path: string, allowed: (group: JsonObject) => string[]): Rule {
  return (group) => {
    const stray = stringsAt(group, path).filter((item) => !allowed(group).includes(item));
    return stray.length === 0 ? undefined : invalid(path, `contains values not offered: ${stray.join(", ")}`);
  };
}

function base64(path: string): Rule {
  return (group) => {
    const text = at(group, path);
    if (text === undefined) return undefined;
    // Buffer.from() skips invalid characters, so the text is base64 only if encoding it again gives the same text.
    if (typeof text === "string" && Buffer.from(text, "base64").toString("base64") === text) return undefined;
    return invalid(path, "must be a valid base64 string");
  };
}

function addressPoolNeedsPersistedAddress(group: JsonObject): Problem | undefined {
  if (listAt(group, "compute.privateIps").length === 0) return undefined;
  if (at(group, `${persistence}.shouldPersistPrivateIp`) === true) return undefined;
  return invalid("compute.privateIps", 'requires "shouldPersistPrivateIp" to be true');
}

function revertNeedsPersistence(group: JsonObject): Problem | undefined {
  const performAt = stringAt(group, "strategy.revertToSpot.performAt") ?? "always";
  if (performAt === "always" || isStateful(group)) return undefined;
  if (at(group, "strategy.availabilityVsCost") === "availabilityOriented") return undefined;
  return invalid(
    "strategy.revertToSpot.performAt",
    `can be "${performAt}" only with persistence or with availabilityOriented`,
  );
}

function timeWindowsAreWindows(group: JsonObject): Problem | undefined {
  const path = "strategy.revertToSpot.timeWindows";
  const windows = listAt(group, path);
  const isNeeded = at(group, "strategy.revertToSpot.performAt") === "timeWindow";
  if (isNeeded && windows.length === 0) return invalid(path, "is required");
  const wrong = windows.findIndex((window) => typeof window !== "string" || !TIME_WINDOW.test(window));
  return wrong < 0 ? undefined : invalid(`${path}[${wrong}]`, "must be in the format ddd:hh:mm-ddd:hh:mm");
}

function oneImageWhenStateful(group: JsonObject): Problem | undefined {
  const images = `${specification}.images`;
  if (!isStateful(group) || listAt(group, images).length <= 1) return undefined;
  return invalid(images, "must contain less than or equal to 1 items in a stateful group");
}

function throughputInRange(group: JsonObject): Problem | undefined {
  const mappings = `${specification}.blockDeviceMappings`;
  for (const [index, mapping] of listAt(group, mappings).entries()) {
    const throughput = isObject(mapping) ? numberAt(mapping, "ebs.throughput") : undefined;
    if (throughput !== undefined && (throughput < 125 || throughput > 1000)) {
      return invalid(`${mappings}[${index}].ebs.throughput`, "must be between 125 and 1000");
    }
  }
  return undefined;
}
