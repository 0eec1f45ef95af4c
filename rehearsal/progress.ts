const start = Date.now();
let name = "";

/** Puts a name before every line, for processes that run side by side. */
export function nameProgress(text: string): void {
  name = `${text}  `;
}

/** Tells a person who waits what is done now: one line on stderr, with the seconds since the process started. */
export function progress(text: string): void {
  const seconds = Math.round((Date.now() - start) / 1000);
  process.stderr.write(`${name}${String(seconds).padStart(4)} s  ${text}\n`);
}
