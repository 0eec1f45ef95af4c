import {
  type ElastigroupAwsIntegrationRoute53,
  type ElastigroupAwsIntegrationRoute53DomainsRecordSets,
} from "@cdktf/provider-spotinst/lib/elastigroup-aws";
import { type IResolvable } from "cdktf";
import { ACCOUNT, HOSTED_ZONE, oneOfRule, RECORD_SET, someRule } from "./kinds";
import { must, mustBe } from "./rules";

/** A record that Spot keeps pointing at the instances. */
export interface Route53Record {
  /** The record's name, such as `replicas.example.com`. */
  readonly name: string;
  /**
   * Whether it holds public addresses (with type `a`) or public names (with `cname`).
   * @default false
   */
  readonly usePublicAddress?: boolean | IResolvable;
}

/**
 * Records in a hosted zone of Route 53 that Spot keeps. Like the zones, the provider never reads them back: a
 * change whose request failed is not planned again.
 */
export interface Route53Domain {
  /** The hosted zone's id. */
  readonly hostedZoneId: string;
  /** The records. */
  readonly records: Route53Record[];
  /**
   * The records' type, `a` or `cname`.
   * @default "a"
   */
  readonly recordType?: string;
  /**
   * The Spot account of the AWS account that holds the hosted zone.
   * @default - the group's
   */
  readonly account?: string;
}

/** Throws where Spot would refuse the domains. */
export function checkRoute53(domains: Route53Domain[]): void {
  must("route53", someRule("domain"), domains, domains.length > 0);
  domains.forEach(({ hostedZoneId, records, recordType, account }, index) => {
    const prop = `route53[${index}]`;
    mustBe(`${prop}.hostedZoneId`, hostedZoneId, HOSTED_ZONE);
    must(`${prop}.records`, someRule("record"), records, records.length > 0);
    for (const { name } of records) mustBe(`${prop}.records`, name, RECORD_SET);
    if (account !== undefined) mustBe(`${prop}.account`, account, ACCOUNT);
    const types = ["a", "cname"];
    must(`${prop}.recordType`, oneOfRule(types), recordType, types.includes(recordType ?? "a"));
  });
}

/** The domains as the provider takes them. */
export function renderRoute53(domains: Route53Domain[]): ElastigroupAwsIntegrationRoute53 {
  return {
    domains: domains.map(({ hostedZoneId, records, recordType = "a", account }) => ({
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
  return recordType === "cname" ? { usePublicDns: value } : { usePublicIp: value };
}
