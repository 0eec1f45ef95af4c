import { emptyMaster } from "./empty-master";
import { type Fault } from "./fault";
import { kill } from "./kill";
import { olderImage } from "./older-image";
import { promotion } from "./promotion";
import { stop } from "./stop";

/** All faults, in the order in which they are played. */
export const faults: readonly Fault[] = [kill, stop, promotion, olderImage, emptyMaster];

/** The faults of `--faults NAME,NAME`, in their order. Throws for a name that no fault has. */
export function faultsOf(names: string): readonly Fault[] {
  const wanted = names.split(",").map((name) => name.trim());
  const unknown = wanted.filter((name) => !faults.some((fault) => fault.name === name));
  if (unknown.length > 0) {
    const known = faults.map(({ name }) => name).join(", ");
    throw new Error(`--faults must be some of ${known}, got: ${unknown.join(", ")}`);
  }
  return faults.filter(({ name }) => wanted.includes(name));
}
