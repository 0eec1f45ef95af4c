import { Token } from "cdktf";
import { isRange, isRangeV6, RANGE_RULE } from "./ip-range";
import { PREFIX_LIST, SECURITY_GROUP } from "./kinds";
import { must, mustBe } from "./rules";

/** Whom a rule of a security group lets in, or where it lets out to. */
export class Peer {
  /** Whatever is in a security group. */
  public static securityGroup(id: string): Peer {
    mustBe("securityGroupId", id, SECURITY_GROUP);
    return new Peer("referencedSecurityGroupId", id);
  }

  /** Whatever a managed prefix list names, such as the masters' subnets or an endpoint of S3. */
  public static prefixList(id: string): Peer {
    mustBe("prefixListId", id, PREFIX_LIST);
    return new Peer("prefixListId", id);
  }

  /**
   * A range of IPs.
   * @param range in CIDR notation without host bits, such as `10.0.0.0/16`; a token stands for IPv4
   */
  public static cidr(range: string): Peer {
    must("cidr", RANGE_RULE, range, isRange(range));
    const isV6 = !Token.isUnresolved(range) && isRangeV6(range);
    return new Peer(isV6 ? "cidrIpv6" : "cidrIpv4", range);
  }

  private constructor(
    /** How the rule calls it: `referencedSecurityGroupId`, `prefixListId`, `cidrIpv4` or `cidrIpv6`. */
    public readonly attribute: string,
    /** The id or the range. */
    public readonly value: string,
  ) {}

  /** Whether it is a security group. */
  public get isSecurityGroup(): boolean {
    return this.attribute === "referencedSecurityGroupId";
  }
}
