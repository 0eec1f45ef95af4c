import * as z from "zod";
import {
  ACCOUNT,
  GROUP_ID,
  IMAGE,
  INSTANCE_PROFILE,
  KEY_PAIR,
  PLACEMENT_GROUP,
  REGION,
  SECURITY_GROUP,
  SHARD,
  TARGET_GROUP,
  ZONE,
} from "../constructs/validation/formats";
import { HOPS, REPLICAS, REVISIONS } from "../constructs/validation/limits";
import { Architecture } from "../constructs/elastigroup/architecture";
import { ATTRIBUTE } from "../constructs/elastigroup/reserved-attributes";
import { Failover } from "../constructs/redis/failover";
import { DEFAULT_DESCRIPTION } from "../constructs/redis/defaults";
import { wordsOf } from "../constructs/validation/known-words";
import { TAG_KEY, TAG_VALUE, TAGS } from "../constructs/validation/tags";
import { givenUnlessRule } from "../constructs/validation/value-rules";
import { auth } from "./schema/auth";
import { backend } from "./schema/backend";
import { bootScript } from "./schema/boot-script";
import { healthCheck } from "./schema/health-check";
import { install } from "./schema/install";
import { instanceTypes } from "./schema/instance-types";
import { masters } from "./schema/masters";
import { network } from "./schema/network";
import { persistence, deallocation } from "./schema/persistence";
import { redis } from "./schema/redis";
import { review } from "./schema/review";
import { route53Domain } from "./schema/route53";
import { secrets } from "./schema/secrets";
import { addresses, shard } from "./schema/shards";
import { strategy } from "./schema/strategy";
import { tls } from "./schema/tls";
import { rootVolume, dataVolume } from "./schema/volumes";
import { zones } from "./schema/zones";
import {
  isFree,
  isMap,
  list,
  listOrVariable,
  oneOf,
  orVariable,
  TAKEN,
  text,
  whole,
  yesNo,
} from "./schema/values";

/*
 * The config file. Values with keys are in schema/. Every message is the text after "must"; problems.ts adds the position,
 * the value and what to do. Rules across fields are in rules.ts.
 */

/** Tags of AWS. */
const tags = z
  .record(text(TAG_KEY), orVariable(text(TAG_VALUE)), { error: "be a map from tags to their values" })
  .refine((map) => Object.keys(map).length <= TAGS.most, { error: TAGS.rule });

/** The name is also the stack's ID, and so the name of a folder and part of a file name. This limits its characters. */
const name = text({
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
  rule: "be 1 to 100 letters, digits, dots, dashes or underscores",
}).refine(isFree, { error: TAKEN });

/** The content of a config file. */
export const clusterConfig = z
  .strictObject(
    {
      $schema: z
        .string({ error: "be a path or a URL" })
        .optional()
        .meta({ description: "The JSON Schema of the file, for editors only." }),
      name: name.meta({
        description: "The name of the group in Spot, and of the stack.",
        examples: ["redis-replicas"],
      }),
      region: text(REGION).meta({
        description: "The AWS region.",
        examples: ["us-west-2"],
      }),
      description: text({ pattern: /^[\s\S]{1,255}$/, rule: "be text of 1 to 255 characters" })
        .optional()
        .meta({
          description:
            "What the group is for. Spot's console shows it, so name the cluster where there are several groups.",
          default: DEFAULT_DESCRIPTION,
        }),
      account: text(ACCOUNT).optional().meta({
        description: "The Spot account; by default, that of the credentials. The token never goes in here.",
      }),
      masters: masters.meta({
        description:
          "The cluster's on-demand masters. One is enough to find the others, but one must answer when a first instance boots: more are safer. With `network`, those of a variable must be without ports. Each may also be a map with its zone.",
        examples: [["10.0.1.10"]],
      }),
      replicas: orVariable(whole(REPLICAS.least, REPLICAS.most))
        .optional()
        .meta({
          description: "Instances in all, spread evenly over the masters. Needed unless `shards` is given.",
          examples: [3],
        }),
      shards: list(shard, SHARD.noun)
        .optional()
        .meta({
          description: "One group for each shard, instead of one for all.",
          examples: [[{ name: "a", master: "10.0.1.10", replicas: 2 }]],
        }),
      privateIps: addresses.optional().meta({
        description:
          "Addresses in the subnets that the instances get, at most one for each. Needs `persistence.privateIp`.",
        examples: [["10.0.1.21"]],
      }),
      architecture: oneOf(wordsOf(Architecture))
        .optional()
        .meta({
          description:
            "The image's architecture; by default, that of the instance types, which must all have the same. Needed for families that this package does not know.",
          examples: ["arm64"],
        }),
      imageId: orVariable(text(IMAGE)).meta({
        description:
          "The machine image of the first launch: Amazon Linux 2023, Debian or Ubuntu. A new image does not reach every replica.",
        examples: ["ami-0123456789abcdef0"],
      }),
      instanceTypes,
      availabilityZones: orVariable(zones).meta({
        description:
          "The zones of `region` that the group may use, each with its subnets. No subnet can be in two zones.",
        examples: [{ "us-west-2a": ["subnet-0a1b2c3d4e5f60001"] }],
      }),
      preferredZones: list(text(ZONE), ZONE.noun)
        .optional()
        .meta({
          description:
            "Zones of `availabilityZones` to launch spot instances in while they have capacity. Not with the orientation `equalZones`.",
          examples: [["us-west-2a"]],
        }),
      placementGroups: z
        .record(text(ZONE), text(PLACEMENT_GROUP), {
          error: "be a map from zones to the names of placement groups",
        })
        .optional()
        .meta({
          description:
            "By zone, the name of the placement group to launch in. Not where `availabilityZones` is a variable.",
          examples: [{ "us-west-2a": "near" }],
        }),
      zonesRevision: whole(REVISIONS.least, REVISIONS.most)
        .optional()
        .meta({
          description: "Raise it when a plan is refused because zones were lost: they are sent again.",
          examples: [1],
        }),
      securityGroupIds: listOrVariable(SECURITY_GROUP)
        .optional()
        .meta({
          description: "The security groups of every instance. Needed unless `network` is given.",
          examples: [["sg-0123456789abcdef0"]],
        }),
      network: network.optional().meta({
        description: "Makes a security group for the replicas, beside or instead of `securityGroupIds`.",
        examples: [{ vpcId: "vpc-0123456789abcdef0", masters: { securityGroupId: "sg-0123456789abcdef1" } }],
      }),
      keyPair: orVariable(text(KEY_PAIR)).optional().meta({ description: "The EC2 key pair for SSH." }),
      iamInstanceProfile: orVariable(text(INSTANCE_PROFILE)).optional().meta({
        description:
          "The instance profile. Not together with `secrets`; with it, `auth` and `tls` make no role, and `policy` prints what its role needs.",
      }),
      secrets: secrets.optional().meta({
        description:
          "What the instances may read beside what `auth` and `tls` name, all in `region`: makes a role and an instance profile for that alone. At least one secret or parameter, unless they name one.",
        examples: [{ secretArns: ["arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-a1B2c3"] }],
      }),
      tags: tags.optional().meta({
        description: `Tags of instances, volumes, snapshots, images and network interfaces, at most ${TAGS.most}. A key must not begin with \`aws:\`.`,
        examples: [{ team: "data" }],
      }),
      protect: yesNo()
        .optional()
        .meta({ description: "Whether Terraform refuses to destroy the group.", default: false }),
      adopt: text(GROUP_ID)
        .optional()
        .meta({
          description:
            "A group that exists already, such as one made in Spot's console: Terraform takes it over. Needs Terraform 1.5.",
          examples: ["sig-1a2b3c4d"],
        }),
      redis: redis.optional().meta({ description: "The Redis server of each replica." }),
      auth: auth.optional().meta({
        description:
          "How replicas authenticate to the cluster, and clients to them; by default, without a password.",
        examples: [{ password: { parameter: "/redis/password" } }],
      }),
      tls: tls.optional().meta({
        description:
          "TLS for clients, replication and the cluster bus, as at the masters. `redis.port` then takes nothing else. By default, there is none.",
      }),
      failover: oneOf(wordsOf(Failover)).optional().meta({
        description:
          "Whether a replica may be promoted when its master fails. `allowed`: once it has caught up. `never`: its shard waits for its master.",
        default: Failover.ALLOWED.value,
      }),
      bootScript: bootScript.optional().meta({
        description:
          "The agent, and shell of your own: bash runs it as root, with `set -Eeuo pipefail`, at the first boot and at every replacement.",
        examples: [{ after: "systemctl enable --now exporter" }],
      }),
      install: install.optional().meta({
        description: "How instances reach what they download.",
        examples: [{ proxy: "http://proxy.internal:3128" }],
      }),
      rootVolume: rootVolume.optional().meta({
        description:
          "The volume that the image boots from. Redis's data is on it unless there is a `dataVolume`. By default, it is encrypted and sized by the memory of the instance types.",
        examples: [{ size: 32 }],
      }),
      dataVolume: dataVolume.optional().meta({
        description: "A volume beside the root volume for Redis's data; by default, there is none.",
        examples: [{ size: 32 }],
      }),
      deallocation: deallocation.optional().meta({
        description:
          "What Spot deletes when Terraform destroys the group, as it was last applied. Network interfaces are always deleted.",
      }),
      autoHealing: orVariable(yesNo())
        .optional()
        .meta({ description: "Whether Spot replaces an instance that is unhealthy.", default: true }),
      healthCheck: healthCheck.optional().meta({ description: "When an instance is unhealthy." }),
      targetGroupArns: listOrVariable(TARGET_GROUP).optional().meta({
        description:
          "Target groups that every instance joins. Their health checks can be useful; a load balancer does not suit clients of a cluster.",
      }),
      route53: list(route53Domain, "domain")
        .optional()
        .meta({ description: "Route 53 records that Spot updates with the addresses of the instances." }),
      ebsOptimized: orVariable(yesNo())
        .optional()
        .meta({ description: "Whether the volumes have bandwidth of their own.", default: true }),
      monitoring: orVariable(yesNo())
        .optional()
        .meta({ description: "Whether CloudWatch gets metrics every minute, at a cost.", default: false }),
      metadataHopLimit: whole(HOPS.least, HOPS.most).optional().meta({
        description:
          "Hops that an answer of the metadata service may make; containers need 2. Tokens are always required.",
        default: HOPS.default,
      }),
      instanceMetadataTags: orVariable(yesNo()).optional().meta({
        description:
          "Whether an instance can read its tags from the metadata service. The keys of `tags` then have only letters, digits and `+-=.,_:@`. Once it is given, only `false` takes it back.",
      }),
      resumePaused: orVariable(yesNo()).optional().meta({
        description: "Whether every update resumes paused instances, also those paused on purpose.",
        default: false,
      }),
      persistence: persistence
        .optional()
        .meta({ description: "What a replacement keeps. At least one of them must stay `true`." }),
      strategy: strategy.optional().meta({ description: "How Spot picks machines." }),
      ignoreChanges: list(text(ATTRIBUTE), ATTRIBUTE.noun)
        .optional()
        .meta({
          description: "Attributes of the group's resource whose later changes Terraform does not apply.",
          examples: [["image_id"]],
        }),
      overrides: z
        .record(text(ATTRIBUTE), z.unknown(), { error: "be a map from attributes to their values" })
        .optional()
        .meta({
          description: "Attributes of the group's resource that have no key. No rule checks their values.",
          examples: [{ cpu_credits: "unlimited" }],
        }),
      review: review.optional().meta({
        description: "What `review` leaves out.",
        examples: [{ ignore: [{ rule: "one-zone", reason: "the cluster is in one zone too" }] }],
      }),
      backend: backend.optional().meta({
        description:
          "Where Terraform keeps the state: one backend with its settings, `cloud` for HCP Terraform, or `none`. By default, a local file `terraform.<name>.tfstate`.",
        examples: [{ s3: { bucket: "states", key: "redis.tfstate", region: "us-west-2" } }],
      }),
    },
    { error: "have the keys of a cluster, such as name, region and masters" },
  )
  .refine(({ securityGroupIds, network }) => (securityGroupIds ?? network) !== undefined, {
    path: ["securityGroupIds"],
    error: givenUnlessRule("network"),
    params: { beside: ["network"] },
    when: isMap,
  })
  .refine(({ replicas, shards }) => (replicas ?? shards) !== undefined, {
    path: ["replicas"],
    error: givenUnlessRule("shards"),
    params: { beside: ["shards"] },
    when: isMap,
  })
  .meta({ title: "Redis replicas on a stateful Elastigroup" });

/** A valid config file. */
export type ClusterConfig = z.output<typeof clusterConfig>;
