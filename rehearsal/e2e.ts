import { join } from "node:path";
import { enclose } from "./enclosure";
import { playAll } from "./faults/play-all";
import { prepare } from "./prepare";
import { parseSoak, playWith, runSoak } from "./soak/command";
import { isSecured, takeSecured } from "./secured";
import { takeSuite } from "./suite";

const bin = join(__dirname, "../node_modules/.bin");

/**
 * Runs the end-to-end tests, or a part of them, in an enclosure. `npm run e2e --`, followed by:
 * - `[JEST-ARGUMENT...]`: the tests in `__tests__/e2e/`.
 * - `--fault ID... | --all [--server NAME...] [--times N] [--jobs N] [--write]`: faults, each in a separate enclosure.
 * - `--soak N [--seed S] [--rounds FIRST-LAST] [--plan] [--shrink] [--inject]`: many faults in one cluster.
 * - `--walk [SCENE...] [--all | --points N] [--seed S] [--kind KIND...] [--jobs N]`: single questions of the agent that fail.
 *
 * `--image SUITE` selects the Debian release of the instances, and `--secured` adds access control lists and TLS to the
 * clusters of faults.
 */
async function main(): Promise<number> {
  const given = takeSecured(takeSuite(process.argv.slice(2)));
  const has = (...words: readonly string[]): boolean => words.some((word) => given.includes(word));
  const isFaults = has("--fault", "--all") && !has("--walk", "--soak");
  if (isSecured() && !isFaults) throw new Error("--secured must come with --fault or --all");
  // Needs no image: the agent runs in a directory.
  if (has("--walk"))
    return enclose([join(bin, "tsx"), join(__dirname, "injector/walk/command.ts"), ...given]);
  const soak = has("--soak") ? parseSoak(given) : undefined;
  if (!soak?.print) await prepare();
  if (soak) return runSoak(soak, playWith(enclose), (text) => process.stdout.write(`${text}\n`));
  if (isFaults) return playAll(given);
  return enclose([join(bin, "jest"), "--config", join(__dirname, "../jest.e2e.config.cjs"), ...given]);
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
