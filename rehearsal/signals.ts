import { constants } from "node:os";

/** Ends this process at a signal, so that what listens to its `exit` can clean up. */
export function endBySignals(text: string): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      process.stderr.write(`\n${signal}: ${text}\n`);
      process.exit(128 + constants.signals[signal]);
    });
  }
}
