import {
  type ElastigroupAwsIntegrationRoute53,
  type ElastigroupAwsIntegrationRoute53DomainsRecordSets,
} from "@cdktf/provider-spotinst/lib/elastigroup-aws";
import { type IResolvable, Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { ACCOUNT, HOSTED_ZONE, RECORD_SET } from "../validation/formats";
import { type Path } from "../validation/path";
import { type Validator } from "../validation/validator";
import { ofFormat, oneOf, some } from "../validation/value-rules";

/** The types of records. The first one is the default. */
export const RECORD_TYPES = ["a", "cname"] as const;

/** A record that Spot updates with the addresses of the instances. */
export interface Route53Record {
  /** The record's name, such as `replicas.example.com`. */
  readonly name: string;
  /**
   * Whether it has the public addresses (type `a`) or public DNS names (type `cname`) of the instances.
   * @default false
   */
  readonly usePublicAddress?: boolean | IResolvable;
}

/**
 * Records in a Route 53 hosted zone that Spot updates. The provider does not read them, so a change whose request failed
 * is not planned again.
 */
export interface Route53Domain {
  /** The ID of the hosted zone. */
  readonly hostedZoneId: string;
  /** The records. */
  readonly records: Route53Record[];
  /**
   * The records' type, `a` or `cname`.
   * @default "a"
   */
  readonly recordType?: string;
  /**
   * The Spot account of the AWS account with the hosted zone.
   * @default - the account of the group
   */
  readonly account?: string;
}

/** Validates each value separately. */
export function validateRoute53(domains: Route53Domain[], validator: Validator): void {
  if (domains.length === 0) validator.value("route53", [], some("domain"));
  domains.forEach(({ hostedZoneId, records, recordType, account }, index) => {
    const at = (key: string): Path => ["route53", index, key];
    validator.value(at("hostedZoneId"), hostedZoneId, ofFormat(HOSTED_ZONE));
    if (records.length === 0) validator.value(at("records"), [], some("record"));
    for (const { name } of records) validator.value(at("records"), name, ofFormat(RECORD_SET));
    validator.optional(at("account"), account, ofFormat(ACCOUNT));
    validator.value(at("recordType"), recordType ?? RECORD_TYPES[0], oneOf<string>(RECORD_TYPES));
  });
}

/** The domains as provider attributes. */
export function renderRoute53(domains: Route53Domain[]): ElastigroupAwsIntegrationRoute53 {
  return {
    domains: domains.map(({ hostedZoneId, records, recordType = RECORD_TYPES[0], account }) => ({
      hostedZoneId,
      spotinstAcctId: account,
      recordSetType: recordType,
      recordSets: records.map(({ name, usePublicAddress = false }) => ({
        name,
        ...publicKey(recordType, usePublicAddress),
      })),
    })),
  };
}

function publicKey(
  recordType: string,
  value: boolean | IResolvable,
): Pick<ElastigroupAwsIntegrationRoute53DomainsRecordSets, "usePublicIp" | "usePublicDns"> {
  if (!Token.isUnresolved(recordType))
    return recordType === "cname" ? { usePublicDns: value } : { usePublicIp: value };
  return {
    usePublicDns: hcl`${recordType} == "cname" ? ${value} : null`,
    usePublicIp: hcl`${recordType} == "cname" ? null : ${value}`,
  };
}
