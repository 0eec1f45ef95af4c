import { randomInt } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { count } from "./count";
import { enclose } from "./enclosure";
import { playAll } from "./faults/play-all";
import { prepare } from "./prepare";
import { takeSuite } from "./suite";

const bin = join(__dirname, "../node_modules/.bin");

/**
 * The end-to-end tests, in an enclosure: `npm run e2e -- [JEST-ARGUMENT...]`; or only faults, each in an enclosure
 * of its own: `npm run e2e -- --fault ID... | --all [--server NAME...] [--times N] [--jobs N]
 * [--write]`; or one cluster through many: `npm run e2e -- --soak N [--seed S]`. With each of these, `--image SUITE`
 * chooses the Debian release of the instances.
 */
async function main(): Promise<number> {
  const given = takeSuite(process.argv.slice(2));
  await prepare();
  if (given.some((word) => word === "--fault" || word === "--all")) return playAll(given);
  if (given.includes("--soak")) return soak(given);
  return enclose([join(bin, "jest"), "--config", join(__dirname, "../jest.e2e.config.cjs"), ...given]);
}

/** Without a seed, one that the run names: it is told, so that the run can be repeated. */
async function soak(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      soak: { type: "string", default: "" },
      seed: { type: "string", default: String(randomInt(1, 1e6)) },
    },
  });
  const numbers = [count("--soak", values.soak), count("--seed", values.seed)].map(String);
  return enclose([join(bin, "tsx"), join(__dirname, "soak/soak.ts"), ...numbers]);
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
