import { type LaunchRequest } from "../../../rehearsal/spot-api/fleet";
import { PaperFleet } from "../../../rehearsal/spot-api/paper-fleet";

const request = (statefulInstanceId: string, instanceId: string, privateIp?: string): LaunchRequest => ({
  statefulInstanceId,
  instanceId,
  ...(privateIp === undefined ? {} : { privateIp }),
  availabilityZone: "us-west-2a",
  subnetId: "subnet-1",
  instanceType: "r6i.large",
  lifecycle: "SPOT",
  userData: Buffer.alloc(0),
});

test("each stateful instance gets a unique address and keeps it until it is released", async () => {
  const fleet = new PaperFleet();
  const first = await fleet.launch(request("ssi-1", "i-1"));
  const second = await fleet.launch(request("ssi-2", "i-2"));
  expect(second.privateIp).not.toBe(first.privateIp);
  await fleet.stop("i-1");
  expect(await fleet.launch(request("ssi-1", "i-3"))).toEqual(first);
  await fleet.stop("i-3");
  await fleet.release("ssi-1");
  expect(await fleet.launch(request("ssi-4", "i-4"))).toEqual(first);
});

test("a requested address is allocated", async () => {
  expect(await new PaperFleet().launch(request("ssi-1", "i-1", "10.0.0.9"))).toEqual({
    privateIp: "10.0.0.9",
  });
});

test("it lists running instances and all launches", async () => {
  const fleet = new PaperFleet();
  await fleet.launch(request("ssi-1", "i-1"));
  await fleet.stop("i-1");
  expect(fleet.running).toEqual([]);
  expect(fleet.launches.map(({ instanceId }) => instanceId)).toEqual(["i-1"]);
});
