import { NOT_APPLICABLE, type Rule } from "./rule";

export const openToAll: Rule = {
  severity: "warning",
  when: "`network` lets every address in",
  remedy: "name a security group or a smaller range",
  judge({ config: { network } }) {
    if (network === undefined) return NOT_APPLICABLE;
    const peers = [
      { key: "network.masters", cidr: network.masters.cidr },
      ...(network.clients ?? []).map(({ cidr }, index) => ({ key: `network.clients[${index}]`, cidr })),
    ];
    return peers
      .filter(({ cidr }) => typeof cidr === "string" && /\/0$/.test(cidr))
      .map(({ key }) => `\`${key}\` is every address there is, and Redis asks for no password`);
  },
};
