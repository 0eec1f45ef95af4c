import { Token } from "cdktf";
import { createHash } from "node:crypto";
import { hcl } from "../terraform/hcl";
import { type Secrets } from "./secrets";

/** A policy of AWS, as its JSON. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal?: Record<string, readonly string[]>;
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: Record<string, Record<string, unknown>>;
}

export function policy(statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/** Who may take the role: EC2, for its instances. */
export function trustPolicy(region: string): PolicyDocument {
  return policy([
    {
      Sid: "Instances",
      Effect: "Allow",
      Principal: { Service: [ec2(region)] },
      Action: ["sts:AssumeRole"],
    },
  ]);
}

/** What an instance needs to read these secrets, and nothing else. */
export function secretsPolicy(secrets: Secrets, region: string): PolicyDocument {
  const { secretArns = [], parameterArns = [], kmsKeyArns = [] } = secrets;
  const readers = [
    ...(secretArns.length > 0 ? ["secretsmanager"] : []),
    ...(parameterArns.length > 0 ? ["ssm"] : []),
  ];
  return policy([
    ...allow("Secrets", "secretsmanager:GetSecretValue", secretArns),
    ...allow("Parameters", "ssm:GetParameter", parameterArns),
    ...allow("Keys", "kms:Decrypt", kmsKeyArns, {
      StringEquals: { "kms:ViaService": readers.flatMap((service) => endpoints(service, region)) },
    }),
  ]);
}

function allow(
  sid: string,
  action: string,
  resources: readonly string[],
  condition?: Statement["Condition"],
): Statement[] {
  if (resources.length === 0) return [];
  const statement: Statement = { Sid: sid, Effect: "Allow", Action: [action], Resource: resources };
  return [condition ? { ...statement, Condition: condition } : statement];
}

/** What KMS may call a service of a region; China's regions have a suffix of their own. */
function endpoints(service: string, region: string): string[] {
  const host = `${service}.${region}.amazonaws.com`;
  return isChina(region) ? [host, `${host}.cn`] : [host];
}

/** What EC2 calls itself where it takes a role. */
export function ec2(region: string): string {
  return isChina(region) ? "ec2.amazonaws.com.cn" : "ec2.amazonaws.com";
}

function isChina(region: string): boolean {
  return region.startsWith("cn-");
}

/** IAM's limit on the name of a role. */
const LONGEST = 64;

/** What IAM takes in no name. */
const FOREIGN = /[^A-Za-z0-9+=,.@_-]+/g;

/** The same where only Terraform knows the name. */
function fittingName(name: string): string {
  const fit = hcl`replace(${name}, ${`/${FOREIGN.source}/`}, "-")`;
  const short = hcl`join("-", [substr(${fit}, 0, ${LONGEST - 9}), substr(sha256(${name}), 0, 8)])`;
  return hcl`${fit} == ${name} && length(${name}) <= ${LONGEST} ? ${name} : ${short}`.toString();
}

/** The name of a group's role: known before it exists, and in no other region's way, for IAM has no regions. */
export function instanceRoleName(group: string, region: string): string {
  const name = `${group}-${region}`;
  if (Token.isUnresolved(name)) return fittingName(name);
  const fit = name.replace(FOREIGN, "-");
  if (fit === name && name.length <= LONGEST) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${fit.slice(0, LONGEST - hash.length - 1)}-${hash}`;
}
