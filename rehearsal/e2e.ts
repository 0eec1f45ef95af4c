import { join } from "node:path";
import { enclose } from "./enclosure";
import { image } from "./image";
import { prepareMirror } from "./mirror";

/**
 * The end-to-end tests, in an enclosure: `npm run e2e -- [--fault ID]... [--all] [JEST-ARGUMENT...]`. With a fault
 * named, or with all, only the faults are played.
 */
async function main(): Promise<void> {
  const faults: string[] = [];
  const rest: string[] = [];
  const given = process.argv.slice(2);
  for (let argument = given.shift(); argument !== undefined; argument = given.shift()) {
    if (argument === "--all") faults.push("all");
    else if (argument === "--fault") faults.push(given.shift() ?? "");
    else rest.push(argument);
  }
  if (faults.length > 0) process.env.REHEARSAL_FAULTS = faults.join(",");
  // Both need the package registry, which cannot be reached from inside.
  await prepareMirror(await image());
  const jest = join(__dirname, "../node_modules/.bin/jest");
  const only = faults.length > 0 ? ["faults"] : [];
  process.exitCode = await enclose([
    jest,
    "--config",
    join(__dirname, "../jest.e2e.config.cjs"),
    ...only,
    ...rest,
  ]);
}

void main();
