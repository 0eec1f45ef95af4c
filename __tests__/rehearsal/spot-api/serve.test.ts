import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { bundle } from "../../support/bundle";

const children: ChildProcess[] = [];

function serve(...flags: string[]) {
  const child = spawn(process.execPath, [bundle("rehearsal/spot-api/serve.ts"), ...flags]);
  children.push(child);
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  const ready = new Promise<void>((resolve) =>
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text;
      if (err.includes("\n")) resolve();
    }),
  );
  const ended = new Promise<{ code: number | null; err: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, err })),
  );
  return { child, ready, ended, out: () => out };
}

afterEach(() => children.splice(0).forEach((child) => child.kill("SIGKILL")));

test.each(["SIGINT", "SIGTERM"] as const)(
  "it prints what to export, answers, and ends cleanly at %s",
  async (signal) => {
    const { child, ready, ended, out } = serve();
    await ready;
    const exported = Object.fromEntries(
      [...out().matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name, value]) => [name!, value!]),
    );
    const response = await fetch(`${exported.SPOTINST_API_URL}/aws/ec2/group`, {
      headers: { authorization: `Bearer ${exported.SPOTINST_TOKEN}` },
    });
    expect(response.status).toBe(200);
    await response.text();
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0 });
    expect(existsSync(exported.SSL_CERT_FILE!)).toBe(false);
  },
  20_000,
);

test("an invalid port is refused with the name of the option", async () => {
  const { code, err } = await serve("--port", "many").ended;
  expect(code).toBe(1);
  expect(err).toContain("--port must be from 0 to 65535, got: many");
}, 20_000);
