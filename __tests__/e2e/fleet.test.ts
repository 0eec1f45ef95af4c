import { NspawnFleet } from "../../rehearsal/fleet";
import { image } from "../../rehearsal/image";
import { Metadata } from "../../rehearsal/metadata";
import { Network } from "../../rehearsal/network";
import { type LaunchRequest } from "../../rehearsal/spot-api/fleet";
import { describeWith } from "../support/needs";

const request: LaunchRequest = {
  statefulInstanceId: "ssi-00000001",
  instanceId: "i-0000000000000001",
  availabilityZone: "us-west-2a",
  subnetId: "subnet-0a1b2c3d4e5f60001",
  instanceType: "r6i.large",
  lifecycle: "SPOT",
  userData: Buffer.from("#!/bin/sh\nhostname >> /root/runs\n"),
};

describeWith(["root", "systemd-nspawn", "mmdebstrap"], "a fleet of booted instances", () => {
  let network: Network;
  let metadata: Metadata;
  let fleet: NspawnFleet;

  beforeAll(async () => {
    network = await Network.create();
    metadata = await Metadata.start();
    fleet = new NspawnFleet({ network, metadata, image: await image(), noticeSeconds: 1 });
  });

  afterAll(async () => {
    await fleet.close();
    await metadata.close();
    await network.close();
  });

  it("keeps volume and address through a replacement", async () => {
    const { privateIp } = await fleet.launch(request);
    await fleet.instance(request.instanceId).waitForUserData();
    await fleet.stop(request.instanceId, "clean");
    expect(() => fleet.byAddress(privateIp)).toThrow(`no instance is running at ${privateIp}`);

    const replacement = { ...request, instanceId: "i-0000000000000002", lifecycle: "OD" as const };
    expect(await fleet.launch(replacement)).toMatchObject({ privateIp });
    await fleet.byAddress(privateIp).waitForUserData();
    const { stdout } = await fleet.byAddress(privateIp).exec(["cat", "/root/runs"]);
    expect(stdout.trim().split("\n")).toHaveLength(2);
    await fleet.stop(replacement.instanceId, "gone");
  });

  it("gives simultaneous launches different addresses", async () => {
    const others = [2, 3].map((number) => ({
      ...request,
      statefulInstanceId: `ssi-0000000${number}`,
      instanceId: `i-100000000000000${number}`,
    }));
    const launched = await Promise.all(others.map((other) => fleet.launch(other)));
    expect(new Set(launched.map(({ privateIp }) => privateIp)).size).toBe(2);
    await Promise.all(launched.map(({ privateIp }) => fleet.byAddress(privateIp).waitForUserData()));
    await Promise.all(others.map(({ instanceId }) => fleet.stop(instanceId, "gone")));
  });

  it("releases volume and address, and takes a requested address", async () => {
    await fleet.release(request.statefulInstanceId);
    expect(() => fleet.volume(request.statefulInstanceId)).toThrow("is not a known stateful instance");
    const again = { ...request, instanceId: "i-0000000000000003", privateIp: "10.0.2.77" };
    expect(await fleet.launch(again)).toMatchObject({ privateIp: "10.0.2.77" });
    await fleet.byAddress("10.0.2.77").waitForUserData();
    const { stdout } = await fleet.byAddress("10.0.2.77").exec(["cat", "/root/runs"]);
    expect(stdout).toBe("ip-10-0-2-77\n");
  });
});
