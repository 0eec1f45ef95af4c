import { isIPv4, isIPv6 } from "node:net";
import { hcl } from "../terraform/hcl";
import { type ValueRule } from "./value-rules";

/** The rule of a range in messages, after "must". */
const RANGE_RULE = "be a range in CIDR notation without host bits, such as 10.0.0.0/16 or 2001:db8::/32";

/** A range that is known only to Terraform. It must be IPv4. */
export const RANGE_V4: ValueRule<string> = {
  rule: "be an IPv4 range in CIDR notation without host bits, such as 10.0.0.0/16",
  holds: (value) => isRange(value) && !isRangeV6(value),
  // `cidrnetmask` fails for IPv6.
  condition: (value) => hcl`can(cidrnetmask(${value})) && try(cidrsubnet(${value}, 0, 0) == ${value}, false)`,
};

/** An IPv4 or IPv6 range. */
export const RANGE: ValueRule<string> = { ...RANGE_V4, rule: RANGE_RULE, holds: isRange };

/** Whether a text is a CIDR block that a security group rule accepts: without bits after the prefix. */
export function isRange(text: string): boolean {
  const [, address = "", prefix] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const groups = isIPv4(address) ? groupsOfV4(address) : isIPv6(address) ? groupsOfV6(address) : [];
  const bits = groups.map((group) => group.toString(2).padStart(isIPv4(address) ? 8 : 16, "0")).join("");
  return bits !== "" && Number(prefix) <= bits.length && !bits.slice(Number(prefix)).includes("1");
}

/** Whether a range is IPv6. */
export function isRangeV6(text: string): boolean {
  return text.includes(":");
}

function groupsOfV4(address: string): number[] {
  return address.split(".").map(Number);
}

function groupsOfV6(address: string): number[] {
  // The URL parser writes an embedded IPv4 address as two groups, and removes zones.
  const { hostname } = new URL(`http://[${address}]`);
  const [head = [], tail = []] = hostname
    .slice(1, -1)
    .split("::")
    .map((half) => (half === "" ? [] : half.split(":").map((group) => parseInt(group, 16))));
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}
