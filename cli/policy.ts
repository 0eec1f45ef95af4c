import { type Command, Option } from "commander";
import { loadConfigs, type LoadedConfig } from "../config/load";
import { ConfigError } from "../config/problem";
import { fromViolation } from "../config/problems";
import { type ClusterConfig } from "../config/schema";
import { isVariable, type OrVariable } from "../config/schema/values";
import { secretSources } from "../config/secret-sources";
import {
  ec2,
  instanceRoleName,
  parameterArn,
  partitionOf,
  type PolicyDocument,
  secretsPolicy,
  type Statement,
  trustPolicy,
} from "../constructs/access/policy-document";
import { isFetched, needsRole, withSources } from "../constructs/access/secrets";
import { type Context, EXIT, type Exit } from "./command";
import { type Output } from "./output";
import { type Line, styled } from "./terminal";
import { keyPolicyStatements, spotRolePolicy } from "./spot-policy";

const DOCUMENTS = ["instance", "spot", "key"] as const;

type DocumentName = (typeof DOCUMENTS)[number];

/** Placeholders for values that the config does not have. */
const PLACEHOLDERS = {
  account: { text: "ACCOUNT_ID", stands: "the AWS account; set it with --spot-role" },
  spotRole: { text: "SPOT_ROLE_NAME", stands: "Spot's role in the account; set it with --spot-role" },
  instanceRole: { text: "INSTANCE_ROLE_NAME", stands: "the role in the instance profile" },
  key: { text: "KEY_ARN", stands: "the ARN of the volume's key" },
};

const SPOT_ROLE = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/\S+$/;

export function define(command: Command): void {
  command
    .option("--spot-role <arn>", "ARN of Spot's role, for the ARNs that contain it or its account")
    .addOption(new Option("--only <document>", "print one document without heading").choices(DOCUMENTS))
    .addHelpText("after", "\nNo account is contacted. Replace words in capitals with your values.");
}

/** Prints the IAM policies that a config needs: of its instances, Spot's role and the KMS key. */
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
  const text = only === undefined ? undefined : bare(all[0]!, only);
  for (const each of all) warnOfPlaceholders(each, only, output);
  const object = { clusters: all.map((each) => toJson(each, only)) };
  if (text === undefined)
    output.data(
      all.flatMap((each, index) => [...(index === 0 ? [] : [""]), ...page(each)]),
      object,
    );
  else output.document(text, object);
  return EXIT.success;
}

interface Policies {
  readonly loaded: LoadedConfig;
  /** Undefined unless the instances read secrets. */
  readonly instance?: InstancePolicies;
  readonly spot: PolicyDocument;
  /** Undefined unless the config sets a KMS key for a volume. */
  readonly key?: readonly Statement[];
}

interface InstancePolicies {
  /** Undefined where the role is that of a given profile. */
  readonly own?: { readonly role: string; readonly trust: PolicyDocument };
  readonly policy: PolicyDocument;
}

function policiesOf(loaded: LoadedConfig, spotRole?: { arn: string; account: string }): Policies {
  const { config } = loaded;
  const partition = partitionOf(config.region);
  const account = spotRole?.account ?? profileAccount(config);
  const named = [config.rootVolume?.kmsKeyId, config.dataVolume?.kmsKeyId].flatMap((key) => key ?? []);
  const arns = named.map((key) => keyArn(key, partition, config.region, account));
  const keys = arns.filter((arn, index) => arns.indexOf(arn) === index);
  const role =
    spotRole?.arn ??
    `arn:${partition}:iam::${account ?? PLACEHOLDERS.account.text}:role/${PLACEHOLDERS.spotRole.text}`;
  return {
    loaded,
    instance: instancePolicies(config, account ?? PLACEHOLDERS.account.text),
    spot: spotRolePolicy({
      partition,
      account: account ?? "*",
      instanceRole: instanceRole(config),
      keys,
      // The value of a variable can be true.
      monitored: (config.monitoring ?? false) !== false,
      committed: config.strategy?.utilizeCommitments === true,
      balanced: config.targetGroupArns !== undefined,
      hostedZones: hostedZones(config),
      service: ec2(config.region),
    }),
    ...(keys.length > 0
      ? { key: keyPolicyStatements(role, partition, account ?? PLACEHOLDERS.account.text) }
      : {}),
  };
}

function instancePolicies(config: ClusterConfig, account: string): InstancePolicies | undefined {
  const { name, region, secrets = {} } = config;
  const sources = secretSources(config);
  if (config.secrets === undefined && !sources.some(isFetched)) return undefined;
  const listed = {
    secretArns: texts(secrets.secretArns),
    parameterArns: texts(secrets.parameterArns),
    kmsKeyArns: texts(secrets.kmsKeyArns),
  };
  const named = sources.map(({ store, name: source }) => ({ store, name: show(source) }));
  const all = withSources(listed, named, (parameter) =>
    parameter.startsWith("${") ? parameter : parameterArn(parameter, region, account),
  );
  return {
    ...(needsRole(config, sources) && {
      own: { role: instanceRoleName(name, region), trust: trustPolicy(region) },
    }),
    policy: secretsPolicy(all, region),
  };
}

/** A list with Terraform's expressions for variables. */
function texts(list: OrVariable<readonly OrVariable<string>[]> | undefined): string[] | undefined {
  if (list === undefined) return undefined;
  return isVariable(list) ? [show(list)] : list.map(show);
}

function show(value: OrVariable<string>): string {
  return isVariable(value) ? `\${var.${value.variable}}` : value;
}

/** The role that Spot must be allowed to pass: the one created here, or that of an existing profile. */
function instanceRole(config: ClusterConfig): string | undefined {
  if (needsRole(config, secretSources(config))) return instanceRoleName(config.name, config.region);
  return config.iamInstanceProfile === undefined ? undefined : PLACEHOLDERS.instanceRole.text;
}

function profileAccount({ iamInstanceProfile: profile }: ClusterConfig): string | undefined {
  return typeof profile === "string" ? /^arn:[^:]*:iam::(\d{12}):/.exec(profile)?.[1] : undefined;
}

/** The hosted zones of this account, each once. Those of another account need a role there. */
function hostedZones({ route53 = [] }: ClusterConfig): string[] {
  return [
    ...new Set(route53.flatMap(({ account, hostedZoneId }) => (account === undefined ? [hostedZoneId] : []))),
  ];
}

/** The ARN of a key. A policy accepts neither an alias nor an id. */
function keyArn(key: OrVariable<string>, partition: string, region: string, account = "*"): string {
  if (isVariable(key) || key.includes("alias/")) return PLACEHOLDERS.key.text;
  return key.startsWith("arn:") ? key : `arn:${partition}:kms:${region}:${account}:key/${key}`;
}

function page({ loaded: { config, source }, instance, spot, key }: Policies): Line[] {
  const parts: [heading: string, document: unknown][] = [
    ...instanceParts(instance),
    ["Spot's role: permissions for this group", spot],
    ...(key ? [["KMS key of the volume: statements for its policy", key] as [string, unknown]] : []),
  ];
  return [
    [styled("bold", `${config.name} (${source.file})`)],
    ...parts.flatMap(([heading, document]): Line[] => [
      "",
      [styled("bold", heading)],
      ...pretty(document).split("\n"),
    ]),
  ];
}

function instanceParts(instance: InstancePolicies | undefined): [heading: string, document: unknown][] {
  if (instance === undefined) return [];
  const { own, policy } = instance;
  if (own === undefined) return [["The role in the instance profile: permissions", policy]];
  return [
    [`Role ${own.role}: trust policy`, own.trust],
    [`Role ${own.role}: permissions`, policy],
  ];
}

function bare(policies: Policies, only: DocumentName): string {
  const { config, source } = policies.loaded;
  const document = documentOf(policies, only);
  if (document !== undefined) return `${pretty(document)}\n`;
  const needed = only === "instance" ? ["secrets"] : ["rootVolume", "kmsKeyId"];
  throw new ConfigError([
    fromViolation(source, {
      path: needed,
      rule: `be given for this policy (${config.name} has none)`,
    }),
  ]);
}

function documentOf({ instance, spot, key }: Policies, only: DocumentName): unknown {
  return { instance: instance?.policy, spot, key }[only];
}

function pretty(document: unknown): string {
  return JSON.stringify(document, undefined, 2);
}

/** Warns of each placeholder in the printed documents. */
function warnOfPlaceholders(policies: Policies, only: DocumentName | undefined, output: Output): void {
  const { loaded, instance, spot, key } = policies;
  const printed = JSON.stringify(only === undefined ? { instance, spot, key } : documentOf(policies, only));
  for (const { text, stands } of Object.values(PLACEHOLDERS)) {
    if (printed.includes(text))
      output.warn({ file: loaded.source.file, message: `\`${text}\` stands for ${stands}` });
  }
  if (printed.includes("${var."))
    output.warn({
      file: loaded.source.file,
      message: "`${var.…}` stands for the value of a Terraform variable",
    });
}

function toJson(
  { loaded: { config, source }, instance, spot, key }: Policies,
  only: DocumentName | undefined,
): Record<string, unknown> {
  const documents = {
    instance: instance
      ? {
          role_name: instance.own?.role ?? null,
          trust_policy: instance.own?.trust ?? null,
          policy: instance.policy,
        }
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
