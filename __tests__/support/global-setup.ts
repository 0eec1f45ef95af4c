import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { writeBundles } from "./bundle";
import { PROVIDER_VERSION } from "./provider-version";

/** What tests share and that takes seconds is done once for each run. */
export default async function setup(): Promise<void> {
  process.env.PATH = pathToPython();
  process.env.BUNDLES = await writeBundles();
  process.env.SPOTINST_PROVIDER = findsProvider() ? "found" : "not found";
}

/** The PATH. Where python3 is the launcher of a version manager, which is slow, the folder of Python itself comes first. */
function pathToPython(): string {
  const { PATH = "" } = process.env;
  const argv = ["-c", "import sys; print(sys.executable)"];
  const { stdout } = spawnSync("python3", argv, { encoding: "utf8" });
  const folder = dirname(stdout ?? "");
  return folder === "." || PATH.split(delimiter).includes(folder) ? PATH : `${folder}${delimiter}${PATH}`;
}

/** Whether Terraform finds the provider, by running Terraform. */
function findsProvider(): boolean {
  const directory = mkdtempSync(join(tmpdir(), "provider-"));
  const spotinst = { source: "spotinst/spotinst", version: PROVIDER_VERSION };
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
  return status === 0;
}
