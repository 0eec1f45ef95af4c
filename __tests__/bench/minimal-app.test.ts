import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { bundle, redisElastigroup } from "../support/bundle";

const ROOT = resolve(__dirname, "../..");

interface Stack {
  readonly resource: { readonly spotinst_elastigroup_aws: Record<string, Record<string, unknown>> };
  readonly locals: Record<string, unknown>;
}

/** The comparison is valid only while both write the same group. */
describe("the minimal app", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "minimal-"));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const run = ([program, ...argv]: readonly string[], env: Record<string, string> = {}): string =>
    execFileSync(program!, argv, {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "ignore"],
    });

  const read = (directory: string, name = "redis-replicas"): Stack =>
    JSON.parse(readFileSync(join(directory, "stacks", name, "cdk.tf.json"), "utf8")) as Stack;

  const group = ({ resource }: Stack): Record<string, unknown> => {
    const [found] = Object.values(resource.spotinst_elastigroup_aws);
    return found!;
  };

  it("writes the same attributes as the example, for the given number of groups", () => {
    const userData = join(folder, "user-data.sh");
    writeFileSync(userData, run([...redisElastigroup(), "render"]));
    run([...redisElastigroup(), "synth", "-o", join(folder, "ours")]);
    const app = [process.execPath, bundle("bench/minimal-app.ts")];
    run([...app, userData, "2"], { CDKTF_OUTDIR: join(folder, "minimal") });

    const ours = read(join(folder, "ours"));
    for (const name of ["redis-replicas", "redis-replicas-2"]) {
      const theirs = read(join(folder, "minimal"), name);
      // The user data is a local in both, with different names. Only the constructs add preconditions to the lifecycle.
      const apart = (stack: Stack): unknown => ({
        ...group(stack),
        "//": undefined,
        name: undefined,
        user_data: undefined,
        lifecycle: {
          ...(group(stack)["lifecycle"] as object),
          precondition: undefined,
          postcondition: undefined,
        },
      });
      expect(apart(theirs)).toEqual(apart(ours));
      const [lines] = Object.values(ours.locals) as [string[]];
      expect(Object.values(theirs.locals)).toEqual([lines.join("\n")]);
    }
  }, 60_000);
});
