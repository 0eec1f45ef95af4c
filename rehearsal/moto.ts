import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cached, keyOf } from "./cache";
import { must } from "./run";

/** The environment variable with a Python that has moto's server. */
const variable = "REHEARSAL_PYTHON";

/** The versions that the agent's tests use. */
const requirements = join(__dirname, "../__tests__/templates/requirements.txt");

/**
 * A Python with moto's server, which answers like Secrets Manager and the Parameter Store. It is installed at the first
 * call, outside an enclosure, since that needs the package registry. Throws if it cannot be.
 */
export async function motoPython(): Promise<string> {
  const own = process.env[variable];
  if (own !== undefined) return own;
  const wanted = readFileSync(requirements, "utf8")
    .split("\n")
    .filter((line) => /^(moto|botocore)\b/.test(line));
  const directory = await cached(`moto-${keyOf(1, wanted)}`, async (made) => {
    await must(["python3", "-m", "venv", made]);
    const pip = [join(made, "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    await must([...pip, ...wanted], { timeout: 600_000 });
  });
  return join(directory, "bin/python");
}
