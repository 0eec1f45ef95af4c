import { Token } from "cdktf";
import {
  defaultRootVolumeSize,
  hasDefaultSize,
  keepVolumes,
} from "../../../constructs/redis/default-root-volume";
import { synthesizeReplicas } from "../support";

const types = (onDemand: unknown, ...spot: unknown[]) => ({ instanceTypes: { onDemand, spot } });
const requirements = { minMemory: 64 };

test.each([
  ["three times three quarters of the memory, and the system", types("r6i.large", "r5.large"), 44],
  ["the smallest type counts", types("r6i.xlarge", "r5.large"), 44],
  ["each on-demand type counts", types(["r6i.xlarge", "r5.large", { variable: "x" }], "r5.xlarge"), 44],
  ["`maxMemory` counts before the types", { ...types("r6i.xlarge"), redis: { maxMemory: "10gb" } }, 38],
  ["a small type gets at least 32 GiB", types("t3.micro"), 32],
  ["a large type gets at most 16384 GiB", types("x1e.metal-128xl"), 16_384],
  ["types that are unknown are left out", types("r6i.large", "q9x.large", { variable: "x" }), 44],
  ["a list from Terraform is left out", { instanceTypes: { onDemand: "r6i.large", spot: {} } }, 44],
  ["no known type", types({ variable: "a" }, Token.asString({ a: 1 })), 100],
  ["requirements count", { instanceTypes: { onDemand: "", resourceRequirements: requirements } }, 152],
])("the default size of a root volume: %s", (_, hints, size) => {
  expect(defaultRootVolumeSize(hints)).toBe(size);
});

test.each<[object | undefined, boolean]>([
  [undefined, true],
  [{}, true],
  [{ device: "/dev/sda1", size: undefined }, true],
  [{ size: 40 }, false],
  [{ encrypted: false }, false],
])("of the root volume %j the package chooses the size: %s", (volume, isDefault) => {
  expect(hasDefaultSize(volume)).toBe(isDefault);
});

function group(props: object = {}): any {
  const { resource } = synthesizeReplicas(props);
  return Object.values(resource.spotinst_elastigroup_aws)[0];
}

test("a group without settings gets an encrypted gp3 volume, which later plans do not change", () => {
  const { ebs_block_device: volumes, lifecycle } = group();
  expect(volumes).toEqual([
    {
      delete_on_termination: false,
      device_name: "/dev/xvda",
      encrypted: true,
      iops: 3000,
      throughput: 125,
      volume_size: 44,
      volume_type: "gp3",
    },
  ]);
  expect(lifecycle.ignore_changes).toContain("ebs_block_device");
  expect(lifecycle.postcondition).toHaveLength(1);
});

test("a device alone keeps the default", () => {
  const { ebs_block_device: volumes } = group({ rootVolume: { device: "/dev/sda1" } });
  expect(volumes).toMatchObject([{ device_name: "/dev/sda1", volume_size: 44 }]);
});

test.each(["/dev/xvda", "/dev/sda1", "/dev/sda"])(
  "a root volume at %s is not taken for a data volume",
  (device) => {
    const [{ condition }] = group({ rootVolume: { device } }).lifecycle.postcondition;
    expect(condition).toContain(`"${device}"`);
  },
);

test("a volume with a size is sent with every change", () => {
  const { lifecycle } = group({ rootVolume: { size: 50 } });
  expect(lifecycle.ignore_changes).not.toContain("ebs_block_device");
  expect(lifecycle.postcondition).toBeUndefined();
});

test("with a data volume the root volume is as in the image", () => {
  const { ebs_block_device: volumes, lifecycle } = group({ dataVolume: { size: 50 } });
  expect(volumes).toMatchObject([{ device_name: "/dev/xvdf" }]);
  expect(lifecycle.ignore_changes).not.toContain("ebs_block_device");
});

test("other settings than the device need a size", () => {
  expect(() => group({ rootVolume: { encrypted: false } })).toThrow(
    "`rootVolume.size` must be given with any other key but `device`, got: nothing",
  );
});

test("rules of the user's lifecycle are kept", () => {
  const condition = { condition: "x", errorMessage: "y" };
  expect(keepVolumes({ ignoreChanges: ["image_id"], postcondition: [condition] })).toMatchObject({
    ignoreChanges: ["ebs_block_device", "image_id"],
    postcondition: [condition, {}],
  });
  expect(keepVolumes({ ignoreChanges: "all" })).toMatchObject({ ignoreChanges: "all" });
});
