import { App } from "cdktf";
import { DEFAULT_FILE } from "./config/default-file";
import { loadConfigs } from "./config/load";
import { printable } from "./config/printable";
import { ConfigError } from "./config/problem";
import { addStacks } from "./config/stack";

const files = process.argv.slice(2);

try {
  // Read first: a mistake in a file leaves no output folder behind.
  const loaded = loadConfigs(files.length > 0 ? files : [DEFAULT_FILE]);
  // Traces hold absolute paths; without them the manifest is the same on every machine.
  const app = new App({ stackTraces: false });
  addStacks(app, loaded);
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(printable(error.message));
  process.exitCode = 1;
}
