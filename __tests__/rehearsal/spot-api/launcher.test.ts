import { type JsonObject } from "../../../rehearsal/spot-api/json";
import { running } from "./fixtures";

const replaced = async (change: JsonObject = {}) => {
  const parts = await running({ capacity: { minimum: 1, maximum: 1, target: 1 }, ...change });
  const [before] = structuredClone(parts.of());
  parts.instances.interrupt([before!.instance!.id]);
  await parts.settle();
  return { ...parts, before: before!, after: parts.of()[0]! };
};

test("the fleet gets the user data decoded once and otherwise unchanged", async () => {
  const bytes = Buffer.from([0x1f, 0x8b, 0, 255, 13, 10]);
  const userData = bytes.toString("base64");
  const { fleet } = await running({ compute: { launchSpecification: { userData } } });
  expect(fleet.launches[0]!.userData.equals(bytes)).toBe(true);
});

test("a launch with user data that EC2 would refuse fails", async () => {
  const parts = await running();
  const userData = Buffer.alloc(16_385).toString("base64");
  parts.groups.update(parts.id, { group: { compute: { launchSpecification: { userData } } } });
  parts.instances.perform("recycle", parts.id, parts.of()[0]!.id);
  await expect(parts.settle()).rejects.toThrow("limited to 16384 bytes, got: 16385");
  expect(parts.of()[0]!.state).toBe("ERROR");
});

test("a persisted root volume is restored from a new image, and a reattached volume is the same", async () => {
  const { before, after } = await replaced();
  expect(before.imageId).toBe("ami-0123456789abcdef0");
  expect(after.imageId).toMatch(/^ami-[0-9a-f]{17}$/);
  expect(after.imageId).not.toBe(before.imageId);
  expect(after.devices).toEqual(before.devices);
});

test("a volume that is created from a snapshot at each launch has a new ID", async () => {
  const { before, after } = await replaced({ strategy: { persistence: { blockDevicesMode: "onLaunch" } } });
  expect(after.devices[0]!.volumeId).not.toBe(before.devices[0]!.volumeId);
});

test("without root persistence the volume is deleted, and the group's image is used, at the same address", async () => {
  const persistence = { shouldPersistRootDevice: false };
  const { before, after, fleet } = await replaced({ strategy: { persistence } });
  expect(after.imageId).toBe("ami-0123456789abcdef0");
  expect(after.privateIp).toBe(before.privateIp);
  expect(fleet.launches[1]!.privateIp).toBe(before.privateIp);
});

test("without address persistence the fleet allocates a new address", async () => {
  const { fleet } = await replaced({ strategy: { persistence: { shouldPersistPrivateIp: false } } });
  expect(fleet.launches[1]).not.toHaveProperty("privateIp");
});
