import * as z from "zod";
import {
  HOST,
  IMAGE,
  INSTANCE_PROFILE,
  INSTANCE_TYPE,
  KEY_PAIR,
  type Kind,
  onceRule,
  REPLICAS,
  SECURITY_GROUP,
  someRule,
  SUBNET,
  withinRule,
  ZONE,
  ACCOUNT,
  ARCHIVE_URL,
  DIRECTIVE,
  LINE,
  PACKAGE,
  REGION,
  RELEASE,
  SHA256,
  SIZE,
  WINDOW,
} from "../constructs/kinds";

/*
 * The file users write. Every message here is what follows "must"; problems.ts adds where, what was there
 * instead and what to do. What one field cannot tell by itself is in rules.ts.
 */

/** Terraform's rule for names, without those it reserves in modules. */
const VARIABLE_NAME =
  /^(?!(source|version|providers|count|for_each|lifecycle|depends_on|locals)$)[A-Za-z_][A-Za-z0-9_-]*$/;

const variable = z
  .strictObject(
    {
      variable: z
        .string({ error: "be the name of a Terraform variable" })
        .regex(VARIABLE_NAME, { error: "be the name of a Terraform variable, such as master_ip" }),
    },
    { error: "be `variable: NAME`" },
  )
  .meta({
    id: "variable",
    description: "A value that only Terraform gets: by -var, TF_VAR_… or a .tfvars file.",
  });

/** `{ variable: name }` in place of a value. */
export type Variable = z.output<typeof variable>;

/** A value, or the name of the Terraform variable that brings it. */
export type OrVariable<T> = T | Variable;

export function isVariable(value: unknown): value is Variable {
  return typeof value === "object" && value !== null && "variable" in value;
}

function text(kind: Pick<Kind, "pattern" | "rule">) {
  return z.string({ error: kind.rule }).regex(kind.pattern, { error: kind.rule });
}

function whole(least: number, most: number, unit = "") {
  const error = withinRule(least, most, unit);
  return z.int({ error }).min(least, { error }).max(most, { error });
}

function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `be one of ${values.join(", ")}` });
}

function yesNo() {
  return z.boolean({ error: "be true or false" });
}

/** A list with at least one item, and none twice. */
function list<T extends z.ZodType>(item: T, noun: string) {
  return z
    .array(item, { error: `be a list with at least one ${noun}` })
    .min(1, { error: someRule(noun) })
    .superRefine((items, context) => {
      items.forEach((value, index) => {
        const before = items.slice(0, index).some((other) => JSON.stringify(other) === JSON.stringify(value));
        if (before) context.addIssue({ code: "custom", path: [index], message: onceRule(noun) });
      });
    });
}

function orVariable<T extends z.ZodType>(value: T) {
  return z.union([value, variable]);
}

function listOrVariable(kind: Kind) {
  return orVariable(list(orVariable(text(kind)), kind.noun));
}

const instanceTypes = z
  .strictObject(
    {
      onDemand: orVariable(text(INSTANCE_TYPE)).meta({
        description: "The type that takes over where there is no spot capacity.",
        examples: ["r6i.large"],
      }),
      spot: listOrVariable(INSTANCE_TYPE).meta({
        description: "The spot types. The more there are, the rarer an interruption without a replacement.",
        examples: [["r6i.large", "r6a.large", "r5.large"]],
      }),
      preferredSpot: listOrVariable(INSTANCE_TYPE)
        .optional()
        .meta({ description: "Spot types to prefer, each one of `spot`.", examples: [["r6i.large"]] }),
    },
    { error: "hold `onDemand` and `spot`" },
  )
  .meta({
    description: "The machines the group may use. Each must hold a replica's data.",
    examples: [{ onDemand: "r6i.large", spot: ["r6i.large", "r6a.large"] }],
  });

const zones = z
  .record(text(ZONE), list(orVariable(text(SUBNET)), SUBNET.noun), {
    error: "be a map from zones to lists of subnets",
  })
  .refine((map) => Object.keys(map).length > 0, { error: someRule(ZONE.noun) });

const size = text(SIZE);

const directive = z.union([text(LINE), z.int().transform(String)], {
  error: "be one line of text or a whole number",
});

const redis = z.strictObject(
  {
    install: oneOf(["source", "package", "image"]).optional().meta({
      description:
        "How Redis gets onto an instance: built from a pinned release, as the distribution's package, or already in the image.",
      default: "source",
    }),
    version: text(RELEASE)
      .optional()
      .meta({ description: "The release to build. Not older than the masters'.", default: "7.2.15" }),
    url: text(ARCHIVE_URL).optional().meta({ description: "Where that release is downloaded." }),
    sha256: text(SHA256)
      .optional()
      .meta({ description: "The SHA-256 of that download; another file is refused on the instance." }),
    package: text(PACKAGE)
      .optional()
      .meta({ description: "The distribution's package, with `install: package`.", examples: ["redis6"] }),
    port: whole(1, 65535)
      .optional()
      .meta({ description: "The port for clients, as the masters use it.", default: 6379 }),
    busPort: whole(1, 65535)
      .optional()
      .meta({ description: "The port of the cluster bus; `port` + 10000 unless told." }),
    maxMemory: size
      .optional()
      .meta({ description: "`maxmemory`; it counts once a replica was promoted.", examples: ["12gb"] }),
    backlogSize: size.optional().meta({ description: "`repl-backlog-size`.", default: "128mb" }),
    directives: z
      .record(text(DIRECTIVE), directive, {
        error: "be a map from directives of redis.conf to their values",
      })
      .optional()
      .meta({ description: "Further lines of redis.conf.", examples: [{ hz: "50" }] }),
  },
  { error: "hold settings of Redis" },
);

const persistence = z.strictObject(
  {
    rootVolume: yesNo()
      .optional()
      .meta({ description: "A replacement takes over the root volume.", default: true }),
    privateIp: yesNo()
      .optional()
      .meta({ description: "A replacement takes over the private IP.", default: true }),
  },
  { error: "hold `rootVolume` and `privateIp`" },
);

const strategy = z.strictObject(
  {
    orientation: oneOf(["availability", "balanced", "cost", "equalZones"])
      .optional()
      .meta({ description: "What weighs when Spot picks a machine.", default: "availability" }),
    fallbackToOnDemand: yesNo().optional().meta({
      description: "An on-demand instance takes over where there is no spot capacity.",
      default: true,
    }),
    revertToSpot: z
      .union([
        z.enum(["always", "never"], {
          error: "be always, never or a list of windows such as Sun:03:00-Sun:05:00 (UTC)",
        }),
        list(text(WINDOW), "window"),
      ])
      .optional()
      .meta({ description: "When an on-demand fallback is replaced by spot again.", default: "never" }),
    drainingTimeout: whole(1, 3600, " seconds")
      .optional()
      .meta({ description: "Seconds between the end's announcement and the end.", default: 120 }),
  },
  { error: "hold settings of the strategy" },
);

const backend = z.union([
  z.enum(["none"], { error: "be `none` or one backend with its settings, such as `s3: { bucket: states }`" }),
  z
    .record(
      text({ pattern: /^[a-z][a-z0-9_]*$/, rule: "name a backend of Terraform" }),
      z.record(z.string(), z.unknown(), { error: "hold the backend's settings, {} for none" }),
      { error: "be `none` or one backend with its settings, such as `s3: { bucket: states }`" },
    )
    .refine((map) => Object.keys(map).length === 1, { error: "name exactly one backend" }),
]);

/** Tags as AWS takes them. */
const tags = z.record(
  text({ pattern: /^(?!aws:)[\s\S]{1,128}$/i, rule: "be 1 to 128 characters and not begin with aws:" }),
  text({ pattern: /^[\s\S]{0,256}$/, rule: "be text of at most 256 characters" }),
  { error: "be a map from tags to their values" },
);

/** The stack's id too, and so a folder and part of a file's name: that bounds its characters. */
const name = text({
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
  rule: "be 1 to 100 letters, digits, dots, dashes or underscores",
})
  // cdktf keeps stacks in a plain object, where such a name is taken.
  .refine((value) => !(value in {}), { error: "be another word: JavaScript has taken this one" });

/** A config file's content. */
export const clusterConfig = z
  .strictObject(
    {
      $schema: z.string().optional().meta({ description: "The schema, for editors." }),
      name: name.meta({
        description: "The group's name at Spot, and the stack's.",
        examples: ["redis-replicas"],
      }),
      region: text(REGION).meta({
        description: "The AWS region.",
        examples: ["us-west-2"],
      }),
      description: text({ pattern: /^[\s\S]{1,255}$/, rule: "be text of 1 to 255 characters" })
        .optional()
        .meta({ description: "What the group is for.", default: "Redis Cluster replicas" }),
      account: text(ACCOUNT)
        .optional()
        .meta({ description: "The Spot account; that of the credentials unless told." }),
      masters: listOrVariable(HOST).meta({
        description: "The cluster's on-demand masters. One is enough to find the others, more are safer.",
        examples: [["10.0.1.10"]],
      }),
      replicas: orVariable(whole(REPLICAS.least, REPLICAS.most)).meta({
        description: "Instances in all, spread evenly over the shards.",
        examples: [3],
      }),
      imageId: orVariable(text(IMAGE)).meta({
        description: "The machine image of the first launch.",
        examples: ["ami-0123456789abcdef0"],
      }),
      instanceTypes,
      availabilityZones: orVariable(zones).meta({
        description: "The zones the group may use, each with its subnets.",
        examples: [{ "us-west-2a": ["subnet-0a1b2c3d4e5f60001"] }],
      }),
      securityGroupIds: listOrVariable(SECURITY_GROUP).meta({
        description: "The security groups of every instance.",
        examples: [["sg-0123456789abcdef0"]],
      }),
      keyPair: orVariable(text(KEY_PAIR)).optional().meta({ description: "The EC2 key pair for SSH." }),
      iamInstanceProfile: orVariable(text(INSTANCE_PROFILE))
        .optional()
        .meta({ description: "The instance profile, by name or ARN." }),
      tags: tags
        .optional()
        .meta({ description: "Tags of everything the group creates.", examples: [{ team: "data" }] }),
      protect: yesNo()
        .optional()
        .meta({ description: "Terraform refuses to destroy the group.", default: false }),
      redis: redis.optional().meta({ description: "The Redis server of each replica." }),
      failover: oneOf(["allowed", "never"]).optional().meta({
        description: "Whether a replica may be promoted when its master fails.",
        default: "allowed",
      }),
      persistence: persistence.optional().meta({ description: "What a replacement takes over." }),
      strategy: strategy.optional().meta({ description: "How Spot picks machines." }),
      backend: backend.optional().meta({
        description:
          "Where Terraform keeps the state: one backend with its settings, or none; a local file unless told.",
        examples: [{ s3: { bucket: "states", key: "redis.tfstate", region: "us-west-2" } }],
      }),
    },
    { error: "hold the keys of a cluster, such as name, region and masters" },
  )
  .meta({ title: "Redis replicas on a stateful Elastigroup" });

/** A valid config file. */
export type ClusterConfig = z.output<typeof clusterConfig>;
