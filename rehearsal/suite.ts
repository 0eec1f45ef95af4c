/** The Debian releases of the images. The first one is the default. */
export const suites = ["bookworm", "trixie"] as const;

export type Suite = (typeof suites)[number];

/** The environment variable that passes the suite to all processes of a run. */
const variable = "REHEARSAL_IMAGE";

/** The suite with this name. Throws for any other text. */
export function suiteOf(name: string): Suite {
  const found = suites.find((suite) => suite === name);
  if (found) return found;
  throw new Error(`--image must be one of ${suites.join(", ")}, got: ${name}`);
}

/** The suite of this run's instances. */
export function currentSuite(): Suite {
  const name = process.env[variable];
  return name === undefined ? suites[0] : suiteOf(name);
}

/** Removes `--image SUITE` from a command line and applies it to this process and its children. Returns the rest. */
export function takeSuite(argv: readonly string[]): string[] {
  const rest = [...argv];
  const place = rest.findIndex((word) => /^--image(=|$)/.test(word));
  if (place < 0) return rest;
  const [word = "", next = ""] = rest.slice(place);
  const inline = word.startsWith("--image=");
  process.env[variable] = suiteOf(inline ? word.slice("--image=".length) : next);
  rest.splice(place, inline ? 1 : 2);
  return rest;
}
