import { Token } from "cdktf";
import { createHash } from "node:crypto";
import { hcl } from "../terraform/hcl";
import { type Secrets } from "./secrets";

/** An IAM policy document. */
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

/** The trust policy: EC2 may assume the role, for its instances. */
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

/** The least permissions that an instance needs to read these secrets. */
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

/** The ARN of a parameter that may be named by its ARN already. */
export function parameterArn(name: string, region: string, account: string): string {
  if (name.startsWith("arn:")) return name;
  return `arn:${partitionOf(region)}:ssm:${region}:${account}:parameter/${name.replace(/^\//, "")}`;
}

/** The partition of a region. */
export function partitionOf(region: string): string {
  if (isChina(region)) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** The `kms:ViaService` value of a service in a region. The regions in China have another suffix. */
function endpoints(service: string, region: string): string[] {
  const host = `${service}.${region}.amazonaws.com`;
  return isChina(region) ? [host, `${host}.cn`] : [host];
}

/** The service principal of EC2. */
export function ec2(region: string): string {
  return isChina(region) ? "ec2.amazonaws.com.cn" : "ec2.amazonaws.com";
}

function isChina(region: string): boolean {
  return region.startsWith("cn-");
}

/** The longest name of an IAM role. */
const LONGEST = 64;

/** Characters that are not allowed in names of IAM. */
const FOREIGN = /[^A-Za-z0-9+=,.@_-]+/g;

/** The same for a name that is known only to Terraform. */
function fittingName(name: string): string {
  const fit = hcl`replace(${name}, ${`/${FOREIGN.source}/`}, "-")`;
  const short = hcl`join("-", [substr(${fit}, 0, ${LONGEST - 9}), substr(sha256(${name}), 0, 8)])`;
  return hcl`${fit} == ${name} && length(${name}) <= ${LONGEST} ? ${name} : ${short}`.toString();
}

/** The name of a group's role. It has the region, since IAM is global, and is known before the role exists. */
export function instanceRoleName(group: string, region: string): string {
  const name = `${group}-${region}`;
  if (Token.isUnresolved(name)) return fittingName(name);
  const fit = name.replace(FOREIGN, "-");
  if (fit === name && name.length <= LONGEST) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${fit.slice(0, LONGEST - hash.length - 1)}-${hash}`;
}
