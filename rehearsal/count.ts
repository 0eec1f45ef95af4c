/** The value of an option that must be a positive whole number. Throws for any other text. */
export function count(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${name} must be a whole number from 1 on, got: ${text}`);
  return Number(text);
}

/** The value of `--port`; 0 means any free port. Throws for any other text. */
export function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new Error(`--port must be from 0 to 65535, got: ${text}`);
  }
  return port;
}
