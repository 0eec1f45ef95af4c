import { type Check, unchecked, type Verdict } from "./check";

/** Joining needs the bus in both directions. From here, only one of them can be tried. */
export const unreachableBusPort: Check = {
  severity: "warning",
  keys: ["redis.busPort", "securityGroupIds", "network"],
  when: "the cluster bus port of a master does not accept a connection from here",
  why: "A replica joins by the bus, so this port must be open to it, and its own bus port to all masters.",
  check({ masters }) {
    return masters.flatMap(({ name, node, bus, member }): Verdict[] => {
      if (bus.known || (node === undefined && !member.info.known)) return [];
      if (node === undefined || !(node.busPort > 0)) return [unchecked(bus.reason)];
      return [
        {
          seen: `The bus port of ${name} is not reachable: ${bus.reason}.`,
          remedy: `Allow TCP port ${node.busPort} between all nodes, in both directions. If only this machine is kept out, run \`check\` on a node's network.`,
        },
      ];
    });
  },
};
