import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { type ApiState } from "./spot-api";

/** The format of the file. */
const VERSION = 1;

/** What an API knows, in a file, so that it survives a restart. */
export class StateFile {
  constructor(private readonly path: string) {}

  /** The state; undefined if there is no file. Throws if it is not that of an API. */
  read(): ApiState | undefined {
    if (!existsSync(this.path)) return undefined;
    const { version, ids, groups, statefulInstances } = parse(readFileSync(this.path, "utf8"));
    if (version !== VERSION || !ids || !Array.isArray(groups) || !Array.isArray(statefulInstances)) {
      throw new Error(
        `--state must be a file that this program has written, or a new one, got: ${this.path}`,
      );
    }
    return { ids, groups, statefulInstances };
  }

  /** Replaces the file in one step: it is never half written. */
  write(state: ApiState): void {
    const next = `${this.path}.new`;
    writeFileSync(next, `${JSON.stringify({ version: VERSION, ...state }, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(next, this.path);
  }
}

/** The content of a file; empty if it is not a JSON object. */
function parse(text: string): Partial<ApiState & { readonly version: number }> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<ApiState & { readonly version: number }>;
  } catch {
    return {};
  }
}
