import { join } from "node:path";
import { enclose } from "./enclosure";
import { image } from "./image";
import { prepareMirror } from "./mirror";
import { playAll } from "./faults/play-all";

/**
 * The end-to-end tests, in an enclosure: `npm run e2e -- [JEST-ARGUMENT...]`; or only faults, each in an enclosure
 * of its own: `npm run e2e -- --fault ID... | --all [--times N] [--jobs N] [--write]`.
 */
async function main(): Promise<number> {
  // Both need the package registry, which cannot be reached from inside.
  await prepareMirror(await image());
  const given = process.argv.slice(2);
  if (given.some((word) => word === "--fault" || word === "--all")) return playAll(given);
  const jest = join(__dirname, "../node_modules/.bin/jest");
  return enclose([jest, "--config", join(__dirname, "../jest.e2e.config.cjs"), ...given]);
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
