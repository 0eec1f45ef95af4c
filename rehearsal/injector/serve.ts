import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { portNumber } from "../count";
import { InjectionPlan } from "./injection-plan";
import { Injector } from "./injector";
import { PlanFile } from "./plan-file";

const usage = `Usage: serve.ts [--port N] [--host ADDRESS] [--plan FILE | --stdin]

A proxy between clients and Redis servers that makes single questions fail. A client connects to it, sends the line
"TO HOST:PORT" and then RESP2. Prints its port, then one line of JSON for each question. Diagnostics go to stderr.
  --port N         the port (default: any free one)
  --host ADDRESS   where to listen (default: 127.0.0.1)
  --plan FILE      read the injection plan from a JSON file, again whenever it changes
  --stdin          read one request from each line, answer each with one line, and end with the input:
                   {"plan": PLAN} replaces the plan, {"reset": true} closes all connections and counts from 1 again
`;

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Handles one line of the input. The answer has the key of the request. */
function answer(line: string, injector: Injector, use: (plan: InjectionPlan) => void): unknown {
  try {
    const request = JSON.parse(line) as { readonly plan?: unknown; readonly reset?: unknown };
    if (request.plan !== undefined) {
      const plan = InjectionPlan.of(request.plan);
      use(plan);
      return { plan: plan.size };
    }
    if (request.reset !== true) throw new Error('a request must be {"plan": PLAN} or {"reset": true}');
    injector.reset();
    return { reset: true };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      host: { type: "string", default: "127.0.0.1" },
      plan: { type: "string" },
      stdin: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const port = portNumber(values.port);
  if (values.plan !== undefined && values.stdin) throw new Error("--plan and --stdin exclude each other");
  let plan = InjectionPlan.none;
  const file = values.plan === undefined ? undefined : new PlanFile(values.plan, complain);
  const injector = await Injector.start({
    port,
    host: values.host,
    plan: () => file?.current ?? plan,
    onQuestion: print,
    onProblem: complain,
  });
  const ended = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
    process.stdout.once("error", () => resolve());
    if (!values.stdin) return;
    const lines = createInterface({ input: process.stdin });
    lines.on("line", (line) => print(answer(line, injector, (next) => (plan = next))));
    lines.once("close", () => resolve());
  });
  print(injector.port);
  await ended;
  await injector.close();
  process.exit();
}

main().catch((error: unknown) => {
  complain(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
