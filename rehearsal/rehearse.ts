const USAGE = `Usage: npm run rehearse [-- OPTION...]
       npm run rehearse -- --local [OPTION...]
       npm run rehearse -- api [OPTION...]

  (no argument)   deploys a config file on this machine, with instances that boot, and interrupts them; takes a few
                  minutes, and needs root on Debian
  --local         starts masters and a replica with its agent as processes on loopback addresses, and interrupts the
                  replica; takes less than a minute, and needs Linux, redis-server and Python 3.9 or newer, but no root
  api             starts a simulated Spot API, and prints the environment with which Terraform uses it

None of them needs an account. --help after each of them lists its options.
`;

/** Shows without an account what an interruption does. Resolves to the exit status. Only what is used is loaded. */
async function main(argv: readonly string[]): Promise<number> {
  const [word = "", ...rest] = argv;
  if (argv.includes("--local")) return (await import("./local/command.js")).runLocal(argv);
  if (word === "api") return (await import("./spot-api/serve.js")).serve(rest, "npm run rehearse -- api");
  if (word !== "" && !word.startsWith("-")) {
    process.stderr.write(`rehearse must be followed by --local, api or an option, got: ${word}\n\n${USAGE}`);
    return 1;
  }
  if (word === "--help" || word === "-h") process.stdout.write(`${USAGE}\n`);
  return (await import("./booted/command.js")).runBooted(argv);
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
