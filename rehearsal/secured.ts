/** The environment variable that passes the mode to all processes of a run. */
const variable = "REHEARSAL_SECURED";

/** Whether this run's clusters have access control lists and TLS. */
export function isSecured(): boolean {
  return process.env[variable] === "1";
}

/** Removes `--secured` from a command line and applies it to this process and its children. Returns the rest. */
export function takeSecured(argv: readonly string[]): string[] {
  const rest = argv.filter((word) => word !== "--secured");
  if (rest.length < argv.length) process.env[variable] = "1";
  return rest;
}
