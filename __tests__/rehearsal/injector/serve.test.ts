import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../../rehearsal/wait";
import { bundle } from "../../support/bundle";
import { describeWith } from "../../support/needs";
import { command, type LocalRedis, startRedis, Wire } from "./redis";

jest.setTimeout(60_000);

describeWith(["redis-server"], "injector/serve.ts", () => {
  let redis: LocalRedis;
  let child: ChildProcess;
  let text = "";

  beforeAll(async () => (redis = await startRedis()));
  afterAll(() => redis.close());
  afterEach(() => child.kill("SIGKILL"));

  const lines = (): any[] =>
    text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));

  async function line(number: number): Promise<any> {
    await until(
      `line ${number}`,
      { timeout: 20_000, every: 10, evidence: () => text },
      () => lines().length > number,
    );
    return lines()[number];
  }

  async function serve(...args: string[]): Promise<number> {
    text = "";
    child = spawn(process.execPath, [bundle("rehearsal/injector/serve.ts"), ...args]);
    child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
    return (await line(0)) as number;
  }

  test("prints its port, answers each request, and prints a line for each question", async () => {
    const port = await serve("--stdin");
    const injection = { address: redis.address, command: ["PING"], occurrence: 2, kind: "error" };
    child.stdin?.write(`${JSON.stringify({ plan: { injections: [injection] } })}\n{"plan": 1}\n`);
    expect(await line(1)).toEqual({ plan: 1 });
    expect(await line(2)).toEqual({ problem: expect.stringContaining("invalid") });
    const wire = await Wire.through(port, redis.address);
    wire.send(command("PING"), command("PING"));
    expect(await wire.until(/injected/)).toBe("+PONG\r\n-ERR injected\r\n");
    expect(await line(4)).toEqual({
      ...{ number: 2, connection: 1, address: redis.address, command: ["PING"], occurrence: 2 },
      injection: { kind: "error" },
    });
    child.stdin?.write('{"reset": true}\n');
    expect(await line(5)).toEqual({ reset: true });
    await wire.untilEnded();
  });

  test("ends with its input and on SIGTERM", async () => {
    for (const end of [() => child.stdin?.end(), () => child.kill("SIGTERM")]) {
      await serve("--stdin");
      const code = new Promise((resolve) => child.on("exit", resolve));
      end();
      expect(await code).toBe(0);
    }
  });

  test("reads a plan from a file, and again when it changes", async () => {
    const directory = mkdtempSync(join(tmpdir(), "serve-"));
    try {
      const path = join(directory, "plan.json");
      const port = await serve("--plan", path);
      const wire = await Wire.through(port, redis.address);
      wire.send(command("PING"));
      await wire.until(/PONG/);
      writeFileSync(path, JSON.stringify({ injections: [{ kind: "error" }] }));
      wire.send(command("PING"));
      expect(await wire.until(/injected/)).toBe("+PONG\r\n-ERR injected\r\n");
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
