import { parseArgs } from "node:util";
import { faultsOf } from "../play/fault";
import { optionsHelp, report, reportOptions } from "../report/report";
import { endBySignals } from "../signals";
import { faults } from "./faults";
import { rehearse } from "./rehearsal";
import { findPrograms } from "./requirements";

export const USAGE = `Usage: npm run rehearse -- --local [OPTION...]

Starts three masters and a replica with its agent as processes on loopback addresses, and interrupts the replica.
Needs redis-server and Python 3.9 or newer; neither root nor a network.
${optionsHelp(faults.map(({ name }) => name))}  --server PROGRAM  the Redis or Valkey server (default: the one of this machine)
`;

/** Runs a local rehearsal. Resolves to the exit status: 0 only if nothing was lost and nothing is left behind. */
export async function runLocal(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      ...reportOptions,
      local: { type: "boolean", default: true },
      server: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const chosen = values.faults === undefined ? faults : faultsOf(faults, values.faults);
  const programs = await findPrograms(values.server);
  endBySignals("all processes are ended, and their folder is removed");
  return report(await rehearse(programs, chosen, (line) => process.stderr.write(line)), values);
}
