import { at, type JsonObject, listAt, numberAt, stringAt, stringsAt } from "./json";

/** The simulated spot market. */
export interface Market {
  /** Whether there is spot capacity. Without it, launches fall back to on-demand, or fail if the group forbids that. */
  readonly spotCapacity: boolean;
}

/** A zone with one of its subnets. */
export interface Place {
  readonly availabilityZone: string;
  readonly subnetId: string;
}

/** The type and lifecycle of an instance. */
export interface Purchase {
  readonly instanceType: string;
  readonly lifecycle: "SPOT" | "OD";
}

/**
 * The place of the next instance: the zone with the fewest instances of the group, and its least used subnet. Ties are
 * broken by name, since the provider sends the zones in random order.
 */
export function placeIn(group: JsonObject, taken: readonly Place[]): Place {
  const used = (part: keyof Place, value: string) => taken.filter((place) => place[part] === value).length;
  const [best] = placesOf(group).sort(
    (a, b) =>
      used("availabilityZone", a.availabilityZone) - used("availabilityZone", b.availabilityZone) ||
      a.availabilityZone.localeCompare(b.availabilityZone) ||
      used("subnetId", a.subnetId) - used("subnetId", b.subnetId),
  );
  if (best === undefined) throw new Error("the group has no subnet to launch in");
  return best;
}

/** Every subnet of the group with its zone. */
function placesOf(group: JsonObject): Place[] {
  const zones = listAt(group, "compute.availabilityZones").flatMap((zone) => {
    const name = stringAt(zone, "name") ?? "";
    const single = stringAt(zone, "subnetId");
    const subnets = [...stringsAt(zone, "subnetIds"), ...(single === undefined ? [] : [single])];
    // A zone without a subnet means its default subnet.
    return (subnets.length > 0 ? subnets : [`subnet-default-${name}`]).map((subnetId) => ({
      availabilityZone: name,
      subnetId,
    }));
  });
  if (zones.length > 0) return zones;
  // The zones of the subnets are unknown if a group has only subnets, so zones are assigned in turn.
  const region = stringAt(group, "region") ?? "us-east-1";
  return stringsAt(group, "compute.subnetIds").map((subnetId, index) => ({
    availabilityZone: `${region}${String.fromCharCode(97 + (index % 26))}`,
    subnetId,
  }));
}

/** The type and lifecycle of the next instance, if this number of on-demand instances is already running. */
export function purchase(group: JsonObject, onDemandRunning: number, market: Market): Purchase {
  if (onDemandRunning < onDemandWanted(group)) return onDemand(group);
  if (market.spotCapacity) return { instanceType: spotType(group), lifecycle: "SPOT" };
  if (at(group, "strategy.fallbackToOd") === false) {
    throw new Error("no spot capacity, and the group does not fall back to on-demand");
  }
  return onDemand(group);
}

/** The on-demand instances that the group asks for. `risk` is the share of spot; the provider sends 0 if it is not configured. */
export function onDemandWanted(group: JsonObject): number {
  const count = numberAt(group, "strategy.onDemandCount");
  if (count !== undefined) return count;
  const target = numberAt(group, "capacity.target") ?? 0;
  return Math.round(target * (1 - (numberAt(group, "strategy.risk") ?? 100) / 100));
}

function onDemand(group: JsonObject): Purchase {
  const [first] = stringsAt(group, "compute.instanceTypes.onDemandTypes");
  const instanceType = stringAt(group, "compute.instanceTypes.ondemand") ?? first ?? "";
  return { instanceType, lifecycle: "OD" };
}

function spotType(group: JsonObject): string {
  const [preferred] = stringsAt(group, "compute.instanceTypes.preferredSpot");
  const [first] = stringsAt(group, "compute.instanceTypes.spot");
  // With resource requirements AWS chooses; the on-demand type fits them.
  return preferred ?? first ?? onDemand(group).instanceType;
}
