import { architectureOf, memoryOf, vcpusOf } from "../../../constructs/elastigroup/instance-type";

/** From the documentation of EC2. */
test.each<[type: string, architecture: string, vcpus: number, memory: number]>([
  ["r6i.large", "x86_64", 2, 16],
  ["r7g.xlarge", "arm64", 4, 32],
  ["r5.24xlarge", "x86_64", 96, 768],
  ["r4.large", "x86_64", 2, 15.25],
  ["r8g.medium", "arm64", 1, 8],
  ["r7iz.metal-16xl", "x86_64", 64, 512],
  ["m5zn.3xlarge", "x86_64", 12, 48],
  ["m7i-flex.large", "x86_64", 2, 8],
  ["m6gd.16xlarge", "arm64", 64, 256],
  ["m3.medium", "x86_64", 1, 3.75],
  ["c4.8xlarge", "x86_64", 36, 60],
  ["c5n.large", "x86_64", 2, 5.25],
  ["c5n.18xlarge", "x86_64", 72, 192],
  ["c6gn.large", "arm64", 2, 4],
  ["c7a.medium", "x86_64", 1, 2],
  ["x1e.xlarge", "x86_64", 4, 122],
  ["x2gd.large", "arm64", 2, 32],
  ["x2iedn.xlarge", "x86_64", 4, 128],
  ["x2iezn.2xlarge", "x86_64", 8, 256],
  ["z1d.large", "x86_64", 2, 16],
  ["i3.large", "x86_64", 2, 15.25],
  ["i3en.large", "x86_64", 2, 16],
  ["i4g.large", "arm64", 2, 16],
  ["im4gn.large", "arm64", 2, 8],
  ["is4gen.medium", "arm64", 1, 6],
  ["d2.xlarge", "x86_64", 4, 30.5],
  ["d3en.xlarge", "x86_64", 4, 16],
  ["a1.large", "arm64", 2, 4],
  ["t2.micro", "x86_64", 1, 1],
  ["t2.medium", "x86_64", 2, 4],
  ["t3.large", "x86_64", 2, 8],
  ["t3a.2xlarge", "x86_64", 8, 32],
  ["t4g.small", "arm64", 2, 2],
])("%s is %s with %d vCPUs and %d GiB", (type, architecture, vcpus, memory) => {
  expect([architectureOf(type), vcpusOf(type), memoryOf(type)]).toEqual([architecture, vcpus, memory]);
});

test.each(["r99g.large", "p4d.24xlarge", "t5.large", "large", "", "m5", "r6i"])("%j is unknown", (type) => {
  expect([vcpusOf(type), memoryOf(type)]).toEqual([undefined, undefined]);
});

test("the family of a metal type determines its architecture, but its name does not determine its size", () => {
  expect([architectureOf("m6g.metal"), memoryOf("m6g.metal")]).toEqual(["arm64", undefined]);
  expect(architectureOf("p4d.24xlarge")).toBeUndefined();
});
