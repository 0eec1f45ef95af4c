"""The same app as app.ts: each kind of property, and of method, from another language."""

from cdktf import App, TerraformOutput, TerraformStack, TerraformVariable
from cdktf_cdktf_provider_spotinst.provider import SpotinstProvider
from cdktf_redis_elastigroup import (
    Architecture,
    AvailabilityZones,
    DataVolume,
    DataVolumeMode,
    InstanceTypes,
    MasterInZone,
    Orientation,
    Peer,
    RedisAuth,
    RedisEngine,
    RedisInstall,
    RedisNetwork,
    RedisReplicas,
    RedisReplicasModule,
    RedisReplicasStack,
    RedisSettings,
    RedisTls,
    RevertToSpot,
    SecretSource,
    Shard,
    StatefulElastigroup,
    Strategy,
    VolumeType,
)

ARN = "arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-"

app = App()

theirs = RedisReplicasStack(
    app,
    "theirs",
    account="act-1a2b3c4d",
    backend={"s3": {"bucket": "states", "key": "redis", "region": "us-west-2", "encrypt": True}},
)
replicas = theirs.add_replicas(
    name="orders",
    region="us-west-2",
    masters=["10.0.1.10", MasterInZone(host="10.0.2.10", zone="us-west-2b")],
    replicas=3,
    image_id="ami-0123456789abcdef0",
    architecture=Architecture.ARM64,
    instance_types=InstanceTypes(on_demand=["r7g.large", "r6g.large"], spot=["r7g.large", "r6g.large"]),
    availability_zones=AvailabilityZones.of(
        {"us-west-2a": ["subnet-0a1"], "us-west-2b": ["subnet-0b1", "subnet-0b2"]},
        preferred=["us-west-2b"],
        revision=3,
    ),
    network=RedisNetwork(
        vpc_id="vpc-0123456789abcdef0",
        masters=Peer.security_group("sg-0123456789abcdef0"),
        clients=[Peer.cidr("10.0.0.0/16")],
    ),
    redis=RedisSettings(
        engine=RedisEngine.VALKEY,
        install=RedisInstall.from_source(version="8.1.9"),
        max_memory="12gb",
        directives={"lazyfree-lazy-eviction": "yes"},
    ),
    auth=RedisAuth(password=SecretSource.secrets_manager(f"{ARN}password-a1B2c3", key="password")),
    tls=RedisTls(
        ca=SecretSource.file("/etc/pki/ca.pem"),
        certificate=SecretSource.parameter("/redis/certificate"),
        key=SecretSource.secrets_manager(f"{ARN}key-a1B2c3"),
    ),
    data_volume=DataVolume(size=100, volume_type=VolumeType.GP3, mode=DataVolumeMode.REATTACH),
    strategy=Strategy(
        orientation=Orientation.BALANCED,
        revert_to_spot=RevertToSpot.within("Sun:03:00-Sun:05:00", "Sat:03:00-Sat:05:00"),
    ),
    tags={"team": "data"},
    overrides={"restrict_single_az": True, "placement_tenancy": "dedicated"},
    protect=True,
)
replicas.allow_from(Peer.prefix_list("pl-0123456789abcdef0"))
replicas.grant_read_secret(SecretSource.secrets_manager(f"{ARN}other-a1B2c3"))
TerraformOutput(theirs, "group", value=replicas.groups[0].group.group_id)
TerraformOutput(theirs, "role", value=replicas.instance_role.role.arn)

own = TerraformStack(app, "own")
SpotinstProvider(own, "spotinst")
image = TerraformVariable(own, "image", type="string")
RedisReplicas(
    own,
    "shards",
    name="sessions",
    region="us-west-2",
    masters=["10.0.1.10"],
    shards=[Shard(name="first", master="10.0.1.10", replicas=2, private_ips=["10.0.1.21", "10.0.1.22"])],
    image_id=image.string_value,
    instance_types=InstanceTypes(on_demand="r6i.large", spot=["r6i.large"]),
    availability_zones=AvailabilityZones.of({"us-west-2a": ["subnet-0a1"]}),
    security_group_ids=["sg-0123456789abcdef0"],
)
existing = StatefulElastigroup.from_group_id(own, "existing", "sig-1a2b3c4d")
TerraformOutput(own, "existing_group", value=existing.group_id)

RedisReplicasModule(app, "module")

app.synth()
