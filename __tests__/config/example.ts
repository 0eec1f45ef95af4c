import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { type ClusterConfig, clusterConfig } from "../../config/schema";
import { ROOT } from "../support/folder";

/** The example config of the project. */
const EXAMPLE = JSON.stringify(parse(readFileSync(join(ROOT, "redis-replicas.yaml"), "utf8")));

/** The example config of the project, as data. */
export function example(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const data = JSON.parse(EXAMPLE) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries({ ...data, ...changes }).filter(([, value]) => value !== undefined),
  );
}

/** The example as a valid config. */
export function exampleConfig(changes: Record<string, unknown> = {}): ClusterConfig {
  return clusterConfig.parse(example(changes));
}

/** The example as text, with changes. */
export function exampleText(changes: Record<string, unknown> = {}): string {
  return stringify(example(changes));
}
