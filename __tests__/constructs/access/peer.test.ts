import { Token } from "cdktf";
import { Peer } from "../../../constructs";

test.each([
  [Peer.securityGroup("sg-0a"), "referencedSecurityGroupId"],
  [Peer.prefixList("pl-0a"), "prefixListId"],
  [Peer.cidr("10.0.0.0/8"), "cidrIpv4"],
  [Peer.cidr("2001:db8::/32"), "cidrIpv6"],
  [Peer.cidr(Token.asString({ resolve: () => "10.0.0.0/8" })), "cidrIpv4"],
])("a peer is an attribute of a rule (%#)", (peer, attribute) => {
  expect(peer.attribute).toBe(attribute);
});

test("only a security group peer is a security group", () => {
  expect([Peer.securityGroup("sg-0a"), Peer.cidr("::/0")].map((each) => each.isSecurityGroup)).toEqual([
    true,
    false,
  ]);
});

test.each([
  [
    () => Peer.securityGroup("pl-0a"),
    '`securityGroupId` must be a security group id such as sg-0123456789abcdef0, got: "pl-0a"',
  ],
  [
    () => Peer.prefixList("sg-0a"),
    '`prefixListId` must be a prefix list id such as pl-0123456789abcdef0, got: "sg-0a"',
  ],
  [
    () => Peer.cidr("10.0.0.1/8"),
    '`cidr` must be a range in CIDR notation without host bits, such as 10.0.0.0/16 or 2001:db8::/32, got: "10.0.0.1/8"',
  ],
])("a value of another kind is refused (%#)", (make, message) => {
  expect(make).toThrow(message);
});

test("tokens are left to Terraform", () => {
  const token = Token.asString({ resolve: () => "x" });
  for (const peer of [Peer.securityGroup(token), Peer.prefixList(token), Peer.cidr(token)])
    expect(peer.value).toBe(token);
});
