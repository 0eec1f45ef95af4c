import { create } from "handlebars";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { packageName, version } from "../constructs/redis/release";
import { type ClusterConfig } from "../config/schema";

/** The folders of `projects/` that a kind of project consists of. A later one replaces files of an earlier one. */
const FOLDERS = {
  config: ["config"],
  pipeline: ["config", "pipeline"],
  cdktf: ["app"],
  cdktn: ["app"],
} as const;

/** A kind of project: a config file, the same with a pipeline, or an app of CDKTF or CDK Terrain. */
export type Kind = keyof typeof FOLDERS;

export const KINDS = Object.keys(FOLDERS) as readonly Kind[];

/** Where they are, beside this file and beside the bundled command. */
const PROJECTS = join(__dirname, "projects");

/** The paths of a project's files, each with that of its template. */
function templatesOf(kind: Kind): Map<string, string> {
  return new Map(
    FOLDERS[kind].flatMap((folder) =>
      readdirSync(join(PROJECTS, folder), { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(EXTENSION))
        .sort()
        .map((path) => [path.slice(0, -EXTENSION.length), join(PROJECTS, folder, path)] as const),
    ),
  );
}

const EXTENSION = ".hbs";

/** The paths of a project's files. */
export function pathsOf(kind: Kind): string[] {
  return [...templatesOf(kind).keys()];
}

/** A project's files: their texts by their paths. The config has literals only, as answers are. */
export function filesOf(kind: Kind, config: ClusterConfig): Map<string, string> {
  const values = valuesOf(kind, config);
  return new Map(
    [...templatesOf(kind)].map(([path, template]) => [path, render(readFileSync(template, "utf8"), values)]),
  );
}

function valuesOf(kind: Kind, config: ClusterConfig): Record<string, unknown> {
  const { name, masters, instanceTypes, availabilityZones, securityGroupIds } = config;
  const { onDemand, spot } = instanceTypes;
  const zones = Object.entries(availabilityZones) as [zone: string, subnets: string[]][];
  return {
    ...config,
    onDemand,
    spot,
    zones: zones.map(([zone, subnets]) => ({
      zone,
      subnets,
      opening: `        ${literal(zone)}: [`,
      subnetLiterals: literals(subnets),
    })),
    masterLiterals: literals(masters),
    spotLiterals: literals(spot),
    securityGroupLiterals: literals(securityGroupIds),
    stackArguments: ["app", literal(name)],
    stateKey: `${name}.tfstate`,
    isPipeline: kind === "pipeline",
    ...packagesOf(kind),
  };
}

/** This package, or for an app the same package for its framework. */
function packagesOf(kind: Kind): Record<string, unknown> {
  const name = kind === "cdktf" || kind === "cdktn" ? `${kind}-redis-elastigroup` : packageName();
  const framework = name.replace(/-.*/, "");
  return { package: name, version: version(), framework, isTerrain: framework === "cdktn" };
}

/** A text of TypeScript. */
function literal(text: unknown): string {
  return JSON.stringify(text);
}

function literals(texts: unknown): string[] {
  return (texts as unknown[]).map(literal);
}

/** The line length of prettier, which the projects are formatted with. */
const WIDTH = 80;

const HELPERS = {
  literal,
  /** A text of YAML, in quotes where it needs them. */
  yaml: (text: string) => stringify(text, { lineWidth: 0 }).trimEnd(),
  /** Items of TypeScript on one line, or one on each where that is too long. */
  wrap(before: string, items: readonly string[], after: string): string {
    const line = `${before}${items.join(", ")}${after}`;
    if (line.length <= WIDTH) return line;
    const indent = " ".repeat(before.length - before.trimStart().length);
    return [before, ...items.map((item) => `${indent}  ${item},`), `${indent}${after}`].join("\n");
  },
};

function render(template: string, values: Record<string, unknown>): string {
  return create().compile(template, { noEscape: true, strict: true })(values, { helpers: HELPERS });
}
