import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownDirectories } from "../../rehearsal/cgroup";
import { insideEnclosure, workDirectory } from "../../rehearsal/enclosure";
import { until } from "../../rehearsal/wait";
import { bundle } from "../support/bundle";
import { describeWith } from "../support/needs";

/** Runs a command in an enclosure. The command prints the work directory. */
function enclosed(script: string, temporary: string): ChildProcess & { readonly text: () => string } {
  const argv = [bundle("rehearsal/enclosure.ts"), "--bare", "--", "sh", "-c", script];
  const child = spawn(process.execPath, argv, { env: { ...process.env, TMPDIR: temporary } });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return Object.assign(child, { text: () => text });
}

function status(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on("close", resolve));
}

describe("insideEnclosure", () => {
  it("is false if only the variable is set", () => {
    const before = process.env["REHEARSAL_ENCLOSURE"];
    process.env["REHEARSAL_ENCLOSURE"] = "/";
    try {
      expect(insideEnclosure()).toBe(false);
      expect(() => workDirectory()).toThrow("inside an enclosure only");
    } finally {
      if (before === undefined) delete process.env["REHEARSAL_ENCLOSURE"];
      else process.env["REHEARSAL_ENCLOSURE"] = before;
    }
  });
});

jest.setTimeout(60_000);

describeWith(["root", "systemd-nspawn"], "an enclosure", () => {
  let temporary: string;

  beforeEach(() => (temporary = mkdtempSync(join(tmpdir(), "enclosure-test-"))));
  afterEach(() => rmSync(temporary, { recursive: true, force: true }));

  function leftovers(child: { readonly text: () => string }) {
    const name = /work=.*\/(rehearsal-\w+)/.exec(child.text())?.[1] ?? "unknown";
    const processes = readdirSync("/proc").filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(name);
      } catch {
        return false; // gone
      }
    });
    const cgroups = ownDirectories().flatMap((directory) => readdirSync(directory));
    return {
      known: name !== "unknown",
      directories: readdirSync(temporary).filter((entry) => entry === name),
      processes,
      mounts: readFileSync("/proc/self/mounts", "utf8")
        .split("\n")
        .filter((line) => line.includes(name)),
      interfaces: readdirSync("/sys/class/net").filter((name) => name.includes("enclosed")),
      cgroups: cgroups.filter((entry) => entry === name),
    };
  }

  const nothing = { known: true, directories: [], processes: [], mounts: [], interfaces: [], cgroups: [] };
  const busy = `
    echo "work=$REHEARSAL_ENCLOSURE"
    ip link add enclosed0 type bridge && ip netns add enclosed
    mkdir "$REHEARSAL_ENCLOSURE/lower" "$REHEARSAL_ENCLOSURE/mounted"
    mount -t tmpfs none "$REHEARSAL_ENCLOSURE/mounted"
    mkdir $(sed -n 's,^0::,,p' /proc/self/cgroup | sed 's,^,/sys/fs/cgroup/unified,')/below 2>/dev/null
    setsid sleep 4242 &
  `;

  it("passes on the exit code and has a separate network", async () => {
    const child = enclosed(`ls /sys/class/net > /dev/null; ip -brief link; exit 7`, temporary);
    expect(await status(child)).toBe(7);
    expect(child.text().trim().split("\n")).toEqual([expect.stringMatching(/^lo\s+(UNKNOWN|UP)/)]);
  });

  it("removes all processes and files when its command ends", async () => {
    const child = enclosed(`${busy} true`, temporary);
    expect(await status(child)).toBe(0);
    expect(leftovers(child)).toEqual(nothing);
  });

  it.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)("leaves nothing behind after %s", async (signal) => {
    const child = enclosed(`${busy} echo begun; sleep 4242`, temporary);
    await until("the command has begun", { timeout: 20_000, evidence: child.text }, () =>
      /begun/.test(child.text()),
    );
    child.kill(signal);
    await status(child);
    // After SIGKILL there is no process to wait for, so the test polls.
    await until(
      "nothing is left",
      { timeout: 15_000, evidence: () => JSON.stringify(leftovers(child)) },
      () => {
        return JSON.stringify(leftovers(child)) === JSON.stringify(nothing);
      },
    );
  });
});
