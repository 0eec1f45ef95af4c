import * as z from "zod";
import {
  DEVICE,
  GENERATION,
  GROUP_ID,
  HEALTH_SECONDS,
  HOPS,
  HOSTED_ZONE,
  HOST,
  IMAGE,
  INSTANCE_FAMILY,
  INSTANCE_PROFILE,
  INSTANCE_TYPE,
  IPV4,
  KEY_ARN,
  KEY_PAIR,
  KMS_KEY,
  LIFETIMES,
  MEMORY,
  oneOfRule,
  PERCENT,
  PLACEMENT_GROUP,
  RECORD_SET,
  SHARD,
  SHELL,
  SNAPSHOT,
  TARGET_GROUP,
  THROUGHPUT,
  VCPUS,
  VOLUME_SIZE,
  type Kind,
  onceRule,
  PARAMETER_ARN,
  PREFIX_LIST,
  REPLICAS,
  SECRET_ARN,
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
  VPC,
  WINDOW,
} from "../constructs/kinds";
import { isRange, RANGE_RULE } from "../constructs/ip-range";
import { TAG_KEY, TAG_VALUE } from "../constructs/tags";

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
  return z.enum(values, { error: oneOfRule(values) });
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

/** Text, though YAML reads it as a number. */
function generation() {
  const number = z
    .int({ error: GENERATION.rule })
    .min(0, { error: GENERATION.rule })
    .max(99, { error: GENERATION.rule });
  return z.union([text(GENERATION), number.transform(String)], { error: GENERATION.rule });
}

function orVariable<T extends z.ZodType>(value: T) {
  return z.union([value, variable]);
}

function listOrVariable(kind: Kind) {
  return orVariable(list(orVariable(text(kind)), kind.noun));
}

const resourceRequirements = z.strictObject(
  {
    minMemory: whole(MEMORY.least, MEMORY.most, " GiB").meta({
      description: "The least memory in GiB: a replica's data must fit.",
      examples: [16],
    }),
    maxMemory: whole(MEMORY.least, MEMORY.most, " GiB").meta({
      description: "The most memory in GiB.",
      examples: [32],
    }),
    minVcpus: whole(VCPUS.least, VCPUS.most).meta({ description: "The fewest vCPUs.", examples: [2] }),
    maxVcpus: whole(VCPUS.least, VCPUS.most).meta({ description: "The most vCPUs.", examples: [8] }),
    excludedFamilies: list(text(INSTANCE_FAMILY), INSTANCE_FAMILY.noun)
      .optional()
      .meta({ description: "Families not to use.", examples: [["t"]] }),
    excludedTypes: list(text(INSTANCE_TYPE), INSTANCE_TYPE.noun)
      .optional()
      .meta({ description: "Types not to use.", examples: [["m3.large"]] }),
    excludedGenerations: list(generation(), GENERATION.noun)
      .optional()
      .meta({ description: "Generations not to use.", examples: [["1", "2"]] }),
  },
  { error: "hold `minMemory`, `maxMemory`, `minVcpus` and `maxVcpus`" },
);

const instanceTypes = z
  .strictObject(
    {
      onDemand: orVariable(text(INSTANCE_TYPE)).meta({
        description: "The type that takes over where there is no spot capacity.",
        examples: ["r6i.large"],
      }),
      spot: listOrVariable(INSTANCE_TYPE)
        .optional()
        .meta({
          description:
            "The spot types, unless `resourceRequirements` is given. The more there are, the rarer an interruption without a replacement.",
          examples: [["r6i.large", "r6a.large", "r5.large"]],
        }),
      preferredSpot: listOrVariable(INSTANCE_TYPE)
        .optional()
        .meta({ description: "Spot types to prefer, each one of `spot`.", examples: [["r6i.large"]] }),
      resourceRequirements: resourceRequirements
        .optional()
        .meta({ description: "What a spot machine must have, instead of `spot`." }),
    },
    { error: "hold `onDemand` and `spot`" },
  )
  .refine(({ spot, resourceRequirements }) => (spot ?? resourceRequirements) !== undefined, {
    path: ["spot"],
    error: "be given unless `resourceRequirements` is",
    params: { instead: ["instanceTypes.resourceRequirements"] },
    when: ({ value }) => typeof value === "object" && value !== null && !Array.isArray(value),
  })
  .meta({
    description: "The machines the group may use. Each must hold a replica's data.",
    examples: [{ onDemand: "r6i.large", spot: ["r6i.large", "r6a.large"] }],
  });

const zones = z
  .record(text(ZONE), list(orVariable(text(SUBNET)), SUBNET.noun), {
    error: "be a map from zones to lists of subnets",
  })
  .refine((map) => Object.keys(map).length > 0, { error: someRule(ZONE.noun) });

const PEER_RULE = "name exactly one of `securityGroupId`, `prefixListId` and `cidr`";

const peer = z
  .strictObject(
    {
      securityGroupId: orVariable(text(SECURITY_GROUP))
        .optional()
        .meta({ description: "Whatever is in a security group.", examples: ["sg-0123456789abcdef1"] }),
      prefixListId: orVariable(text(PREFIX_LIST))
        .optional()
        .meta({ description: "Whatever a managed prefix list names." }),
      cidr: orVariable(z.string({ error: RANGE_RULE }).refine(isRange, { error: RANGE_RULE }))
        .optional()
        .meta({ description: "A range of IPs; a variable brings one of IPv4.", examples: ["10.0.0.0/16"] }),
    },
    { error: PEER_RULE },
  )
  .refine((given) => Object.keys(given).length === 1, {
    error: PEER_RULE,
    params: { inside: ["securityGroupId", "prefixListId", "cidr"] },
  });

/** One end of a connection: a security group, a prefix list or a range. */
export type PeerConfig = z.output<typeof peer>;

const network = z.strictObject(
  {
    vpcId: orVariable(text(VPC)).meta({
      description: "The VPC of the subnets.",
      examples: ["vpc-0123456789abcdef0"],
    }),
    masters: peer.meta({
      description:
        "All nodes of the cluster that are no replicas of ours: each keeps a link to each other, both ways.",
      examples: [{ securityGroupId: "sg-0123456789abcdef1" }],
    }),
    clients: list(peer, "client")
      .optional()
      .meta({
        description: "Who may use Redis on the replicas; whoever writes to the masters, if one is promoted.",
        examples: [[{ cidr: "10.0.0.0/16" }]],
      }),
    downloads: z
      .array(peer, { error: "be a list, [] for nowhere" })
      .optional()
      .meta({
        description:
          "Where instances may fetch packages and secrets from, by HTTP and HTTPS; everywhere by IPv4 unless told.",
        examples: [[{ prefixListId: "pl-0123456789abcdef0" }]],
      }),
    openMasters: yesNo().optional().meta({
      description: "Let the replicas into the masters' security group too.",
      default: false,
    }),
  },
  { error: "hold `vpcId` and `masters`" },
);

const secrets = z
  .strictObject(
    {
      secretArns: listOrVariable(SECRET_ARN)
        .optional()
        .meta({ description: "Secrets of Secrets Manager, by their whole ARNs." }),
      parameterArns: listOrVariable(PARAMETER_ARN)
        .optional()
        .meta({ description: "Parameters of the Parameter Store, by their ARNs." }),
      kmsKeyArns: listOrVariable(KEY_ARN)
        .optional()
        .meta({ description: "The keys that encrypt them, where those are your own." }),
    },
    { error: "hold lists of ARNs" },
  )
  .refine(({ secretArns, parameterArns }) => (secretArns ?? parameterArns) !== undefined, {
    error: "name at least one secret or parameter",
    params: { inside: ["secretArns", "parameterArns"] },
  });

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
    dataVolume: yesNo().optional().meta({
      description: "A replacement takes over the data volume, where there is one.",
      default: true,
    }),
  },
  { error: "hold `rootVolume`, `privateIp` and `dataVolume`" },
);

function volume(size: string) {
  return {
    size: orVariable(whole(VOLUME_SIZE.least, VOLUME_SIZE.most, " GiB")).meta({
      description: size,
      examples: [32],
    }),
    type: oneOf(["gp3", "gp2", "io1"]).optional().meta({ description: "Its type.", default: "gp3" }),
    iops: whole(100, 80_000)
      .optional()
      .meta({
        description: "Operations per second: 3000 for gp3 unless told; io1 needs it.",
        examples: [4000],
      }),
    throughput: whole(THROUGHPUT.least, THROUGHPUT.most, " MiB/s")
      .optional()
      .meta({ description: "MiB/s of a gp3 volume; 125 unless told.", examples: [250] }),
    encrypted: yesNo().optional().meta({ description: "It is encrypted.", default: true }),
    kmsKeyId: orVariable(text(KMS_KEY))
      .optional()
      .meta({
        description: "The KMS key it is encrypted with; the account's own for EBS unless told.",
        examples: ["alias/redis"],
      }),
  };
}

const OF_A_VOLUME = "hold `size` and what else is to be said of the volume";

const rootVolume = z.strictObject(
  {
    ...volume("Its size in GiB: Redis keeps its data there, and twice that while it saves."),
    device: text(DEVICE)
      .optional()
      .meta({
        description: "The device the image boots from.",
        default: "/dev/xvda",
        examples: ["/dev/sda1"],
      }),
  },
  { error: OF_A_VOLUME },
);

const dataVolume = z.strictObject(
  {
    ...volume("Its size in GiB: the data, and twice that while it saves."),
    device: text(DEVICE)
      .optional()
      .meta({
        description: "The name that it is attached by; the instance finds it by what is on it.",
        default: "/dev/xvdf",
        examples: ["/dev/sdf"],
      }),
    mode: oneOf(["reattach", "snapshot"]).optional().meta({
      description: "A replacement gets the same volume, or a new one from its latest snapshot.",
      default: "reattach",
    }),
    snapshotId: orVariable(text(SNAPSHOT))
      .optional()
      .meta({
        description: "The snapshot that the first volume is made from; a blank one unless told.",
        examples: ["snap-0123456789abcdef0"],
      }),
  },
  { error: OF_A_VOLUME },
);

const deallocation = z.strictObject(
  {
    images: yesNo().optional().meta({ description: "The images of root volumes.", default: true }),
    volumes: yesNo().optional().meta({ description: "The volumes.", default: true }),
    snapshots: yesNo().optional().meta({ description: "The snapshots.", default: true }),
  },
  { error: "hold `images`, `volumes` and `snapshots`" },
);

const addresses = orVariable(list(orVariable(text(IPV4)), IPV4.noun));

const shard = z.strictObject(
  {
    name: text(SHARD).meta({ description: "What the shard is called; another name is another group." }),
    master: orVariable(text(HOST)).meta({ description: "A node of the shard, its master at best." }),
    replicas: orVariable(whole(REPLICAS.least, REPLICAS.most)).meta({ description: "Its replicas." }),
    privateIps: addresses.optional().meta({ description: "Addresses that they get." }),
    adopt: text(GROUP_ID)
      .optional()
      .meta({ description: "A group that is there already and becomes the shard's." }),
  },
  { error: "hold `name`, `master` and `replicas`" },
);

const bootScript = z.strictObject(
  {
    before: text(SHELL).optional().meta({
      description:
        "Shell that runs before anything is written or installed; its failure ends the boot script.",
    }),
    after: text(SHELL)
      .optional()
      .meta({ description: "Shell that runs after the join; its failure is only told." }),
  },
  { error: "hold `before` and `after`" },
);

const healthCheck = z.strictObject(
  {
    type: oneOf(["EC2", "TARGET_GROUP", "HCS"])
      .optional()
      .meta({ description: "Who says that an instance is unhealthy.", default: "EC2" }),
    gracePeriod: whole(HEALTH_SECONDS.least, HEALTH_SECONDS.most, " seconds")
      .optional()
      .meta({ description: "Seconds after a launch before the first check.", default: 300 }),
    unhealthyDuration: whole(HEALTH_SECONDS.least, HEALTH_SECONDS.most, " seconds")
      .optional()
      .meta({ description: "Seconds that an instance stays unhealthy before it is replaced.", default: 120 }),
  },
  { error: "hold settings of the health check" },
);

const route53Domain = z.strictObject(
  {
    hostedZoneId: text(HOSTED_ZONE).meta({ description: "The hosted zone." }),
    recordType: oneOf(["a", "cname"]).optional().meta({ description: "The records' type.", default: "a" }),
    account: text(ACCOUNT).optional().meta({ description: "The Spot account that reaches the hosted zone." }),
    records: list(
      z.strictObject(
        {
          name: text(RECORD_SET).meta({ description: "The record's name." }),
          usePublicAddress: yesNo()
            .optional()
            .meta({ description: "It holds public addresses or names.", default: false }),
        },
        { error: "hold `name`" },
      ),
      "record",
    ).meta({ description: "The records." }),
  },
  { error: "hold `hostedZoneId` and `records`" },
);

const strategy = z.strictObject(
  {
    orientation: oneOf(["availability", "balanced", "cost", "equalZones"])
      .optional()
      .meta({ description: "What weighs when Spot picks a machine.", default: "availability" }),
    fallbackToOnDemand: orVariable(yesNo()).optional().meta({
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
    maxReplacementsPercentage: whole(PERCENT.least, PERCENT.most, " percent")
      .optional()
      .meta({ description: "The share of the instances that may be replaced at the same time." }),
    immediateOnDemandRecoverThreshold: whole(PERCENT.least, PERCENT.most, " percent").optional().meta({
      description: "The share without spot capacity from which on-demand instances take over at once.",
    }),
    minimumInstanceLifetime: z
      .literal([1, 3, 6, 12, 24], { error: oneOfRule(LIFETIMES) })
      .optional()
      .meta({ description: "Hours that an instance should live: markets that comply go first." }),
    utilizeReservedInstances: z
      .literal(true, { error: "be true or be left out (the provider sends no false)" })
      .optional()
      .meta({
        description: "Reserved instances go before spot. Once true, only Spot's console takes it back.",
      }),
    utilizeCommitments: yesNo().optional().meta({ description: "Savings plans go before spot." }),
    considerOnDemandPricing: yesNo()
      .optional()
      .meta({ description: "On-demand is bought where it is cheaper than spot." }),
  },
  { error: "hold settings of the strategy" },
);

const review = z.strictObject(
  {
    ignore: list(
      z.strictObject(
        {
          rule: text({ pattern: /^[a-z]+(-[a-z]+)*$/, rule: "be the id of a rule, such as one-zone" }).meta({
            description: "The rule, as `review` names it.",
            examples: ["one-zone"],
          }),
          reason: text({ pattern: /\S.*\S/, rule: "say why, in a few words" }).meta({
            description: "Why it does not count here, for whoever reads it next.",
            examples: ["the cluster is in one zone too"],
          }),
        },
        { error: "hold `rule` and `reason`" },
      ),
      "rule",
    ).meta({ description: "Rules whose findings are not shown." }),
  },
  { error: "hold `ignore`" },
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
const tags = z.record(text(TAG_KEY), text(TAG_VALUE), { error: "be a map from tags to their values" });

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
      replicas: orVariable(whole(REPLICAS.least, REPLICAS.most))
        .optional()
        .meta({
          description: "Instances in all, spread evenly over the shards; those of `shards` unless told.",
          examples: [3],
        }),
      shards: list(shard, SHARD.noun)
        .optional()
        .meta({
          description: "One group for each shard, instead of one for all.",
          examples: [[{ name: "a", master: "10.0.1.10", replicas: 2 }]],
        }),
      privateIps: addresses.optional().meta({
        description: "Addresses that the instances get, at most one for each.",
        examples: [["10.0.1.21"]],
      }),
      architecture: oneOf(["x86_64", "arm64"])
        .optional()
        .meta({
          description: "The image's architecture; that of the types unless told.",
          examples: ["arm64"],
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
      preferredZones: list(text(ZONE), ZONE.noun)
        .optional()
        .meta({
          description: "Zones to launch spot instances in while they have any.",
          examples: [["us-west-2a"]],
        }),
      placementGroups: z
        .record(text(ZONE), text(PLACEMENT_GROUP), {
          error: "be a map from zones to the names of placement groups",
        })
        .optional()
        .meta({
          description: "The placement group to launch in, by zone.",
          examples: [{ "us-west-2a": "near" }],
        }),
      zonesRevision: whole(1, 1_000_000)
        .optional()
        .meta({
          description: "Raise it to send the zones again, when a plan says that they were lost.",
          examples: [1],
        }),
      securityGroupIds: listOrVariable(SECURITY_GROUP)
        .optional()
        .meta({
          description: "The security groups of every instance; at least one unless `network` is given.",
          examples: [["sg-0123456789abcdef0"]],
        }),
      network: network.optional().meta({
        description: "Who talks to the replicas: makes a security group for them.",
        examples: [{ vpcId: "vpc-0123456789abcdef0", masters: { securityGroupId: "sg-0123456789abcdef1" } }],
      }),
      keyPair: orVariable(text(KEY_PAIR)).optional().meta({ description: "The EC2 key pair for SSH." }),
      iamInstanceProfile: orVariable(text(INSTANCE_PROFILE))
        .optional()
        .meta({ description: "The instance profile, by name or ARN." }),
      secrets: secrets.optional().meta({
        description: "What the instances may read: makes a role and an instance profile for that alone.",
        examples: [{ secretArns: ["arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-a1B2c3"] }],
      }),
      tags: tags
        .optional()
        .meta({ description: "Tags of everything the group creates.", examples: [{ team: "data" }] }),
      protect: yesNo()
        .optional()
        .meta({ description: "Terraform refuses to destroy the group.", default: false }),
      adopt: text(GROUP_ID)
        .optional()
        .meta({
          description:
            "A group that is there already, such as one made in Spot's console: Terraform takes it over.",
          examples: ["sig-1a2b3c4d"],
        }),
      redis: redis.optional().meta({ description: "The Redis server of each replica." }),
      failover: oneOf(["allowed", "never"]).optional().meta({
        description: "Whether a replica may be promoted when its master fails.",
        default: "allowed",
      }),
      bootScript: bootScript.optional().meta({
        description: "Shell of your own, run by bash as root at the first boot and at every replacement.",
        examples: [{ after: "systemctl enable --now exporter" }],
      }),
      rootVolume: rootVolume.optional().meta({
        description: "Another root volume than the image's.",
        examples: [{ size: 32 }],
      }),
      dataVolume: dataVolume.optional().meta({
        description: "A volume beside the root for Redis's data; on the root volume unless told.",
        examples: [{ size: 32 }],
      }),
      deallocation: deallocation
        .optional()
        .meta({ description: "What Spot deletes when Terraform destroys the group." }),
      autoHealing: orVariable(yesNo())
        .optional()
        .meta({ description: "Spot replaces an instance that is unhealthy.", default: true }),
      healthCheck: healthCheck.optional().meta({ description: "When an instance is unhealthy." }),
      targetGroupArns: listOrVariable(TARGET_GROUP)
        .optional()
        .meta({ description: "Target groups that every instance joins." }),
      route53: list(route53Domain, "domain")
        .optional()
        .meta({ description: "Records of Route 53 that Spot keeps pointing at the instances." }),
      ebsOptimized: orVariable(yesNo())
        .optional()
        .meta({ description: "The volumes have bandwidth of their own.", default: true }),
      monitoring: orVariable(yesNo())
        .optional()
        .meta({ description: "CloudWatch gets metrics every minute, which costs.", default: false }),
      metadataHopLimit: whole(HOPS.least, HOPS.most).optional().meta({
        description: "Hops that an answer of the metadata service may make; containers need 2.",
        default: 1,
      }),
      resumePaused: orVariable(yesNo()).optional().meta({
        description: "Every update wakes instances that are paused, those paused on purpose too.",
        default: false,
      }),
      persistence: persistence.optional().meta({ description: "What a replacement takes over." }),
      strategy: strategy.optional().meta({ description: "How Spot picks machines." }),
      review: review.optional().meta({
        description: "What `review` is to leave out.",
        examples: [{ ignore: [{ rule: "one-zone", reason: "the cluster is in one zone too" }] }],
      }),
      backend: backend.optional().meta({
        description:
          "Where Terraform keeps the state: one backend with its settings, cloud for HCP Terraform, or none; a local file unless told.",
        examples: [{ s3: { bucket: "states", key: "redis.tfstate", region: "us-west-2" } }],
      }),
    },
    { error: "hold the keys of a cluster, such as name, region and masters" },
  )
  .refine(({ securityGroupIds, network }) => (securityGroupIds ?? network) !== undefined, {
    path: ["securityGroupIds"],
    error: "be given unless `network` is",
    params: { beside: ["network"] },
    // One missing key is reported beside all else.
    when: ({ value }) => typeof value === "object" && value !== null && !Array.isArray(value),
  })
  .refine(({ replicas, shards }) => (replicas ?? shards) !== undefined, {
    path: ["replicas"],
    error: "be given unless `shards` is",
    params: { instead: ["shards"] },
    when: ({ value }) => typeof value === "object" && value !== null && !Array.isArray(value),
  })
  .meta({ title: "Redis replicas on a stateful Elastigroup" });

/** A valid config file. */
export type ClusterConfig = z.output<typeof clusterConfig>;
