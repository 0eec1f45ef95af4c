import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Ends this process at a signal, so that what listens to its `exit` can clean up. The returned function ends that: signals
 * then do what they did before.
 */
export function endBySignals(text: string): () => void {
  const end = (signal: NodeJS.Signals): void => {
    process.stderr.write(`\n${signal}: ${text}\n`);
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  return () => SIGNALS.forEach((signal) => process.off(signal, end));
}
