import { type Command, Option } from "commander";
import { loadConfigs, type LoadedConfig } from "../config/load";
import { ConfigError } from "../config/problem";
import { fromViolation } from "../config/problems";
import { type ClusterConfig } from "../config/schema";
import { isVariable, type OrVariable } from "../config/schema/values";
import {
  ec2,
  instanceRoleName,
  type PolicyDocument,
  secretsPolicy,
  type Statement,
  trustPolicy,
} from "../constructs/access/policy-document";
import { type Context, EXIT, type Exit } from "./command";
import { type Output } from "./output";
import { keyPolicyStatements, spotRolePolicy } from "./spot-policy";

const DOCUMENTS = ["instance", "spot", "key"] as const;

type DocumentName = (typeof DOCUMENTS)[number];

/** What this machine cannot know and whoever attaches the policies puts in. */
const BLANKS = {
  account: { text: "ACCOUNT_ID", stands: "the AWS account; name Spot's role with --spot-role" },
  spotRole: { text: "SPOT_ROLE_NAME", stands: "Spot's role there; name it with --spot-role" },
  instanceRole: { text: "INSTANCE_ROLE_NAME", stands: "the role in the instance profile" },
  key: { text: "KEY_ARN", stands: "the ARN of the volume's key" },
};

const SPOT_ROLE = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/\S+$/;

export function define(command: Command): void {
  command
    .option("--spot-role <arn>", "Spot's role in the AWS account, for the ARNs that name it or its account")
    .addOption(new Option("--only <document>", "print one bare document").choices(DOCUMENTS))
    .addHelpText("after", "\nIt talks to no account. Words in capitals are yours to fill in.");
}

/** The IAM policies that a config needs: its instances', Spot's and the key's. */
export function run({ files, options, output }: Context): Exit {
  const only = options["only"] as DocumentName | undefined;
  const given = options["spotRole"] as string | undefined;
  const found = given === undefined ? undefined : SPOT_ROLE.exec(given);
  if (given !== undefined && !found)
    throw misuse(files[0]!, `\`--spot-role\` must be the ARN of a role, got: ${JSON.stringify(given)}`);
  if (only !== undefined && files.length > 1)
    throw misuse(files[1]!, `\`--config\` must name one file for \`policy --only\`, got: ${files.length}`);
  const spotRole = found ? { arn: found[0], account: found[2]! } : undefined;
  const all = loadConfigs(files).map((loaded) => policiesOf(loaded, spotRole));
  const text = only === undefined ? all.map((each) => page(each, output)).join("\n") : bare(all[0]!, only);
  for (const each of all) warnOfBlanks(each, only, output);
  output.data(text, { clusters: all.map((each) => toJson(each, only)) });
  return EXIT.fine;
}

interface Policies {
  readonly loaded: LoadedConfig;
  /** The instances' own, where the config makes a role for them. */
  readonly instance?: {
    readonly role: string;
    readonly trust: PolicyDocument;
    readonly policy: PolicyDocument;
  };
  readonly spot: PolicyDocument;
  /** For the key of a volume, where the config names one. */
  readonly key?: readonly Statement[];
}

function policiesOf(loaded: LoadedConfig, spotRole?: { arn: string; account: string }): Policies {
  const { config } = loaded;
  const partition = partitionOf(config.region);
  const account = spotRole?.account ?? profileAccount(config);
  const named = [config.rootVolume?.kmsKeyId, config.dataVolume?.kmsKeyId].flatMap((key) => key ?? []);
  const arns = named.map((key) => keyArn(key, partition, config.region, account));
  const keys = arns.filter((arn, index) => arns.indexOf(arn) === index);
  const role =
    spotRole?.arn ?? `arn:${partition}:iam::${account ?? BLANKS.account.text}:role/${BLANKS.spotRole.text}`;
  return {
    loaded,
    ...(config.secrets ? { instance: instancePolicies(config, config.secrets) } : {}),
    spot: spotRolePolicy({
      partition,
      account: account ?? "*",
      instanceRole: instanceRole(config),
      keys,
      // What a variable brings may be true.
      monitored: (config.monitoring ?? false) !== false,
      committed: config.strategy?.utilizeCommitments === true,
      balanced: config.targetGroupArns !== undefined,
      hostedZones: hostedZones(config),
      service: ec2(config.region),
    }),
    ...(keys.length > 0 ? { key: keyPolicyStatements(role, partition, account ?? BLANKS.account.text) } : {}),
  };
}

function instancePolicies(
  { name, region }: ClusterConfig,
  { secretArns, parameterArns, kmsKeyArns }: NonNullable<ClusterConfig["secrets"]>,
): Policies["instance"] {
  const secrets = {
    secretArns: texts(secretArns),
    parameterArns: texts(parameterArns),
    kmsKeyArns: texts(kmsKeyArns),
  };
  return {
    role: instanceRoleName(name, region),
    trust: trustPolicy(region),
    policy: secretsPolicy(secrets, region),
  };
}

/** A list with Terraform's expressions where only Terraform knows the values. */
function texts(list: OrVariable<readonly OrVariable<string>[]> | undefined): string[] | undefined {
  if (list === undefined) return undefined;
  return isVariable(list) ? [show(list)] : list.map(show);
}

function show(value: OrVariable<string>): string {
  return isVariable(value) ? `\${var.${value.variable}}` : value;
}

/** The role that Spot must be allowed to pass on: ours, or the one in a profile that is there already. */
function instanceRole({ name, region, secrets, iamInstanceProfile }: ClusterConfig): string | undefined {
  if (secrets) return instanceRoleName(name, region);
  return iamInstanceProfile === undefined ? undefined : BLANKS.instanceRole.text;
}

function profileAccount({ iamInstanceProfile: profile }: ClusterConfig): string | undefined {
  return typeof profile === "string" ? /^arn:[^:]*:iam::(\d{12}):/.exec(profile)?.[1] : undefined;
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** The hosted zones of this account, each once; those of another are that account's role's. */
function hostedZones({ route53 = [] }: ClusterConfig): string[] {
  return [
    ...new Set(route53.flatMap(({ account, hostedZoneId }) => (account === undefined ? [hostedZoneId] : []))),
  ];
}

/** A policy takes keys by their ARNs only: neither by an alias nor by a bare id. */
function keyArn(key: OrVariable<string>, partition: string, region: string, account = "*"): string {
  if (isVariable(key) || key.includes("alias/")) return BLANKS.key.text;
  return key.startsWith("arn:") ? key : `arn:${partition}:kms:${region}:${account}:key/${key}`;
}

function page({ loaded: { config, source }, instance, spot, key }: Policies, output: Output): string {
  const parts: [heading: string, document: unknown][] = [
    ...(instance
      ? [
          [`Role ${instance.role}: who may take it`, instance.trust] as [string, unknown],
          [`Role ${instance.role}: what it may do`, instance.policy] as [string, unknown],
        ]
      : []),
    ["Spot's role: what it needs for this group", spot],
    ...(key ? [["The volume's key: statements for its policy", key] as [string, unknown]] : []),
  ];
  return [
    output.heading(`${config.name} (${source.file})`),
    ...parts.flatMap(([heading, document]) => ["", output.heading(heading), pretty(document)]),
    "",
  ].join("\n");
}

function bare(policies: Policies, only: DocumentName): string {
  const { config, source } = policies.loaded;
  const document = documentOf(policies, only);
  if (document !== undefined) return `${pretty(document)}\n`;
  const needed = only === "instance" ? ["secrets"] : ["rootVolume", "kmsKeyId"];
  throw new ConfigError([
    fromViolation(source, {
      path: needed,
      rule: `be given for a policy of that kind (${config.name} has none)`,
    }),
  ]);
}

function documentOf({ instance, spot, key }: Policies, only: DocumentName): unknown {
  return { instance: instance?.policy, spot, key }[only];
}

function pretty(document: unknown): string {
  return JSON.stringify(document, undefined, 2);
}

/** Says what each blank in the printed documents stands for. */
function warnOfBlanks(policies: Policies, only: DocumentName | undefined, output: Output): void {
  const { loaded, instance, spot, key } = policies;
  const printed = JSON.stringify(only === undefined ? { instance, spot, key } : documentOf(policies, only));
  for (const { text, stands } of Object.values(BLANKS)) {
    if (printed.includes(text))
      output.warn({ file: loaded.source.file, message: `\`${text}\` stands for ${stands}` });
  }
  if (printed.includes("${var."))
    output.warn({ file: loaded.source.file, message: "`${var.…}` stands for what Terraform gets there" });
}

function toJson(
  { loaded: { config, source }, instance, spot, key }: Policies,
  only: DocumentName | undefined,
): Record<string, unknown> {
  const documents = {
    instance: instance
      ? { role_name: instance.role, trust_policy: instance.trust, policy: instance.policy }
      : null,
    spot: { policy: spot },
    key: key ? { statements: key } : null,
  };
  const chosen = only === undefined ? documents : { [only]: documents[only] };
  return { name: config.name, file: source.file, ...chosen };
}

function misuse(file: string, message: string): ConfigError {
  return new ConfigError([{ file, message }]);
}
