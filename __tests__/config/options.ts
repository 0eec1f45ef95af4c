/** Keys that are removed again, with the attributes of the update. `instead` has values for keys that are required. */
export type Removal = [keys: string, sent: string[], instead?: object];

const LAUNCH = "compute.launchSpecification";
const TYPES = "compute.instanceTypes";
const VOLUMES = [`${LAUNCH}.blockDeviceMappings`];
const DOMAINS = ["thirdPartiesIntegration.route53.domains"];
const SCRIPT = [`${LAUNCH}.userData`];
const ZONES = ["compute.availabilityZones"];

const METADATA = ["httpPutResponseHopLimit", "httpTokens", "instanceMetadataTags"].map(
  (each) => `${LAUNCH}.metadataOptions.${each}`,
);

const requirements = { minMemory: 16, maxMemory: 32, minVcpus: 2, maxVcpus: 8 };
/** Together: the provider sends all of them at every change, and removed ones as null. */
const SENT_REQUIREMENTS = [
  ...["excludedInstanceFamilies", "excludedInstanceGenerations", "excludedInstanceTypes"],
  ...["requiredGpu", "requiredMemory", "requiredVCpu"].flatMap((each) => [
    `${each}.maximum`,
    `${each}.minimum`,
  ]),
].map((each) => `${TYPES}.resourceRequirements.${each}`);

const SECRET = "arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-a1B2c3";

/** Options of a config file, and their requests. */
export interface Options {
  readonly config: Record<string, unknown>;
  /** The steps in which they are removed again. */
  readonly removals: readonly Removal[];
  /** Attributes that the provider counts as sent after a failed update that added them, since it does not read them. */
  readonly lostWhereNew: readonly string[];
  /** The same for an update that removed them. */
  readonly lostWhereGone: readonly string[];
}

/** All optional keys that can be combined. */
const everything: Options = {
  config: {
    description: "every option",
    masters: [{ host: "10.0.1.10", zone: "us-west-2a" }, "10.0.1.11"],
    privateIps: ["10.0.1.21"],
    architecture: "x86_64",
    instanceTypes: { onDemand: "r6i.large", spot: ["r6i.large", "r5.large"], preferredSpot: ["r5.large"] },
    preferredZones: ["us-west-2b"],
    placementGroups: { "us-west-2b": "near" },
    zonesRevision: 2,
    keyPair: "admin",
    iamInstanceProfile: "redis",
    tags: { team: "data" },
    protect: true,
    redis: {
      engine: "valkey",
      install: "package",
      package: "valkey9",
      port: 7000,
      busPort: 7001,
      maxMemory: "12gb",
      backlogSize: "256mb",
      nodeTimeout: 5000,
      announceHostname: "ip-{private-ip}.us-west-2.compute.internal",
      modules: ["/usr/lib/redis/modules/a.so", "/usr/lib/redis/modules/b.so SIZE 400"],
      directives: { hz: 50 },
    },
    auth: {
      username: "replica",
      password: { secretsManager: SECRET, key: "password" },
      aclFile: { parameter: "/redis/acl" },
      refreshMinutes: 5,
    },
    tls: {
      ca: { file: "/etc/ssl/redis/ca.pem" },
      certificate: { secretsManager: SECRET, key: "certificate" },
      key: { secretsManager: SECRET, key: "key" },
      clientAuth: "optional",
    },
    failover: "never",
    bootScript: {
      before: "true",
      after: "true",
      agent: { url: "https://example.com/agent.bz2", sha256: "0".repeat(64) },
    },
    install: { proxy: "http://proxy.internal:3128", mirror: "https://files.example.com/redis" },
    rootVolume: { size: 20, iops: 4000, throughput: 250, kmsKeyId: "alias/redis", device: "/dev/sda1" },
    deallocation: { images: false, volumes: false, snapshots: false },
    autoHealing: false,
    healthCheck: { type: "TARGET_GROUP", gracePeriod: 900, unhealthyDuration: 60 },
    targetGroupArns: [
      "arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/checks/0123456789abcdef",
    ],
    route53: [
      {
        hostedZoneId: "Z1",
        recordType: "cname",
        account: "act-1a2b3c4d",
        records: [{ name: "a.example.com", usePublicAddress: true }],
      },
    ],
    ebsOptimized: false,
    monitoring: true,
    metadataHopLimit: 2,
    instanceMetadataTags: true,
    resumePaused: true,
    ignoreChanges: ["shutdown_script"],
    overrides: { restrict_single_az: true },
    dataVolume: {
      size: 20,
      iops: 4000,
      throughput: 250,
      kmsKeyId: "alias/redis",
      device: "/dev/sdg",
      mode: "snapshot",
      snapshotId: "snap-0123456789abcdef0",
    },
    persistence: { rootVolume: false, dataVolume: false },
    strategy: {
      orientation: "balanced",
      fallbackToOnDemand: false,
      revertToSpot: ["Sun:03:00-Sun:05:00"],
      drainingTimeout: 60,
      maxReplacementsPercentage: 25,
      immediateOnDemandRecoverThreshold: 50,
      minimumInstanceLifetime: 12,
      utilizeReservedInstances: true,
      utilizeCommitments: true,
      considerOnDemandPricing: true,
      onDemandCount: 1,
    },
  },
  removals: [
    // First, since every other update would also contain the domains.
    ["route53.0.records.0.usePublicAddress", DOMAINS],
    ["route53.0.account", DOMAINS],
    ["route53.0.recordType", DOMAINS],
    ["route53", ["thirdPartiesIntegration.route53"]],
    ["description", ["description"]],
    ["masters", SCRIPT, { masters: ["10.0.1.10", "10.0.1.11"] }],
    ["privateIps", ["compute.privateIps"]],
    ["architecture", []],
    ["instanceTypes.preferredSpot", [`${TYPES}.preferredSpot`]],
    ["preferredZones", ["compute.preferredAvailabilityZones"]],
    ["placementGroups", ZONES],
    ["zonesRevision", ZONES],
    // Before the profile, without which they make a role.
    ["auth.username", SCRIPT],
    ["auth.aclFile", SCRIPT],
    ["auth.refreshMinutes", SCRIPT],
    ["auth.password.key", SCRIPT],
    ["auth", SCRIPT],
    ["tls.clientAuth", SCRIPT],
    ["tls", SCRIPT],
    ["keyPair", [`${LAUNCH}.keyPair`]],
    ["iamInstanceProfile", [`${LAUNCH}.iamRole`]],
    ["tags", [`${LAUNCH}.tags`]],
    ["protect", []],
    ["redis.package", SCRIPT],
    ["redis.install", SCRIPT],
    ["redis.engine", SCRIPT],
    ["redis.busPort", SCRIPT],
    ["redis.port", SCRIPT],
    ["redis.maxMemory", SCRIPT],
    ["redis.backlogSize", SCRIPT],
    ["redis.nodeTimeout", SCRIPT],
    ["redis.announceHostname", SCRIPT],
    ["redis.modules", SCRIPT],
    ["redis.directives", SCRIPT],
    ["failover", SCRIPT],
    ["bootScript.before", SCRIPT],
    ["bootScript.after", SCRIPT],
    ["bootScript.agent.sha256", SCRIPT],
    ["bootScript.agent", SCRIPT],
    ["install.proxy", SCRIPT],
    ["install.mirror", SCRIPT],
    ["rootVolume.iops", VOLUMES],
    ["rootVolume.throughput", VOLUMES],
    ["rootVolume.kmsKeyId", VOLUMES],
    ["rootVolume.device", VOLUMES],
    ["dataVolume.iops", VOLUMES],
    ["dataVolume.throughput", VOLUMES],
    ["dataVolume.kmsKeyId", VOLUMES],
    ["dataVolume.device", VOLUMES],
    ["dataVolume.snapshotId", VOLUMES],
    ["dataVolume.mode", ["strategy.persistence.blockDevicesMode"]],
    ["persistence.dataVolume", [...VOLUMES, ...SCRIPT, "strategy.persistence.shouldPersistBlockDevices"]],
    [
      "dataVolume",
      [
        ...[...VOLUMES, ...SCRIPT],
        ...["blockDevicesMode", "shouldPersistBlockDevices"].map((each) => `strategy.persistence.${each}`),
      ],
    ],
    // The default applies only when a group is created: later plans do not change the volumes.
    ["rootVolume.size", []],
    ["deallocation.images", []],
    ["deallocation.volumes", []],
    ["deallocation.snapshots", []],
    ["autoHealing", [`${LAUNCH}.autoHealing`]],
    ["healthCheck.type", [`${LAUNCH}.healthCheckType`]],
    ["healthCheck.gracePeriod", [`${LAUNCH}.healthCheckGracePeriod`]],
    ["healthCheck.unhealthyDuration", [`${LAUNCH}.healthCheckUnhealthyDurationBeforeReplacement`]],
    ["targetGroupArns", [`${LAUNCH}.loadBalancersConfig.loadBalancers`]],
    ["ebsOptimized", [`${LAUNCH}.ebsOptimized`]],
    ["monitoring", [`${LAUNCH}.monitoring`]],
    ["metadataHopLimit", METADATA],
    // The provider cannot clear it.
    ["instanceMetadataTags", METADATA, { instanceMetadataTags: false }],
    ["resumePaused", []],
    ["ignoreChanges", []],
    ["overrides", ["strategy.restrictSingleAz"]],
    ["persistence.rootVolume", ["strategy.persistence.shouldPersistRootDevice"]],
    ["strategy.orientation", ["strategy.availabilityVsCost"]],
    ["strategy.fallbackToOnDemand", ["strategy.fallbackToOd"]],
    ["strategy.revertToSpot", ["strategy.revertToSpot.performAt", "strategy.revertToSpot.timeWindows"]],
    ["strategy.drainingTimeout", ["strategy.drainingTimeout"]],
    ["strategy.maxReplacementsPercentage", ["strategy.maxReplacementsPercentage"]],
    ["strategy.immediateOnDemandRecoverThreshold", ["strategy.immediateODRecoverThreshold"]],
    ["strategy.minimumInstanceLifetime", ["strategy.minimumInstanceLifetime"]],
    // The resulting value in Spot is not documented. The change is ignored.
    ["strategy.utilizeReservedInstances", []],
    ["strategy.utilizeCommitments", ["strategy.utilizeCommitments"]],
    ["strategy.considerOnDemandPricing", ["strategy.considerODPricing"]],
    ["strategy.onDemandCount", ["strategy.onDemandCount", "strategy.risk"]],
    [
      "instanceTypes.spot",
      [...SENT_REQUIREMENTS, `${TYPES}.spot`],
      { instanceTypes: { onDemand: "r6i.large", resourceRequirements: requirements } },
    ],
  ],
  lostWhereNew: [
    `${LAUNCH}.tags`,
    "compute.privateIps",
    "strategy.maxReplacementsPercentage",
    "strategy.minimumInstanceLifetime",
    "strategy.onDemandCount",
  ],
  lostWhereGone: ["thirdPartiesIntegration.route53"],
};

/** Keys that exclude some of those. */
const others: Options = {
  config: {
    instanceTypes: {
      onDemand: ["r6i.large", "r5.large"],
      resourceRequirements: {
        ...requirements,
        excludedFamilies: ["t"],
        excludedTypes: ["m3.large"],
        excludedGenerations: ["1"],
      },
    },
    redis: { version: "7.2.4", url: "https://example.com/redis.tar.gz", sha256: "0".repeat(64) },
    rootVolume: { size: 20, type: "gp2", encrypted: false },
    dataVolume: { size: 20, type: "gp2", encrypted: false },
    persistence: { privateIp: false },
    strategy: { spotPercentage: 50 },
  },
  removals: [
    // First, since every other update would also contain the requirements.
    ...["excludedFamilies", "excludedTypes", "excludedGenerations"].map((key): Removal => [
      `instanceTypes.resourceRequirements.${key}`,
      SENT_REQUIREMENTS,
    ]),
    [
      "instanceTypes.resourceRequirements",
      [...["onDemandTypes", "ondemand", "resourceRequirements", "spot"].map((each) => `${TYPES}.${each}`)],
      { instanceTypes: { onDemand: "r6i.large", spot: ["r6i.large", "r5.large"] } },
    ],
    ["redis.version redis.url redis.sha256", SCRIPT],
    ["rootVolume.type", VOLUMES],
    ["rootVolume.encrypted", VOLUMES],
    ["dataVolume.type", VOLUMES],
    ["dataVolume.encrypted", VOLUMES],
    ["persistence.privateIp", ["strategy.persistence.shouldPersistPrivateIp"]],
    ["strategy.spotPercentage", ["strategy.risk"]],
  ],
  lostWhereNew: [],
  lostWhereGone: [],
};

/** All combinations of options, by name. */
export const options = { everything, others };
