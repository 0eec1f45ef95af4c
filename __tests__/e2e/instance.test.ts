import { gzipSync } from "node:zlib";
import { type Image, image } from "../../rehearsal/image";
import { Instance } from "../../rehearsal/instance";
import { Metadata } from "../../rehearsal/metadata";
import { Mirror, prepareMirror } from "../../rehearsal/mirror";
import { Network } from "../../rehearsal/network";
import { Volume } from "../../rehearsal/volume";
import { describeWith } from "../support/needs";

/** User data that records every run, with the instance's metadata. */
const userData = `#!/bin/bash
set -eu
base=http://169.254.169.254/latest
token=$(curl -sf -X PUT "$base/api/token" -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')
ask() { curl -sf -H "X-aws-ec2-metadata-token: $token" "$base/meta-data/$1"; }
echo "$(ask instance-id) $(ask local-ipv4) $(ask placement/availability-zone)" >> /root/runs
`;

describeWith(["root", "systemd-nspawn", "mmdebstrap"], "an instance", () => {
  const privateIp = "10.0.2.20";
  let ami: Image;
  let network: Network;
  let metadata: Metadata;
  let mirror: Mirror;
  let volume: Volume;
  let current: Instance | undefined;

  async function start(instanceId: string, data: string | Buffer = userData, on = volume): Promise<Instance> {
    const where = { privateIp, availabilityZone: "us-west-2a", instanceType: "r6i.large" };
    const parts = { network, metadata, volume: on, instanceId, userData: Buffer.from(data) };
    current = new Instance({ ...where, ...parts });
    await current.start();
    return current;
  }

  async function runs(instance: Instance): Promise<string[]> {
    const { stdout } = await instance.exec(["cat", "/root/runs"]);
    return stdout.trim().split("\n");
  }

  beforeAll(async () => {
    ami = await image();
    network = await Network.create();
    metadata = await Metadata.start();
    mirror = await Mirror.start(await prepareMirror(ami));
  });

  beforeEach(async () => (volume = await Volume.create(ami)));

  afterEach(async () => {
    await current?.kill();
    await volume.destroy();
  });

  afterAll(async () => {
    await metadata.close();
    await mirror.close();
    await network.close();
  });

  it.each([
    ["plain", Buffer.from(userData)],
    ["compressed", gzipSync(userData)],
  ])("runs %s user data, which finds the metadata service", async (_, data) => {
    const instance = await start("i-0000000000000001", data);
    const result = await instance.waitForUserData();
    expect(result).toMatchObject({ succeeded: true, errors: [] });
    expect(await runs(instance)).toEqual([`i-0000000000000001 ${privateIp} us-west-2a`]);
    expect(result.multiUser).toBeLessThan(result.finished);
    process.stderr.write(`boot: ${JSON.stringify(result)}\n`);
  });

  it("runs user data again on the same volume under a new instance id, and not after a reboot", async () => {
    const first = await start("i-0000000000000001");
    await first.waitForUserData();
    await first.stop();
    expect(first.running).toBe(false);
    expect(await first.journal()).toContain("Journal stopped");

    const second = await start("i-0000000000000002");
    await second.waitForUserData();
    expect((await runs(second)).map((line) => line.split(" ")[0])).toEqual([
      "i-0000000000000001",
      "i-0000000000000002",
    ]);

    await second.reboot();
    await second.waitForUserData();
    expect(second.boots).toBe(2);
    expect(await runs(second)).toHaveLength(2);
  });

  it("reports user data that fails, with its output", async () => {
    const instance = await start("i-0000000000000001", "#!/bin/sh\necho this went wrong\nexit 3\n");
    const result = await instance.waitForUserData();
    expect(result.succeeded).toBe(false);
    expect(instance.cloudInitLog()).toContain("this went wrong");
  });

  it("gets a notice before it is interrupted, and ends", async () => {
    const instance = await start("i-0000000000000001", "#!/bin/sh\n");
    await instance.waitForUserData();
    const action = [
      "sh",
      "-c",
      `base=http://169.254.169.254/latest
       token=$(curl -s -X PUT $base/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')
       curl -s -w ' %{http_code}' -H "X-aws-ec2-metadata-token: $token" $base/meta-data/spot/instance-action`,
    ];
    expect((await instance.exec(action)).stdout).toMatch(/ 404$/);
    const over = instance.interrupt({ noticeSeconds: 2 });
    expect((await instance.exec(action)).stdout).toMatch(/^\{"action":"terminate","time":"\S+Z"\} 200$/);
    await over;
    expect(instance.running).toBe(false);
    await expect(instance.exec(["true"])).rejects.toThrow("is not running");
  });

  it("ends at once when killed, and its volume boots again", async () => {
    const first = await start("i-0000000000000001");
    await first.waitForUserData();
    await first.kill();
    expect(first.running).toBe(false);
    const second = await start("i-0000000000000002");
    await second.waitForUserData();
    expect(await runs(second)).toHaveLength(2);
  });

  it.each([{ pause: false }, { pause: true }])(
    "boots from a snapshot taken while it ran (%j)",
    async (how) => {
      const first = await start("i-0000000000000001");
      await first.waitForUserData();
      await first.exec(["rm", "/etc/issue"]); // a file of the image: its removal must be in the snapshot
      await first.exec(["setcap", "cap_net_raw=ep", "/usr/bin/less"]);
      const snapshot = await first.snapshot(how);
      await first.exec(["sh", "-c", "echo later > /root/later"]);
      await first.stop();

      const restored = await Volume.create(snapshot);
      const second = await start("i-0000000000000002", userData, restored);
      await second.waitForUserData();
      expect(await runs(second)).toHaveLength(2);
      expect((await second.exec(["ls", "/etc/issue", "/root/later"])).code).not.toBe(0);
      expect((await second.exec(["getcap", "/usr/bin/less"])).stdout).toContain("cap_net_raw=ep");
      await second.kill();
      await restored.destroy();
    },
  );

  it("installs Redis from the mirror, as a package and as source", async () => {
    const instance = await start("i-0000000000000001", "#!/bin/sh\n");
    await instance.waitForUserData();
    expect((await instance.exec(["sh", "-c", "command -v redis-server"])).code).not.toBe(0);
    const installed = await instance.exec(
      ["sh", "-c", "apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y redis-server"],
      { timeout: 120_000 },
    );
    expect(installed).toMatchObject({ code: 0 });
    expect((await instance.exec(["redis-cli", "ping"])).stdout).toContain("PONG");

    const fetched = await instance.exec([
      "sh",
      "-c",
      `curl -sf ${mirror.url("redis-7.0.15.tar.gz")} | sha256sum`,
    ]);
    expect(fetched.stdout).toContain("4b1dc4ee6d622a09fff9c6777191209750fb5e5a725ef78ea012d6eef4c22982");
    expect(mirror.requests).toContainEqual({ path: "/redis-7.0.15.tar.gz", status: 200 });
  });

  it("throws an error with the instance's output after a timeout", async () => {
    const instance = await start("i-0000000000000001", "#!/bin/sh\necho still at it\nsleep 60\n");
    await expect(instance.waitForUserData(4000)).rejects.toThrow(/not within 4000 ms[^]*still at it/);
    await expect(instance.exec(["sleep", "30"], { timeout: 500 })).rejects.toThrow(
      "not finished after 500 ms",
    );
  });
});
