import { Op, Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { type Constraint, knownItems } from "../validation/constraint";
import { PORTS } from "../validation/limits";

/** The default port of Redis. */
export const REDIS_PORT = 6379;

/** The default distance of the cluster bus port from the port. */
export const BUS_OFFSET = 10_000;

/** The highest port with room for the bus above it. */
export const HIGHEST_PORT = PORTS.most - BUS_OFFSET;

/** The port of the cluster bus. */
export function busPortOf(port: number, busPort: number | undefined): number {
  if (busPort !== undefined) return busPort;
  return Token.isUnresolved(port) ? Token.asNumber(Op.add(port, BUS_OFFSET)) : port + BUS_OFFSET;
}

/** The ports that masters have of their own, but of those that only Terraform knows. */
export function masterPorts(masters: readonly string[]): number[] {
  const ports = knownItems(masters).flatMap(([, master]) => {
    const [, port] = /^(?:\[.*\]|[^:]*):(\d+)$/.exec(master) ?? [];
    return port === undefined ? [] : [Number(port)];
  });
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** Of masters that only Terraform knows, the rules of a security group cannot follow the ports. */
export function masterPortsConstraint(masters: unknown): Constraint {
  return {
    path: ["masters"],
    rule: "be without ports where Terraform brings them and `network` is given",
    got: masters,
    among: [masters],
    holds: true,
    condition: hcl`alltrue([for master in ${masters} : !can(regex(":[0-9]+$", master))])`,
  };
}

/** The constraints across the two ports of Redis. */
export function portsConstraints({
  port = REDIS_PORT,
  busPort,
}: {
  readonly port?: unknown;
  readonly busPort?: unknown;
}): Constraint[] {
  if (busPort === undefined) {
    return [
      {
        path: ["redis", "port"],
        rule: `be at most ${HIGHEST_PORT} unless \`busPort\` is given`,
        got: port,
        among: [port],
        holds: Number(port) <= HIGHEST_PORT,
        condition: hcl`${port} <= ${HIGHEST_PORT}`,
      },
    ];
  }
  return [
    {
      path: ["redis", "busPort"],
      rule: "differ from `port`",
      got: busPort,
      among: [port, busPort],
      holds: busPort !== port,
      condition: hcl`${busPort} != ${port}`,
    },
  ];
}
