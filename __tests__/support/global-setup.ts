import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Checks once for each run whether Terraform finds the provider, by running Terraform. */
export default function setup(): void {
  const directory = mkdtempSync(join(tmpdir(), "provider-"));
  const spotinst = { source: "spotinst/spotinst", version: "1.231.0" };
  writeFileSync(
    join(directory, "main.tf.json"),
    JSON.stringify({ terraform: { required_providers: { spotinst } } }),
  );
  const { status } = spawnSync("terraform", ["init", "-backend=false", "-input=false"], {
    cwd: directory,
    env: { ...process.env, CHECKPOINT_DISABLE: "1" },
    timeout: 120_000,
    stdio: "ignore",
  });
  rmSync(directory, { recursive: true });
  process.env.SPOTINST_PROVIDER = status === 0 ? "found" : "not found";
}
