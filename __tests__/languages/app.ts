import { SpotinstProvider } from "@cdktf/provider-spotinst/lib/provider";
import { App, TerraformOutput, TerraformStack, TerraformVariable } from "cdktf";
import {
  Architecture,
  AvailabilityZones,
  DataVolumeMode,
  Orientation,
  Peer,
  RedisEngine,
  RedisInstall,
  RedisReplicas,
  RedisReplicasModule,
  RedisReplicasStack,
  RevertToSpot,
  SecretSource,
  StatefulElastigroup,
  VolumeType,
} from "../../constructs";

/* The same app as app.py: each kind of property, and of method, from another language. */

const ARN = "arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-";

const app = new App();

const theirs = new RedisReplicasStack(app, "theirs", {
  account: "act-1a2b3c4d",
  backend: { s3: { bucket: "states", key: "redis", region: "us-west-2", encrypt: true } },
});
const replicas = theirs.addReplicas({
  name: "orders",
  region: "us-west-2",
  masters: ["10.0.1.10", { host: "10.0.2.10", zone: "us-west-2b" }],
  replicas: 3,
  imageId: "ami-0123456789abcdef0",
  architecture: Architecture.ARM64,
  instanceTypes: { onDemand: ["r7g.large", "r6g.large"], spot: ["r7g.large", "r6g.large"] },
  availabilityZones: AvailabilityZones.of(
    { "us-west-2a": ["subnet-0a1"], "us-west-2b": ["subnet-0b1", "subnet-0b2"] },
    { preferred: ["us-west-2b"], revision: 3 },
  ),
  network: {
    vpcId: "vpc-0123456789abcdef0",
    masters: Peer.securityGroup("sg-0123456789abcdef0"),
    clients: [Peer.cidr("10.0.0.0/16")],
  },
  redis: {
    engine: RedisEngine.VALKEY,
    install: RedisInstall.fromSource({ version: "8.1.9" }),
    maxMemory: "12gb",
    directives: { "lazyfree-lazy-eviction": "yes" },
  },
  auth: { password: SecretSource.secretsManager(`${ARN}password-a1B2c3`, { key: "password" }) },
  tls: {
    ca: SecretSource.file("/etc/pki/ca.pem"),
    certificate: SecretSource.parameter("/redis/certificate"),
    key: SecretSource.secretsManager(`${ARN}key-a1B2c3`),
  },
  dataVolume: { size: 100, volumeType: VolumeType.GP3, mode: DataVolumeMode.REATTACH },
  strategy: {
    orientation: Orientation.BALANCED,
    revertToSpot: RevertToSpot.within("Sun:03:00-Sun:05:00", "Sat:03:00-Sat:05:00"),
  },
  tags: { team: "data" },
  overrides: { restrict_single_az: true, placement_tenancy: "dedicated" },
  protect: true,
});
replicas.allowFrom(Peer.prefixList("pl-0123456789abcdef0"));
replicas.grantReadSecret(SecretSource.secretsManager(`${ARN}other-a1B2c3`));
new TerraformOutput(theirs, "group", { value: replicas.groups[0]!.group.groupId });
new TerraformOutput(theirs, "role", { value: replicas.instanceRole!.role.arn });

const own = new TerraformStack(app, "own");
new SpotinstProvider(own, "spotinst");
const image = new TerraformVariable(own, "image", { type: "string" });
new RedisReplicas(own, "shards", {
  name: "sessions",
  region: "us-west-2",
  masters: ["10.0.1.10"],
  shards: [{ name: "first", master: "10.0.1.10", replicas: 2, privateIps: ["10.0.1.21", "10.0.1.22"] }],
  imageId: image.stringValue,
  instanceTypes: { onDemand: "r6i.large", spot: ["r6i.large"] },
  availabilityZones: AvailabilityZones.of({ "us-west-2a": ["subnet-0a1"] }),
  securityGroupIds: ["sg-0123456789abcdef0"],
});
const existing = StatefulElastigroup.fromGroupId(own, "existing", "sig-1a2b3c4d");
new TerraformOutput(own, "existing_group", { value: existing.groupId });

new RedisReplicasModule(app, "module");

app.synth();
