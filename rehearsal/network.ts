import { insideEnclosure } from "./inside";
import { must, run } from "./run";

/** Where the host side of every network answers: metadata service's neighbour, package mirror. */
export const hostAddress = "10.0.0.1";
/** Link-local, as on EC2: reached over each namespace's default route. */
export const metadataAddress = "169.254.169.254";

const bridge = "bridge0";
/** Of the other side of a split. */
const farBridge = "bridge1";
const prefix = 16;

/** What a security group lets pass in one direction only. */
export interface Block {
  /** The address that is not reached … */
  readonly to: string;
  /** … at this TCP port … */
  readonly port: number;
  /** … by this one. @default - by nobody */
  readonly from?: string;
}

/** The subnet all instances and masters share: a bridge, and per private IP a network namespace on it. */
export class Network {
  private readonly attached = new Set<string>();
  private readonly blocks = new Set<Block>();
  private readonly far = new Set<string>();

  private constructor() {}

  /** Makes the bridge; an enclosure has one network. */
  static async create(): Promise<Network> {
    if (!insideEnclosure()) throw new Error("a network is made inside an enclosure only");
    await addBridge(bridge);
    await ip("address", "add", `${hostAddress}/${prefix}`, "dev", bridge);
    await ip("address", "add", `${metadataAddress}/32`, "dev", bridge);
    await ip("link", "set", bridge, "addrgenmode", "none", "up");
    return new Network();
  }

  /** Gives the address a new, empty namespace, replacing the one it had; returns the namespace's path. */
  async attach(address: string): Promise<string> {
    await this.detach(address);
    const name = namespaceName(address);
    const link = linkName(address);
    await ip("netns", "add", name);
    // The address is the same machine to its neighbours, so it keeps its hardware address too.
    await ip(
      ...["link", "add", link, "type", "veth", "peer", "name", "eth0"],
      ...["address", hardwareAddress(address), "netns", name],
    );
    await ip("link", "set", link, "master", this.bridgeOf(address), "addrgenmode", "none", "up");
    const inside = ["-n", name];
    await ip(...inside, "link", "set", "lo", "up");
    await ip(...inside, "address", "add", `${address}/${prefix}`, "dev", "eth0");
    // No IPv6: the masters and the file users write speak of IPv4.
    await ip(...inside, "link", "set", "eth0", "addrgenmode", "none", "up");
    await ip(...inside, "route", "add", "default", "via", hostAddress);
    // After the rules of `block`.
    await ip(...inside, "rule", "add", "preference", "100", "lookup", "local");
    await ip(...inside, "rule", "delete", "preference", "0");
    for (const block of this.blocks) if (block.to === address) await this.rule("add", block);
    this.attached.add(address);
    return namespacePath(address);
  }

  /** Takes the address off the network; what still runs in the namespace is cut off without a word. */
  async detach(address: string): Promise<void> {
    if (!this.attached.delete(address)) return;
    await run(["ip", "link", "delete", linkName(address)]);
    await run(["ip", "netns", "delete", namespaceName(address)]);
  }

  /** Pulls the cable: nothing passes, and neither end is told. */
  async unplug(address: string): Promise<void> {
    await ip("link", "set", linkName(address), "nomaster");
  }

  /** Puts the cable back. */
  async plug(address: string): Promise<void> {
    await ip("link", "set", linkName(address), "master", this.bridgeOf(address));
  }

  /** Parts these addresses from all others, also after a reboot; the host reaches both sides. */
  async split(side: readonly string[]): Promise<void> {
    await addBridge(farBridge);
    await ip("link", "set", farBridge, "addrgenmode", "none", "up");
    for (const address of side) {
      this.far.add(address);
      await ip("route", "add", `${address}/32`, "dev", farBridge, "src", hostAddress);
      if (this.attached.has(address)) await this.plug(address);
    }
  }

  /** Ends a split. */
  async heal(): Promise<void> {
    const side = [...this.far];
    this.far.clear();
    for (const address of side) if (this.attached.has(address)) await this.plug(address);
    await ip("link", "delete", farBridge); // and its routes with it
  }

  /** Lets so much through to an address, such as `20mbit`, until it is attached anew. */
  async throttle(address: string, rate: string): Promise<void> {
    const bucket = ["rate", rate, "burst", "64kb", "latency", "200ms"];
    await must(["tc", "qdisc", "replace", "dev", linkName(address), "root", "tbf", ...bucket]);
  }

  /** Drops without a word what is sent to a port, also on connections that are open; also after a reboot. */
  async block(block: Block): Promise<void> {
    this.blocks.add(block);
    if (this.attached.has(block.to)) await this.rule("add", block);
  }

  /** Ends a block, given as it was. */
  async unblock(block: Block): Promise<void> {
    if (!this.blocks.delete(block)) throw new Error(`nothing blocks port ${block.port} of ${block.to}`);
    if (this.attached.has(block.to)) await this.rule("delete", block);
  }

  /** Words before a command that make it run at this address. */
  at(address: string): string[] {
    return ["nsenter", `--net=${namespacePath(address)}`, "--"];
  }

  private bridgeOf(address: string): string {
    return this.far.has(address) ? farBridge : bridge;
  }

  private async rule(what: "add" | "delete", { to, port, from }: Block): Promise<void> {
    const inside = ["-n", namespaceName(to), "rule", what, "preference", "1"];
    const match = [...(from === undefined ? [] : ["from", from]), "iif", "eth0"];
    await ip(...inside, ...match, "ipproto", "tcp", "dport", String(port), "blackhole");
  }

  async close(): Promise<void> {
    for (const address of [...this.attached]) await this.detach(address);
    await run(["ip", "link", "delete", bridge]);
  }
}

/** The path of an address's namespace, as nspawn and nsenter take it. */
export function namespacePath(address: string): string {
  return `/run/netns/${namespaceName(address)}`;
}

function namespaceName(address: string): string {
  return `ip-${address.replaceAll(".", "-")}`;
}

/** Interface names are limited to 15 characters. */
function linkName(address: string): string {
  return `v${hex(address).join("")}`;
}

/** Derived from the address; 02 marks it as locally administered. */
export function hardwareAddress(address: string): string {
  return ["02", "00", ...hex(address)].join(":");
}

function hex(address: string): string[] {
  const parts = address.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) {
    throw new Error(`address must be an IPv4 address, got: ${address}`);
  }
  return parts.map((part) => part.toString(16).padStart(2, "0"));
}

/**
 * Adds a bridge with the host's own MAC address. By default a bridge has the lowest address of its ports. When that changes
 * with a machine, packets to this host are lost until the senders ask for the address again, up to a minute later.
 */
async function addBridge(name: string): Promise<void> {
  const mac = ["address", hardwareAddress(hostAddress)];
  await ip("link", "add", name, ...mac, "type", "bridge", "forward_delay", "0", "stp_state", "0");
}

async function ip(...args: string[]): Promise<void> {
  await must(["ip", ...args]);
}
