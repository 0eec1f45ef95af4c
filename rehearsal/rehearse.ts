const USAGE = `Usage: npm run rehearse -- --local [OPTION...]
       npm run rehearse -- api [OPTION...]

  --local  starts masters and a replica with its agent as processes on loopback addresses, and interrupts the
           replica; takes less than a minute, and needs redis-server and Python 3.9 or newer
  api      starts a simulated Spot API, and prints the environment with which Terraform uses it

Both need Linux or, for api, any system with Node, and neither root nor an account. --help lists their options.

A rehearsal with booted instances and Terraform is not available as a command yet. It will need root on Debian 12 with
systemd-container, mmdebstrap, iproute2 and redis-server. Until then, npm run e2e tests the same parts.
`;

/** Shows without an account what an interruption does. Resolves to the exit status. Only what is used is loaded. */
async function main(argv: readonly string[]): Promise<number> {
  const [word = "", ...rest] = argv;
  if (argv.includes("--local")) return (await import("./local/command.js")).runLocal(argv);
  if (word === "api") return (await import("./spot-api/serve.js")).serve(rest, "npm run rehearse -- api");
  if (["", "--help", "-h"].includes(word)) {
    process.stdout.write(USAGE);
    return 0;
  }
  process.stderr.write(`rehearse must be followed by --local or api, got: ${word}\n\n${USAGE}`);
  return 1;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
