import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "../../support/needs";
import { agent } from "../../support/shell";

describeWith(["bash", "redis-server"], "the head of a real RDB", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "rdb-"));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  /** A real server's RDB after these commands, and what its INFO said before it was saved. */
  async function saved(...commands: string[][]): Promise<Record<string, string>> {
    const socket = join(directory, "socket");
    const server = spawn(
      "redis-server",
      [
        "--port",
        "0",
        "--unixsocket",
        socket,
        "--dir",
        directory,
        "--save",
        "",
        "--repl-diskless-sync-delay",
        "0",
      ],
      { stdio: "ignore" },
    );
    const cli = (...args: string[]): string =>
      spawnSync("redis-cli", ["-s", socket, ...args], { encoding: "utf8" }).stdout;
    while (!cli("PING").includes("PONG")) await new Promise((resolve) => setTimeout(resolve, 20));
    // A server keeps an offset from the first replica on; this one asks for a copy and leaves.
    cli("--rdb", join(directory, "copy.rdb"));
    for (const command of commands) cli(...command);
    // Refused as long as the copy's own save goes on.
    while (!cli("SAVE").includes("OK")) await new Promise((resolve) => setTimeout(resolve, 20));
    const info = Object.fromEntries(
      cli("INFO", "replication")
        .split("\r\n")
        .map((line) => line.split(":") as [string, string]),
    );
    const ended = new Promise((resolve) => server.on("exit", resolve));
    cli("SHUTDOWN", "NOSAVE");
    await ended;
    return info;
  }

  function facts(): Record<string, string> {
    const { stdout } = agent(["data"], "rdb_facts", { env: { DATA: directory } });
    return Object.fromEntries(stdout.split("\n").map((line) => line.split(" ") as [string, string]));
  }

  test("tells the replication id and offset that a partial resync starts from", async () => {
    const info = await saved(["SET", "a", "1"]);
    expect(Number(info.master_repl_offset)).toBeGreaterThan(0);
    expect(facts()).toEqual({ id: info.master_replid, offset: info.master_repl_offset, keys: "yes" });
  });

  test("tells that there are no keys", async () => {
    await saved();
    expect(facts().keys).toBe("no");
  });

  test.each([
    ["0", [192, 0]],
    ["100", [192, 100]],
    ["70000", [194, 112, 17, 1, 0]],
    ["4294967296", [10, ...Buffer.from("4294967296")]],
  ])("reads an offset of %s in the form Redis gives it", (offset, encoded) => {
    const name = [11, ...Buffer.from("repl-offset")];
    const bytes = [...Buffer.from("REDIS0010"), 250, ...name, ...encoded, 255].join(" ");
    const { stdout } = agent([], `awk -f "$LIB/rdb.awk"`, { stdin: `${bytes}\n` });
    expect(stdout.split("\n")).toEqual([`offset ${offset}`, "keys no"]);
  });
});
