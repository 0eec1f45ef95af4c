import { type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../support/bundle";
import { describeWith } from "../support/needs";
import { type RehearsalProcess, startRehearsal } from "../support/rehearsal-process";

const children: ChildProcess[] = [];
const folder = mkdtempSync(join(tmpdir(), "rehearse-"));

/** `npm run rehearse`. Its bundle starts faster; `--help` starts the sources, as npm does. */
function rehearse(...words: string[]): RehearsalProcess {
  const program = words.includes("--help") ? undefined : [bundle("rehearsal/rehearse.ts")];
  const started = startRehearsal(folder, words, program);
  children.push(started.child);
  return started;
}

/** The folders of local rehearsals in a folder for temporary files, and processes that work there. */
function leftBehind(folder: string): string[] {
  const pids = readdirSync("/proc").filter((name) => {
    try {
      return readlinkSync(`/proc/${name}/cwd`).startsWith(`${folder}/local-rehearsal-`);
    } catch {
      return false;
    }
  });
  return [...readdirSync(folder).filter((name) => name.startsWith("local-rehearsal-")), ...pids];
}

afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => children.splice(0).forEach((child) => child.kill("SIGKILL")));

test("--help has the three forms, and the options of the first one", async () => {
  const { code, out } = await rehearse("--help").ended;
  expect(code).toBe(0);
  expect(out).toMatch(
    /^Usage: npm run rehearse \[-- OPTION.*\n +npm run rehearse -- --local .*\n +npm run rehearse -- api /,
  );
  expect(out).toContain("--page FILE");
}, 30_000);

test.each([
  [["nonsense"], "rehearse must be followed by --local, api or an option, got: nonsense"],
  [["--faults", "bang"], "--faults must be some of interruption, kill, "],
  [["--local", "--server", "redis-missing"], "redis-missing is not found"],
])(
  "%j is refused with what to do",
  async (words, text) => {
    const { code, err } = await rehearse(...words).ended;
    expect(code).toBe(1);
    expect(err).toContain(text);
  },
  30_000,
);

describeWith(["redis-server", "python3 >= 3.9"], "a local rehearsal", () => {
  test("shows a recovery, a promotion and the restore of an older image, and loses nothing", async () => {
    const { code, out, err } = await rehearse(
      "--local",
      "--json",
      "--faults",
      "kill,older-image",
      "--page",
      join(folder, "page.html"),
    ).ended;
    expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/\n +[\d.]+ s {2}kill: kill -9 /) });
    expect(err).toContain("a replica was connected until this node stopped, and can be elected");
    const nothing = { same_node_id: true, lost_writes: 0, keys_compared: expect.any(Number) };
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      faults: [
        { name: "kill", outcome: "back", resync: "partial", ...nothing },
        { name: "older-image", outcome: "back", ...nothing },
      ],
      left_behind: [],
    });
    expect(readFileSync(join(folder, "page.html"), "utf8")).toContain("<h2>older-image: ");
    expect(leftBehind(folder)).toEqual([]);
  }, 180_000);

  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s leaves neither a process nor a folder",
    async (signal) => {
      const { child, ended, shows } = rehearse("--local");
      await shows(/a replica starts/);
      child.kill(signal);
      expect((await ended).code).toBe(signal === "SIGINT" ? 130 : 143);
      expect(leftBehind(folder)).toEqual([]);
    },
    60_000,
  );
});
