import { insideEnclosure } from "./inside";
import { must, run } from "./run";

/** The address of the host in every network. The package mirror listens on it. */
export const hostAddress = "10.0.0.1";
/** The link-local address of the metadata service, as on EC2, reached over the default route of each namespace. */
export const metadataAddress = "169.254.169.254";

const bridge = "bridge0";
/** The bridge of the other side of a split. */
const farBridge = "bridge1";
const prefix = 16;

/** A block of traffic in one direction, as by a security group. */
export interface Block {
  /** The destination address. */
  readonly to: string;
  /** The TCP port of the destination. */
  readonly port: number;
  /** The source address. @default - all sources */
  readonly from?: string;
}

/** The subnet of all instances and masters: a bridge, and a network namespace for each private IP. */
export class Network {
  private readonly attached = new Set<string>();
  private readonly blocks = new Set<Block>();
  private readonly far = new Set<string>();

  private constructor() {}

  /** Creates the bridge. An enclosure has one network. */
  static async create(): Promise<Network> {
    if (!insideEnclosure()) throw new Error("a network is made inside an enclosure only");
    await addBridge(bridge);
    await ip("address", "add", `${hostAddress}/${prefix}`, "dev", bridge);
    await ip("address", "add", `${metadataAddress}/32`, "dev", bridge);
    await ip("link", "set", bridge, "addrgenmode", "none", "up");
    return new Network();
  }

  /** Replaces the namespace of the address by a new, empty one. Returns the path of the namespace. */
  async attach(address: string): Promise<string> {
    await this.detach(address);
    const name = namespaceName(address);
    const link = linkName(address);
    await ip("netns", "add", name);
    // The neighbours have the MAC address of this IP cached, so it stays the same.
    await ip(
      ...["link", "add", link, "type", "veth", "peer", "name", "eth0"],
      ...["address", hardwareAddress(address), "netns", name],
    );
    await ip("link", "set", link, "master", this.bridgeOf(address), "addrgenmode", "none", "up");
    const inside = ["-n", name];
    await ip(...inside, "link", "set", "lo", "up");
    await ip(...inside, "address", "add", `${address}/${prefix}`, "dev", "eth0");
    // Only IPv4: the masters and the config file use no IPv6.
    await ip(...inside, "link", "set", "eth0", "addrgenmode", "none", "up");
    await ip(...inside, "route", "add", "default", "via", hostAddress);
    // Evaluated after the rules of `block`.
    await ip(...inside, "rule", "add", "preference", "100", "lookup", "local");
    await ip(...inside, "rule", "delete", "preference", "0");
    for (const block of this.blocks) if (block.to === address) await this.rule("add", block);
    this.attached.add(address);
    return namespacePath(address);
  }

  /** Removes the address from the network. Processes in its namespace lose their connections without FIN or RST. */
  async detach(address: string): Promise<void> {
    if (!this.attached.delete(address)) return;
    await run(["ip", "link", "delete", linkName(address)]);
    await run(["ip", "netns", "delete", namespaceName(address)]);
  }

  /** Simulates an unplugged cable: all packets are lost, without FIN or RST. */
  async unplug(address: string): Promise<void> {
    await ip("link", "set", linkName(address), "nomaster");
  }

  /** Ends the effect of `unplug`. */
  async plug(address: string): Promise<void> {
    await ip("link", "set", linkName(address), "master", this.bridgeOf(address));
  }

  /** Separates these addresses from all others, also after a reboot. The host reaches both sides. */
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

  /** Limits the bandwidth to an address, for example to `20mbit`, until it is attached again. */
  async throttle(address: string, rate: string): Promise<void> {
    const bucket = ["rate", rate, "burst", "64kb", "latency", "200ms"];
    await must(["tc", "qdisc", "replace", "dev", linkName(address), "root", "tbf", ...bucket]);
  }

  /** Silently drops packets to a port, also those of open connections, and also after a reboot. */
  async block(block: Block): Promise<void> {
    this.blocks.add(block);
    if (this.attached.has(block.to)) await this.rule("add", block);
  }

  /** Ends a block. Takes the object that was given to `block`. */
  async unblock(block: Block): Promise<void> {
    if (!this.blocks.delete(block))
      throw new Error(`port ${block.port} of ${block.to} is not blocked by this object`);
    if (this.attached.has(block.to)) await this.rule("delete", block);
  }

  /** The prefix of a command that runs it in the namespace of this address. */
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

/** The path of the namespace of an address, for nspawn and nsenter. */
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
