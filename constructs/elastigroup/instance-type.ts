/**
 * Properties of EC2 instance types, derived from their names: the families for in-memory data, with their memory per vCPU
 * in GiB. https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html
 */
const FAMILIES: readonly (readonly [family: RegExp, memoryPerVcpu: number])[] = [
  [/^a1$/, 2],
  [/^c[34]$/, 1.875],
  [/^c5n$/, 2.625],
  [/^c[5-8](a|ad|b|d|g|gb|gd|gn|i|i-flex|ib|id|in)?$/, 2],
  [/^d2$/, 7.625],
  [/^d3$/, 8],
  [/^(d3en|h1|im4gn)$/, 4],
  [/^i3$/, 7.625],
  [/^i(3en|4g|4i|7i|7ie|8g|8ge)$/, 8],
  [/^is4gen$/, 6],
  [/^m3$/, 3.75],
  [/^m[4-8](a|ad|azn|d|dn|g|gb|gd|gn|i|i-flex|id|idn|in|n|zn)?$/, 4],
  [/^r[34]$/, 7.625],
  [/^r[5-8](a|ad|b|d|dn|g|gb|gd|gn|i|i-flex|ib|id|idn|in|iz|n)?$/, 8],
  [/^x1$/, 15.25],
  [/^x1e$/, 30.5],
  [/^(x2gd|x2idn|x8g|x8i)$/, 16],
  [/^(x2iedn|x2iezn|x8aedz)$/, 32],
  [/^z1d$/, 8],
];

/** Burstable types: their memory by size. */
const BURSTING: Readonly<Record<string, number>> = {
  nano: 0.5,
  micro: 1,
  small: 2,
  medium: 4,
  large: 8,
  xlarge: 16,
  "2xlarge": 32,
};

/** Types whose memory differs from that of their family. */
const ODD: Readonly<Record<string, Machine>> = {
  "c4.8xlarge": { vcpus: 36, memory: 60 },
  "c5n.9xlarge": { vcpus: 36, memory: 96 },
  "c5n.18xlarge": { vcpus: 72, memory: 192 },
  "d2.8xlarge": { vcpus: 36, memory: 244 },
};

interface Machine {
  readonly vcpus: number;
  /** In GiB. */
  readonly memory: number;
}

/** `x86_64` or `arm64`; undefined for a family this package does not know. */
export function architectureOf(type: string): "x86_64" | "arm64" | undefined {
  const [family = ""] = type.split(".");
  if (!/^t(2|3|3a|4g)$/.test(family) && memoryPerVcpu(family) === undefined) return undefined;
  // Graviton types have a "g" after the generation, except the first generation.
  return family === "a1" || /\d[a-z]*g/.test(family) ? "arm64" : "x86_64";
}

/** The memory in GiB; undefined for a type this package does not know. */
export function memoryOf(type: string): number | undefined {
  return machineOf(type)?.memory;
}

/** The vCPUs; undefined for a type this package does not know. */
export function vcpusOf(type: string): number | undefined {
  return machineOf(type)?.vcpus;
}

function machineOf(type: string): Machine | undefined {
  const [family = "", size = ""] = type.split(".");
  if (/^t(2|3|3a|4g)$/.test(family)) return bursting(family, size);
  const vcpus = vcpusOfSize(size);
  const ratio = memoryPerVcpu(family);
  if (vcpus === undefined || ratio === undefined) return undefined;
  return ODD[type] ?? { vcpus, memory: vcpus * ratio };
}

function bursting(family: string, size: string): Machine | undefined {
  const memory = BURSTING[size];
  if (memory === undefined) return undefined;
  const vcpus = memory <= 8 ? 2 : memory / 4;
  return { vcpus: family === "t2" && memory <= 2 ? 1 : vcpus, memory };
}

function memoryPerVcpu(family: string): number | undefined {
  return FAMILIES.find(([known]) => known.test(family))?.[1];
}

/** Undefined for `metal` without a size. */
function vcpusOfSize(size: string): number | undefined {
  const small = { medium: 1, large: 2, xlarge: 4 }[size];
  if (small !== undefined) return small;
  const times = /^(\d+)xlarge$|^metal-(\d+)xl$/.exec(size);
  return times ? 4 * Number(times[1] ?? times[2]) : undefined;
}
