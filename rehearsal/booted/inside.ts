import { endBySignals } from "../signals";
import { type RehearsedConfig } from "./rehearsed-config";
import { faults } from "./faults";
import { type Provider } from "../provider";
import { rehearse } from "./rehearsal";

/** What the process in the enclosure gets, as JSON. */
export interface Order {
  readonly config: RehearsedConfig;
  readonly provider: Provider;
  /** The names of the faults to play. */
  readonly faults: readonly string[];
}

/** `tsx inside.ts ORDER`, in an enclosure: prints the result as JSON. */
async function main(text: string): Promise<void> {
  const order = JSON.parse(text) as Order;
  endBySignals("the rehearsal is ended");
  const chosen = faults.filter(({ name }) => order.faults.includes(name));
  const result = await rehearse({ ...order, faults: chosen }, (line) => process.stderr.write(line));
  process.stdout.write(JSON.stringify(result), () => process.exit());
}

// The enclosure ends what is left of a rehearsal that failed.
void main(process.argv[2] ?? "");
