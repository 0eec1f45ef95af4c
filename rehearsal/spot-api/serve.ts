import { parseArgs } from "node:util";
import { count, portNumber } from "../count";
import { shellWord } from "../shell-word";
import { filled, off } from "./defaults";
import { PaperFleet } from "./paper-fleet";
import { type ApiState, SpotApi } from "./spot-api";
import { StateFile } from "./state-file";

const MINUTE = 60_000;

const OPTIONS = `
Starts a simulated Spot API on 127.0.0.1, without machines, and prints the environment variables to export.
  --port N         the port (default: any free one)
  --api-defaults   add the documented defaults to groups, as the real API may do
  --throttle N     answer 429 to more than N requests of a method and route within 60 seconds
  --state FILE     keep groups and instances in this file, and continue with them after a restart
  --no-spot-capacity
                   launch on-demand instances where the group allows it; a start without this option reverts to spot
`;

/** Serves until SIGINT, SIGTERM or the end of the terminal. `command` is how people call it. */
export async function serve(argv: readonly string[], command: string): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: "string", default: "0" },
      "api-defaults": { type: "boolean", default: false },
      throttle: { type: "string" },
      state: { type: "string" },
      "no-spot-capacity": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`Usage: ${command} [OPTION...]\n${OPTIONS}`);
    return 0;
  }
  const port = portNumber(values.port);
  const defaults = values["api-defaults"] ? filled : off;
  const throttle = values.throttle === undefined ? undefined : count("--throttle", values.throttle);
  const file = values.state === undefined ? undefined : new StateFile(values.state);
  const state = file?.read();
  const fleet = new PaperFleet();
  for (const { id, privateIp, state: name } of state?.statefulInstances ?? [])
    if (privateIp !== undefined && name !== "DEALLOCATED") fleet.keep(id, privateIp);
  const onChange = (next: ApiState): void => file?.write(next);
  const spotCapacity = !values["no-spot-capacity"];
  const api = await SpotApi.start({ fleet, port, defaults, throttle, spotCapacity, state, onChange });
  const windows = setInterval(() => api.revertToSpot(), MINUTE);

  // Before any output: the process that reads it may send a signal immediately.
  const ended = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  for (const [name, value] of Object.entries(api.environment())) {
    process.stdout.write(`export ${name}=${shellWord(value)}\n`);
  }
  process.stderr.write(`The simulated Spot API listens at ${api.url}; stop it with Ctrl-C.\n`);
  await ended;
  clearInterval(windows);
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
