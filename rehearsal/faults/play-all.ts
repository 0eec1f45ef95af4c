import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { count } from "../count";
import { enclose } from "../enclosure";
import { type Ending, type Fault } from "./fault";
import { image } from "../image";
import { motoPython } from "../moto";
import { isSecured } from "../secured";
import { defaultServer, serverBuild, serverKind } from "../server-build";
import { currentSuite, suites } from "../suite";
import { faults } from "./index";
import { type Played } from "./played";
import { writeTable } from "./table";

/**
 * `--fault ID... | --all`, `--server NAME...` (default Debian's package), `--times N` (default 1) in a row, `--jobs N`
 * (default 1) faults in parallel, `--write` their rows into the table in docs. Returns 1 if a fault failed.
 */
export async function playAll(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      fault: { type: "string", multiple: true, default: [] },
      all: { type: "boolean", default: false },
      server: { type: "string", multiple: true, default: [defaultServer.name] },
      times: { type: "string", default: "1" },
      jobs: { type: "string", default: "1" },
      write: { type: "boolean", default: false },
    },
  });
  if (values.write && currentSuite() !== suites[0]) {
    throw new Error(`--write needs the image ${suites[0]}, on which the table in docs was made`);
  }
  if (values.write && isSecured()) {
    throw new Error("--write needs a run without --secured, as the table in docs was made");
  }
  const known = faults.map(({ id }) => id);
  const unknown = values.fault.filter((id) => !known.includes(id));
  if (unknown.length > 0)
    throw new Error(`--fault must be one of ${known.join(", ")}, got: ${unknown.join(", ")}`);
  const chosen = await playable(faults.filter(({ id }) => values.all || values.fault.includes(id)));
  const servers = values.server.map(serverKind);
  // A run in an enclosure cannot reach a registry.
  const besides = chosen.flatMap((fault) => fault.servers ?? []).map(serverKind);
  for (const server of new Set([...servers, ...besides])) await serverBuild(server, await image());
  const results = servers.flatMap((server) => {
    return chosen.map((fault): Played => ({ fault, server, endings: [], errors: [] }));
  });
  const queue = [...results];
  const times = count("--times", values.times);
  let signalled = false;
  // Running faults are stopped by their enclosures, and no other starts.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => (signalled = true));
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      for (let time = 0; time < times && !signalled; time++) await playOnce(next);
    }
  };
  await Promise.all(Array.from({ length: count("--jobs", values.jobs) }, worker));
  if (signalled) return 130;
  if (values.write) writeTable(results);
  return results.some(({ errors }) => errors.length > 0) ? 1 : 0;
}

/** The faults that this run can play. It prints each of the others with the reason. */
async function playable(chosen: readonly Fault[]): Promise<readonly Fault[]> {
  const needsStore = chosen.some((fault) => isPlayedSecured(fault));
  const noStore = needsStore ? await motoPython().then(() => undefined, String) : undefined;
  if (noStore !== undefined && isSecured()) throw new Error(noStore);
  return chosen.filter((fault) => {
    const reason = whyLeftOut(fault, noStore);
    if (reason !== undefined) process.stdout.write(`${fault.id}: left out: ${reason}\n`);
    return reason === undefined;
  });
}

/** Why a fault is not played; undefined if it is. `noStore` is why there is no store of secrets, if there is none. */
export function whyLeftOut(fault: Fault, noStore?: string): string | undefined {
  if (isSecured() && fault.notSecured !== undefined) return fault.notSecured;
  return isPlayedSecured(fault) ? noStore : undefined;
}

function isPlayedSecured({ scene }: Fault): boolean {
  return scene?.secured ?? isSecured();
}

async function playOnce({ fault, server, endings, errors }: Played): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), "fault-"));
  try {
    const file = join(work, "result");
    const tsx = join(__dirname, "../../node_modules/.bin/tsx");
    await enclose([tsx, join(__dirname, "play.ts"), fault.id, server.name, file]);
    const { ending, error } = resultIn(file);
    if (ending) endings.push(ending);
    else errors.push(error ?? "it ended without a result");
    const suite = currentSuite() === suites[0] ? "" : ` on ${currentSuite()}`;
    const secured = isSecured() ? " secured" : "";
    const on = `${secured}${server === defaultServer ? suite : `${suite} on ${server.title}`}`;
    process.stdout.write(`${fault.id}${on}: ${ending ? JSON.stringify(ending) : `FAILED: ${error}`}\n`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function resultIn(file: string): { readonly ending?: Ending; readonly error?: string } {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ReturnType<typeof resultIn>;
  } catch {
    return {};
  }
}
