import { App } from "cdktf";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { check } from "../../config/load";
import { type ConfigError, type Problem } from "../../config/problem";
import { Source } from "../../config/source";
import { addStacks } from "../../config/stack";
import { exampleConfig, exampleText } from "./example";

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
