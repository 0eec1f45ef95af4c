import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPrograms } from "../../../rehearsal/local/requirements";
import { describeWith } from "../../support/needs";

const folder = mkdtempSync(join(tmpdir(), "requirements-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that prints this text. */
function program(text: string): string {
  const path = join(folder, "server");
  writeFileSync(path, `#!/bin/sh\necho '${text}'\n`);
  chmodSync(path, 0o755);
  return path;
}

test("a server that is missing is named, with the command that installs it", async () => {
  await expect(findPrograms("redis-missing")).rejects.toThrow(
    /^redis-missing is not found\.\n(Install with: (sudo )?(apt-get|dnf) install .*redis.* python3|Install a package)/,
  );
});

test("a program that is no server is refused", async () => {
  await expect(findPrograms(program("hello"))).rejects.toThrow(/server is not a Redis or Valkey server/);
});

test("a server that is too old is refused with its version", async () => {
  const server = program("Redis server v=5.0.14 sha=0:0");
  await expect(findPrograms(server)).rejects.toThrow(/is Redis 5\.0\.14, and Redis 6\.0 or newer is needed/);
});

test("Valkey is accepted, and a Python that is missing is named", async () => {
  const { PATH } = process.env;
  const server = program("Valkey server v=8.1.1 sha=0:0");
  process.env["PATH"] = folder;
  try {
    await expect(findPrograms(server)).rejects.toThrow(/^python3, version 3\.9 or newer, is not found/);
  } finally {
    process.env["PATH"] = PATH;
  }
});

describeWith(["redis-server", "python3 >= 3.9"], "the programs of this machine", () => {
  test("are found with the version of the server", async () => {
    const { server, version, python } = await findPrograms();
    expect(server).toMatch(/^\//);
    expect(version).toMatch(/^(Redis|Valkey) \d+\.\d+\.\d+$/);
    expect(python).toMatch(/^\/.*python/);
  });
});
