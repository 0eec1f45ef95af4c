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

/** The example that ships with the project, as data. */
export function example(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const data = parse(readFileSync(join(ROOT, "redis-replicas.yaml"), "utf8")) as Record<string, unknown>;
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

/** What is wrong with a text, without the file's name. */
export function problemsOf(text: string, file = "c.yaml"): Problem[] {
  return [...check(new Source(file, text)).problems];
}

/** The messages of what is wrong with the changed example. */
export function messages(changes: Record<string, unknown>): string[] {
  return problemsOf(exampleText(changes)).map(({ message }) => message);
}

/** What constructs say of the changed example, past the rules across keys of the file. */
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

/** A private folder that is gone after the test file. */
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
