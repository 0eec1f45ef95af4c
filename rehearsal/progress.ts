const start = Date.now();
let name = "";

/** Adds a name to the beginning of every line, for processes that run in parallel. */
export function nameProgress(text: string): void {
  name = `${text}  `;
}

/** Reports the current step: one line on stderr, with the seconds since the start of the process. */
export function progress(text: string): void {
  const seconds = Math.round((Date.now() - start) / 1000);
  process.stderr.write(`${name}${String(seconds).padStart(4)} s  ${text}\n`);
}
