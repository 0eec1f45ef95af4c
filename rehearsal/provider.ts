import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory, cached, keyOf } from "./cache";
import { onPath } from "./programs";
import { Terraform } from "./terraform";

/** Where Terraform finds the real providers without a network, or why they are not used. */
export type Provider = { readonly cliConfig: string } | { readonly missing: string };

/** Milliseconds for a download. */
const TIMEOUT = 300_000;

/**
 * Installs the providers that a stack requires, from where this machine's Terraform finds them, and keeps them in the
 * cache. To be called outside an enclosure, since Terraform may need a registry.
 */
export async function findProvider(required: object): Promise<Provider> {
  if (onPath("terraform") === undefined) return { missing: "terraform is not found" };
  const name = `provider-${keyOf(required)}`;
  const final = join(cacheDirectory(), name);
  const installed = join(final, ".terraform/providers");
  // A provider in a folder of this machine is only linked, and can be gone.
  if (existsSync(installed) && !isWhole(installed)) await rm(final, { recursive: true });
  try {
    await cached(name, async (made) => {
      const config = { terraform: { required_providers: required } };
      writeFileSync(join(made, "main.tf.json"), JSON.stringify(config));
      await new Terraform(made, {}, { timeoutMs: TIMEOUT }).init();
      const mirror = `provider_installation {\n  filesystem_mirror { path = ${JSON.stringify(installed)} }\n}\n`;
      writeFileSync(join(made, "terraform.rc"), mirror);
    });
    return { cliConfig: join(final, "terraform.rc") };
  } catch (error) {
    const [, line = String(error)] = /Error: (.*)/.exec((error as Error).message) ?? [];
    return { missing: `terraform finds no provider: ${line}` };
  }
}

function isWhole(directory: string): boolean {
  const paths = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return paths.every((path) => existsSync(join(directory, path)));
}
