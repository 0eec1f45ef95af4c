import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { Metadata } from "../../../rehearsal/metadata";
import { describeWith } from "../../support/needs";

const LIB = join(__dirname, "../../../templates/inline/instance/usr/local/lib/redis-replica");
const run = promisify(execFile);

describeWith(["bash", "curl", "ip"], "what the machine says of itself", () => {
  let metadata: Metadata;

  beforeAll(async () => {
    metadata = await Metadata.start({ address: "127.0.0.1", port: 0 });
    metadata.register("127.0.0.1", {
      instanceId: "i-0123",
      availabilityZone: "us-west-2a",
      instanceType: "r6i.large",
    });
  });

  afterAll(() => metadata.close());

  async function machine(script: string, imds = `http://127.0.0.1:${metadata.port}`): Promise<string> {
    const { stdout } = await run("bash", ["-c", `set -Eeuo pipefail; . ${LIB}/machine.sh; ${script}`], {
      env: { PATH: process.env.PATH, REDIS_REPLICA_IMDS: imds },
    });
    return stdout.trim();
  }

  test("comes from the metadata service, by a session token", async () => {
    await expect(machine("identity")).resolves.toBe("127.0.0.1\ni-0123");
  });

  test("an instance id is not invented where there is no metadata service", async () => {
    await expect(machine("metadata instance-id", "http://127.0.0.1:1")).rejects.toThrow();
  });

  test("an address counts once an interface has it", async () => {
    await expect(machine("wait_for_identity")).resolves.toBe("127.0.0.1\ni-0123");
  });
});
