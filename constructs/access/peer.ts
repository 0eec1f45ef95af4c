import { type Precondition, Token } from "cdktf";
import { PREFIX_LIST, SECURITY_GROUP } from "../validation/formats";
import { isRangeV6, RANGE, RANGE_V4 } from "../validation/ip-range";
import { required, text } from "../validation/shape";
import { Validator } from "../validation/validator";
import { ofFormat, type ValueRule } from "../validation/value-rules";

/** The source or destination of a security group rule. */
export class Peer {
  /** All network interfaces in a security group. */
  public static securityGroup(id: string): Peer {
    return Peer.checked("securityGroupId", id, ofFormat(SECURITY_GROUP), "referencedSecurityGroupId");
  }

  /** The CIDR blocks of a managed prefix list, such as the masters' subnets or an S3 endpoint. */
  public static prefixList(id: string): Peer {
    return Peer.checked("prefixListId", id, ofFormat(PREFIX_LIST), "prefixListId");
  }

  /**
   * A CIDR block.
   * @param block in CIDR notation without host bits, such as `10.0.0.0/16`; a token must be IPv4
   */
  public static cidr(block: string): Peer {
    required(text())(["cidr"], block);
    const known = !Token.isUnresolved(block);
    const attribute = known && isRangeV6(block) ? "cidrIpv6" : "cidrIpv4";
    return Peer.checked("cidr", block, known ? RANGE : RANGE_V4, attribute);
  }

  private static checked(prop: string, value: string, rule: ValueRule<string>, attribute: string): Peer {
    const validator = new Validator();
    validator.value(prop, value, rule);
    return new Peer(attribute, value, validator.preconditions);
  }

  private constructor(
    /** The rule's property: `referencedSecurityGroupId`, `prefixListId`, `cidrIpv4` or `cidrIpv6`. */
    public readonly attribute: string,
    /** The ID or the CIDR block. */
    public readonly value: string,
    /**
     * The preconditions for unknown values.
     * @internal
     */
    public readonly _preconditions: readonly Precondition[],
  ) {}

  /** Whether it is a security group. */
  public get isSecurityGroup(): boolean {
    return this.attribute === "referencedSecurityGroupId";
  }
}
