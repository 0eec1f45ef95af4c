import { App } from "cdktf";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { type ConfigError, type Problem } from "../../config/problem";
import { check } from "../../config/load";
import { Source } from "../../config/source";
import { addStacks } from "../../config/stack";
import { type ClusterConfig, clusterConfig } from "../../config/schema";

export const ROOT = join(__dirname, "..", "..");

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

/** The problems of a text, without the name of the file. */
export function problemsOf(text: string, file = "c.yaml"): Problem[] {
  return [...check(new Source(file, text)).problems];
}

/** The messages of the problems of the changed example. */
export function messages(changes: Record<string, unknown>): string[] {
  return problemsOf(exampleText(changes)).map(({ message }) => message);
}

/** The errors of the constructs for the changed example, without the file's rules across keys. */
export function constructMessages(folder: string, changes: Record<string, unknown>): string[] {
  const outdir = mkdtempSync(join(folder, "out-"));
  const source = new Source("c.yaml", exampleText(changes));
  try {
    addStacks(new App({ outdir }), [{ config: exampleConfig(changes), source }]);
    return [];
  } catch (error) {
    return (error as ConfigError).problems.map(({ message }) => message);
  }
}

/** A private folder that is removed after the tests of a file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "config-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file and returns its path. */
export function file(folder: string, name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
