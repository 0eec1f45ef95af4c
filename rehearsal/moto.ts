import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory, cached, keyOf } from "./cache";
import { must } from "./run";

/** The environment variable with a Python that has moto's server. */
const variable = "REHEARSAL_PYTHON";

/** The versions that the agent's tests use. */
const REQUIREMENTS = join(__dirname, "../__tests__/templates/requirements.txt");

/** The Python that is given, or was installed before; undefined if there is none. */
export function installedMoto(): string | undefined {
  const python = process.env[variable] ?? pythonIn(join(cacheDirectory(), recipe().name));
  return existsSync(python) ? python : undefined;
}

/**
 * A Python with moto's server, which answers like Secrets Manager and the Parameter Store. It is installed at the first
 * call, outside an enclosure, since that needs the package registry. Throws if it cannot be.
 */
export async function motoPython(): Promise<string> {
  const found = installedMoto();
  if (found !== undefined) return found;
  const own = process.env[variable];
  if (own !== undefined) throw new Error(`${variable} must be a Python with moto's server, got: ${own}`);
  const { name, packages } = recipe();
  const directory = await cached(name, async (made) => {
    await must(["python3", "-m", "venv", made]);
    const pip = [pythonIn(made), "-m", "pip", "--quiet", "--disable-pip-version-check", "--retries=1"];
    await must([...pip, "install", ...packages], { timeout: 600_000 });
  });
  return pythonIn(directory);
}

function recipe(): { readonly name: string; readonly packages: readonly string[] } {
  const lines = readFileSync(REQUIREMENTS, "utf8").split("\n");
  const packages = lines.filter((line) => /^(moto|botocore)\b/.test(line));
  return { name: `moto-${keyOf(1, packages)}`, packages };
}

function pythonIn(directory: string): string {
  return join(directory, "bin/python");
}
