/** The address and the port of a server. */
export interface Endpoint {
  /** An IP or a DNS name; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Reads `host`, `host:port` or `[IPv6]:port`. */
export function parseEndpoint(text: string, defaultPort: number): Endpoint {
  const bracketed = /^\[(?<host>[^\]]+)\](?::(?<port>\d+))?$/.exec(text)?.groups;
  if (bracketed) return { host: bracketed["host"]!, port: Number(bracketed["port"] ?? defaultPort) };
  // More than one colon is an IPv6 address without a port.
  const plain = /^(?<host>[^:]+)(?::(?<port>\d+))?$/.exec(text)?.groups;
  return { host: plain?.["host"] ?? text, port: Number(plain?.["port"] ?? defaultPort) };
}

/** As `parseEndpoint` reads it. */
export function showEndpoint({ host, port }: Endpoint): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
