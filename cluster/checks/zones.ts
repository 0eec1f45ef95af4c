import { type Endpoint, showEndpoint } from "../endpoint";
import { type Facts } from "./facts";

/** The availability zone of a node: by Spot, the server (Valkey 8 or newer) or the config. Undefined if none knows it. */
export function zoneOf({ spot, nodes, expected }: Facts, endpoint: Endpoint): string | undefined {
  const instances = spot?.known
    ? spot.value.flatMap(({ instances }) => (instances.known ? instances.value : []))
    : [];
  const instance = instances.find(({ privateIp }) => privateIp === endpoint.host);
  if (instance?.availabilityZone) return instance.availabilityZone;
  const name = showEndpoint(endpoint);
  const info = nodes.find((node) => node.name === name)?.member.info;
  const own = info?.known ? info.value["availability_zone"] : undefined;
  return own || expected.masterZones.find((master) => showEndpoint(master.endpoint) === name)?.zone;
}
