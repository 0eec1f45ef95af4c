import { App, Testing } from "cdktf";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type * as z from "zod";
import { check } from "../../config/load";
import { ConfigError, type Problem } from "../../config/problem";
import { clusterConfig } from "../../config/schema";
import { Source } from "../../config/source";
import { addStacks } from "../../config/stack";
import { type Path, showPath } from "../../constructs/validation/path";
import { example } from "./example";
import { temporaryFolder } from "../support/folder";
import { options } from "./options";

const folder = temporaryFolder();

/** A text that Terraform evaluates if it is not escaped. */
const TEMPLATE = "a${b}%{c}";
const UNESCAPED = /(?<!\$)\$\{b\}|(?<!%)%\{c\}/;

/** Files that together have every option, since some options exclude others. */
const FILES: readonly Record<string, unknown>[] = [
  // Without tags in the metadata, which takes fewer keys.
  {
    ...options.everything.config,
    account: "act-1a2b3c4d",
    adopt: "sig-1a2b3c4d",
    instanceMetadataTags: undefined,
  },
  { ...options.others.config, overrides: { logging: { export: "x" } } },
  {
    replicas: undefined,
    shards: [
      { name: "a", master: "10.0.1.10", replicas: 2, privateIps: ["10.0.1.21"], adopt: "sig-1a2b3c4d" },
    ],
    secrets: {
      secretArns: ["arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-a1B2c3"],
      parameterArns: ["arn:aws:ssm:us-west-2:123456789012:parameter/redis"],
      kmsKeyArns: ["arn:aws:kms:us-west-2:123456789012:key/0b1c2d3e-0000-4000-8000-000000000000"],
    },
    network: {
      vpcId: "vpc-0a",
      masters: { securityGroupId: "sg-0a" },
      clients: [{ cidr: "10.0.0.0/16" }],
      downloads: [{ prefixListId: "pl-0a" }],
    },
    backend: { s3: { key: "redis.tfstate", assume_role: { tags: { team: "data" } } } },
    review: { ignore: [{ rule: "one-zone", reason: "the cluster is in one zone" }] },
  },
  // The items of the zones are an expression, which contains the names of placement groups.
  {
    availabilityZones: { "us-west-2a": { variable: "private" }, "us-west-2b": ["subnet-0b"] },
    placementGroups: { "us-west-2a": "near" },
  },
];

type Schema = z.core.$ZodType;

/** A place of a text in a file: a value, or the key of a map. */
interface Place {
  readonly path: Path;
  /** The path in the format of messages, with `*` for any key of a map. */
  readonly name: string;
  /** The text at this place, if it is not only the template. */
  readonly text?: string;
  readonly isKey?: boolean;
}

/** Every place of a text in the schema. `data` has the keys of maps. */
function places(schema: Schema, data: unknown, path: Path = [], shown: Path = []): Place[] {
  const { type, innerType, shape, element, valueType, ...def } = schema._zod.def as {
    type: string;
    innerType?: Schema;
    options?: readonly Schema[];
    shape?: Record<string, Schema>;
    element?: Schema;
    valueType?: Schema;
    in?: Schema;
  };
  const name = showPath(shown);
  const key = { path: [...path, TEMPLATE], name: `key of ${name}`, isKey: true };
  const part = (each: Schema, step: string | number, shownStep = step): Place[] =>
    places(each, partOf(data, step), [...path, step], [...shown, shownStep]);
  switch (type) {
    case "string":
    case "enum":
      return typeof data === "string"
        ? [
            { path, name },
            // For formats with a required end, such as the URL of an archive.
            { path, name: `inside ${name}`, text: data.replace(/(?<=^|\/)(?=[^/]*$)/, () => TEMPLATE) },
          ]
        : [{ path, name }];
    case "optional":
      return places(innerType!, data, path, shown);
    case "pipe":
      return places(def.in!, data, path, shown);
    case "union":
      return def.options!.flatMap((each) => places(each, data, path, shown));
    case "object":
      return Object.entries(shape!).flatMap(([step, each]) => part(each, step));
    case "array":
      return part(element!, 0);
    case "record":
      return [key, ...part(valueType!, firstKey(data), "*")];
    // Settings of a backend have any shape.
    case "unknown":
      return [
        { path, name },
        { path: [...path, 0], name: `${name}[0]` },
        key,
        { path: [...path, firstKey(data)], name: `${name}.*` },
      ];
    case "boolean":
    case "int":
    case "number":
    case "literal":
      return [];
    default:
      throw new Error(`this test does not support the type of ${name}: ${type}`);
  }
}

function firstKey(data: unknown): string {
  return (isMap(data) && Object.keys(data)[0]) || "key";
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The data with a value at a path. Values on the path are replaced if necessary. */
function withValue(data: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (typeof step === "number") {
    const items = Array.isArray(data) ? [...(data as unknown[])] : [];
    items[step] = withValue(items[step], rest, value);
    return items;
  }
  const map = isMap(data) ? data : {};
  return { ...map, [step]: withValue(map[step], rest, value) };
}

function partOf(data: unknown, step: string | number): unknown {
  return typeof data === "object" && data !== null ? data[step as keyof typeof data] : undefined;
}

/** The result of the template at a place of a file. */
function outcome(data: unknown, { path, text = TEMPLATE, isKey = false }: Place): string {
  const beside = path.slice(0, -1).reduce(partOf, data);
  const value = isKey ? ((isMap(beside) && Object.values(beside)[0]) ?? text) : text;
  const source = new Source("c.yaml", stringify(withValue(data, path, value)));
  const { config, problems } = check(source);
  if (config === undefined) return refusal(problems);
  const app = new App({ outdir: mkdtempSync(join(folder, "out-")), stackTraces: false });
  try {
    const [stack] = addStacks(app, [{ config, source }]);
    return UNESCAPED.test(Testing.synth(stack!)) ? "evaluated" : "escaped";
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return refusal(error.problems);
  }

  function refusal(found: readonly Problem[]): string {
    const { byte } = isKey ? source.keyPosition(path) : source.position(path);
    return found.some(({ at }) => at?.byte === byte) ? "refused" : "refused elsewhere";
  }
}

test("a template is refused or escaped at every place of a text in the schema", () => {
  const outcomes = new Map<string, string[]>();
  for (const data of FILES.map(example)) {
    for (const place of places(clusterConfig, data)) {
      const before = outcomes.get(place.name) ?? [];
      if (!before.includes("refused")) outcomes.set(place.name, [...before, outcome(data, place)]);
    }
  }
  const named = (holds: (each: string[]) => boolean): string[] =>
    [...outcomes].filter(([, each]) => holds(each)).map(([name]) => name);
  expect(outcomes.size).toBeGreaterThan(100);
  expect(named((each) => each.includes("evaluated"))).toEqual([]);
  // If one file lacks the other keys that a place needs, another file has them.
  expect(named((each) => each.every((one) => one === "refused elsewhere"))).toEqual([]);
  const escaped = named((each) => each.includes("escaped")).map((name) => name.replace("inside ", ""));
  expect([...new Set(escaped)]).toEqual([
    "$schema",
    "description",
    "placementGroups.*",
    "keyPair",
    "key of tags",
    "tags.*",
    "redis.modules[0]",
    "redis.directives.*",
    "bootScript.before",
    "bootScript.after",
    "bootScript.agent.url",
    "install.mirror",
    "rootVolume.kmsKeyId",
    "dataVolume.kmsKeyId",
    "targetGroupArns[0]",
    "overrides.*",
    "overrides.*[0]",
    "overrides.*.*",
    "review.ignore[0].reason",
    "key of backend.*",
    "backend.*.*",
    "backend.*.*[0]",
    "key of backend.*.*",
    "backend.*.*.*",
    "redis.url",
  ]);
});
