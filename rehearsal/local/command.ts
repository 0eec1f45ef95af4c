import { parseArgs } from "node:util";
import { faults, faultsOf } from "./faults";
import { rehearse, type Result } from "./rehearsal";
import { findPrograms } from "./requirements";
import { table } from "./table";

export const USAGE = `Usage: npm run rehearse -- --local [--faults NAME,NAME] [--json] [--server PROGRAM]

Starts three masters and a replica with its agent as processes on loopback addresses, and interrupts the replica.
Needs redis-server and Python 3.9 or newer; neither root nor a network.
  --faults NAMES    some of: ${faults.map(({ name }) => name).join(", ")} (default: all)
  --json            print the result as one JSON object on stdout
  --server PROGRAM  the Redis or Valkey server (default: the one of this machine)
`;

/** Runs a local rehearsal. Resolves to the exit status: 0 only if nothing was lost and nothing is left behind. */
export async function runLocal(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      local: { type: "boolean", default: true },
      faults: { type: "string" },
      json: { type: "boolean", default: false },
      server: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const chosen = values.faults === undefined ? faults : faultsOf(values.faults);
  const programs = await findPrograms(values.server);
  endBySignals();
  const result = await rehearse(programs, chosen, (line) => process.stderr.write(line));
  process.stdout.write(values.json ? `${JSON.stringify(toJson(result), undefined, 2)}\n` : table(result));
  return isGood(result) ? 0 : 1;
}

/** Whether every fault ended as it must. */
export function isGood({ rows, leftBehind }: Result): boolean {
  return leftBehind.length === 0 && rows.every(({ lost, sameId }) => lost === 0 && sameId);
}

/** The object of `--json`. */
export function toJson(result: Result): object {
  const { server, rows, milliseconds, leftBehind } = result;
  return {
    ok: isGood(result),
    server,
    seconds: seconds(milliseconds),
    faults: rows.map((row) => ({
      name: row.name,
      title: row.title,
      outcome: row.outcome,
      seconds: seconds(row.milliseconds),
      resync: row.resync ?? null,
      same_node_id: row.sameId,
      keys_compared: row.keys,
      acknowledged_writes: row.acknowledged,
      lost_writes: row.lost,
      lost_unacknowledged_writes: row.lostUnacknowledged,
      longest_pause_seconds: seconds(row.longestPause),
    })),
    left_behind: leftBehind,
  };
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 10) / 100;
}

/** The end of this process ends all others and removes their folder. */
function endBySignals(): void {
  for (const [signal, number] of [
    ["SIGINT", 2],
    ["SIGTERM", 15],
    ["SIGHUP", 1],
  ] as const) {
    process.on(signal, () => {
      process.stderr.write(`\n${signal}: all processes are ended, and their folder is removed\n`);
      process.exit(128 + number);
    });
  }
}
