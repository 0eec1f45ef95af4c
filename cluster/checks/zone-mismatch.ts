import { type Check, NOT_APPLICABLE } from "./check";
import { configuredZone } from "./zones";

/** Valkey 8 or newer shows the zone that its operator has set. */
export const zoneMismatch: Check = {
  severity: "warning",
  keys: ["masters"],
  when: "a master shows another zone (`availability-zone`) than `masters` has for it",
  why: "New replicas are placed by the zones of the config.",
  check({ masters, expected }) {
    const compared = masters.flatMap(({ name, endpoint, member: { info, aliases = [] } }) => {
      const zone = configuredZone(expected, [endpoint, ...aliases]);
      const own = info.known ? info.value["availability_zone"] : undefined;
      return zone !== undefined && own ? [{ name, zone, own }] : [];
    });
    if (compared.length === 0) return NOT_APPLICABLE;
    return compared
      .filter(({ zone, own }) => zone !== own)
      .map(({ name, zone, own }) => ({
        seen: `${name} shows the zone ${own}, and \`masters\` has ${zone}.`,
        remedy: "Correct `zone` in `masters`, or `availability-zone` of the server.",
      }));
  },
};
