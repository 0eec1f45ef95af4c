import { type Endpoint, showEndpoint } from "../endpoint";
import { type Facts } from "./facts";

/** The availability zone of a node: by Spot, the server (Valkey 8 or newer) or the config. Undefined if none knows it. */
export function zoneOf({ spot, nodes, expected }: Facts, endpoint: Endpoint): string | undefined {
  const instances = spot?.known ? spot.value.flatMap((fleet) => fleet.instances) : [];
  const instance = instances.find(({ privateIp }) => privateIp === endpoint.host);
  if (instance?.availabilityZone) return instance.availabilityZone;
  const node = nodes.find(({ name }) => name === showEndpoint(endpoint));
  const info = node?.member.info;
  const own = info?.known ? info.value["availability_zone"] : undefined;
  return own || configuredZone(expected, [endpoint, ...(node?.member.aliases ?? [])]);
}

/** The zone that `masters` has for a server, which it can name by any of its endpoints. */
export function configuredZone(
  { masterZones }: Facts["expected"],
  endpoints: readonly Endpoint[],
): string | undefined {
  const names = endpoints.map(showEndpoint);
  return masterZones.find(({ endpoint }) => names.includes(showEndpoint(endpoint)))?.zone;
}
