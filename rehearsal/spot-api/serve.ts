import { parseArgs } from "node:util";
import { portNumber } from "../count";
import { shellWord } from "../shell-word";
import { filled, off } from "./defaults";
import { PaperFleet } from "./paper-fleet";
import { SpotApi } from "./spot-api";

const OPTIONS = `
Starts a simulated Spot API on 127.0.0.1, without machines, and prints the environment variables to export.
  --port N         the port (default: any free one)
  --api-defaults   add the documented defaults to groups, as the real API may do
`;

/** Serves until SIGINT, SIGTERM or the end of the terminal. `command` is how people call it. */
export async function serve(argv: readonly string[], command: string): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: "string", default: "0" },
      "api-defaults": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`Usage: ${command} [OPTION...]\n${OPTIONS}`);
    return 0;
  }
  const port = portNumber(values.port);
  const defaults = values["api-defaults"] ? filled : off;
  const api = await SpotApi.start({ fleet: new PaperFleet(), port, defaults });

  // Before any output: the process that reads it may send a signal immediately.
  const ended = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  for (const [name, value] of Object.entries(api.environment())) {
    process.stdout.write(`export ${name}=${shellWord(value)}\n`);
  }
  process.stderr.write(`The simulated Spot API listens at ${api.url}; stop it with Ctrl-C.\n`);
  await ended;
  await api.close();
  return 0;
}

if (require.main === module) {
  serve(process.argv.slice(2), "serve.ts").then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    },
  );
}
