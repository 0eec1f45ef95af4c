const start = Date.now();

/** Tells a person who waits what is done now: one line on stderr, with the seconds since the process started. */
export function progress(text: string): void {
  const seconds = Math.round((Date.now() - start) / 1000);
  process.stderr.write(`${String(seconds).padStart(4)} s  ${text}\n`);
}
