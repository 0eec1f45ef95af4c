import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TEMPLATES } from "../../constructs/redis/instance-files";
import { Metadata } from "../../rehearsal/metadata";
import { until } from "../../rehearsal/wait";
import { describeWith } from "../support/needs";

const agent = join(TEMPLATES, "instance/usr/local/lib/redis-replica");
const ip = "127.0.0.1";

describeWith(["python3 >= 3.9"], "redis-replica watch", () => {
  let metadata: Metadata;
  let root: string;
  let child: ReturnType<typeof spawn>;

  beforeEach(async () => {
    metadata = await Metadata.start({ address: ip, port: 0 });
    metadata.register(ip, {
      instanceId: "i-1",
      availabilityZone: "us-west-2a",
      instanceType: "r6i.large",
    });
    root = mkdtempSync(join(tmpdir(), "watch-"));
    // As on an instance, where user data compiles the modules.
    cpSync(agent, join(root, "agent"), { recursive: true });
    spawnSync("python3", ["-m", "compileall", "-q", join(root, "agent")]);
    mkdirSync(join(root, "run/redis-replica"), { recursive: true });
  });

  afterEach(async () => {
    child.kill();
    rmSync(root, { recursive: true });
    await metadata.close();
  });

  function watch(): void {
    const env = {
      ...process.env,
      REDIS_REPLICA_IMDS: `${ip}:${metadata.port}`,
      REDIS_REPLICA_ROOT: root,
    };
    child = spawn("python3", ["-IS", join(root, "agent"), "watch"], { env, stdio: "inherit" });
  }

  const file = (name: string): string => join(root, "run/redis-replica", name);
  const body = (name: string): string => readFileSync(file(name), "utf8").split("\n")[2] ?? "";

  test("writes what the metadata service announces, and removes it when that service does", async () => {
    metadata.notice(ip, "terminate", new Date("2026-11-29T17:00:00Z"));
    metadata.rebalance(ip, new Date("2026-11-29T16:00:00Z"));
    watch();
    await until("both are found", { timeout: 10_000 }, () => {
      return existsSync(file("interruption")) && existsSync(file("rebalance"));
    });
    expect(body("interruption")).toBe('{"action":"terminate","time":"2026-11-29T17:00:00Z"}');
    expect(body("rebalance")).toBe('{"noticeTime":"2026-11-29T16:00:00Z"}');
    metadata.register(ip, {
      instanceId: "i-1",
      availabilityZone: "us-west-2a",
      instanceType: "r6i.large",
    });
    await until("both are removed", { timeout: 10_000 }, () => {
      return !existsSync(file("interruption")) && !existsSync(file("rebalance"));
    });
  }, 30_000);

  test("has less than 2 MiB of memory more than Python itself", async () => {
    metadata.rebalance(ip);
    watch();
    await until("it has looked", { timeout: 10_000 }, () => existsSync(file("rebalance")));
    const program = "print(open('/proc/self/status').read())";
    const bare = spawnSync("python3", ["-ISc", program], { encoding: "utf8" });
    const more = ownMemory(readFileSync(`/proc/${child.pid}/status`, "utf8")) - ownMemory(bare.stdout);
    expect(more).toBeLessThan(2048);
  }, 30_000);
});

/** Resident memory of the process alone, in KiB. How much of its files is resident depends on the machine. */
function ownMemory(status: string): number {
  return Number(/RssAnon:\s*(\d+) kB/.exec(status)?.[1]);
}
