/** A node in CLUSTER NODES, as one server lists it. */
export interface ClusterNode {
  readonly id: string;
  /** Empty if the server does not know it (`noaddr`). */
  readonly address: string;
  readonly port: number;
  readonly busPort: number;
  readonly flags: readonly string[];
  /** The node ID of its master; undefined for a master, and for a replica of an unknown one. */
  readonly master?: string;
  readonly configEpoch: number;
  /** Whether the bus link to it is up. */
  readonly connected: boolean;
  /** First and last slot of each range. */
  readonly slots: readonly (readonly [number, number])[];
}

/**
 * Reads CLUSTER NODES. `read` has the lines that were read before, of any member, and gets the new ones. Members repeat the
 * lines of each other but for the times of pings, so a large cluster has few different ones. Equal lines are one object.
 */
export function parseClusterNodes(text: string, read = new Map<string, ClusterNode>()): ClusterNode[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  return lines.map((line) => {
    const key = line.replace(PINGS, "$1");
    const node = read.get(key) ?? parseLine(line);
    read.set(key, node);
    return node;
  });
}

/** The fields before the times of pings, which are the fifth and the sixth one. */
const PINGS = /^((?:[^ ]* ){4})[^ ]* [^ ]* /;

function parseLine(line: string): ClusterNode {
  const [id = "", endpoint = "", flags = "", master, , , epoch, link, ...slots] = line.split(" ");
  const [, address = "", port, busPort] = /^(.*):(\d+)(?:@(\d+))?(?:,|$)/.exec(endpoint) ?? [];
  return {
    id,
    address,
    port: Number(port),
    busPort: Number(busPort),
    flags: flags.split(","),
    master: master === "-" ? undefined : master,
    configEpoch: Number(epoch),
    connected: link === "connected",
    // [slot->-node] and [slot-<-node] are migrating slots, not ranges.
    slots: slots
      .filter((range) => !range.startsWith("["))
      .map((range) => range.split("-").map(Number))
      .map(([first = 0, last = first]) => [first, last] as const),
  };
}

/** The number of slots in ranges. */
export function slotCount(slots: ClusterNode["slots"]): number {
  return slots.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}
