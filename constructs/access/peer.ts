import { type Precondition, Token } from "cdktf";
import { PREFIX_LIST, SECURITY_GROUP } from "../validation/formats";
import { isRangeV6, RANGE, RANGE_V4 } from "../validation/ip-range";
import { Validator } from "../validation/validator";
import { ofFormat, type ValueRule } from "../validation/value-rules";

/** Whom a rule of a security group lets in, or where it lets out to. */
export class Peer {
  /** Whatever is in a security group. */
  public static securityGroup(id: string): Peer {
    return Peer.checked("securityGroupId", id, ofFormat(SECURITY_GROUP), "referencedSecurityGroupId");
  }

  /** Whatever a managed prefix list names, such as the masters' subnets or an endpoint of S3. */
  public static prefixList(id: string): Peer {
    return Peer.checked("prefixListId", id, ofFormat(PREFIX_LIST), "prefixListId");
  }

  /**
   * A range of IPs.
   * @param range in CIDR notation without host bits, such as `10.0.0.0/16`; a token stands for IPv4
   */
  public static cidr(range: string): Peer {
    const known = !Token.isUnresolved(range);
    const attribute = known && isRangeV6(range) ? "cidrIpv6" : "cidrIpv4";
    return Peer.checked("cidr", range, known ? RANGE : RANGE_V4, attribute);
  }

  private static checked(prop: string, value: string, rule: ValueRule<string>, attribute: string): Peer {
    const validator = new Validator();
    validator.value(prop, value, rule);
    return new Peer(attribute, value, validator.preconditions);
  }

  private constructor(
    /** How the rule calls it: `referencedSecurityGroupId`, `prefixListId`, `cidrIpv4` or `cidrIpv6`. */
    public readonly attribute: string,
    /** The id or the range. */
    public readonly value: string,
    /**
     * What Terraform has to see to.
     * @internal
     */
    public readonly _preconditions: readonly Precondition[],
  ) {}

  /** Whether it is a security group. */
  public get isSecurityGroup(): boolean {
    return this.attribute === "referencedSecurityGroupId";
  }
}
