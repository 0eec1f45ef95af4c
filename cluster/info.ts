/** The fields of INFO or CLUSTER INFO by their names. */
export type Info = Readonly<Record<string, string>>;

/** Reads INFO or CLUSTER INFO. Titles and empty lines are left out. */
export function parseInfo(text: string): Info {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(":") && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]),
  );
}

/** A number of INFO; undefined if the server does not have the field, or it is not a number. */
export function numberIn(info: Info, field: string): number | undefined {
  const text = info[field];
  const value = Number(text);
  return text === undefined || text === "" || Number.isNaN(value) ? undefined : value;
}

/** A replica that is connected to this server: one of the `slaveN` fields. */
export interface ConnectedReplica {
  readonly address: string;
  readonly port: number;
  readonly state: string;
  readonly offset: number;
  /** Seconds since its last acknowledgement. */
  readonly lag: number;
}

/** The replicas that are connected to the server. */
export function connectedReplicas(info: Info): ConnectedReplica[] {
  return Object.entries(info).flatMap(([name, text]) => {
    if (!/^slave\d+$/.test(name)) return [];
    const fields: Readonly<Record<string, string | undefined>> = Object.fromEntries(
      text.split(",").map((part) => part.split("=", 2) as [string, string]),
    );
    const { ip = "", port, state = "", offset, lag } = fields;
    return [{ address: ip, port: Number(port), state, offset: Number(offset), lag: Number(lag) }];
  });
}
