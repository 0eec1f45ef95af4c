import { NOT_APPLICABLE, type ReviewRule } from "./rule";

export const unrestrictedCidr: ReviewRule = {
  severity: "warning",
  keys: ["network"],
  when: "`network` allows all addresses",
  remedy: "Use a security group or a smaller range.",
  check({ config: { network, auth } }) {
    if (network === undefined) return NOT_APPLICABLE;
    const open = auth === undefined ? ", and no password is set" : "";
    const peers = [
      { key: "network.masters", cidr: network.masters.cidr },
      ...(network.clients ?? []).map(({ cidr }, index) => ({ key: `network.clients[${index}]`, cidr })),
    ];
    return peers
      .filter(({ cidr }) => typeof cidr === "string" && /\/0$/.test(cidr))
      .map(({ key }) => `\`${key}\` allows all addresses${open}.`);
  },
};
