import { type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "../support/needs";
import { type RehearsalProcess, startRehearsal } from "../support/rehearsal-process";

const children: ChildProcess[] = [];
let folder: string;

/** The files in the folder for temporary files, except the cache of tsx. */
function left(): string[] {
  return readdirSync(folder).filter((name) => !name.startsWith("tsx-"));
}

function rehearse(...words: string[]): RehearsalProcess {
  const started = startRehearsal(folder, words);
  children.push(started.child);
  return started;
}

describeWith(
  ["root", "systemd-nspawn", "mmdebstrap", "redis-server"],
  "a rehearsal with booted instances",
  () => {
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "rehearse-"))));
    afterEach(() => {
      children.splice(0).forEach((child) => child.kill("SIGKILL"));
      rmSync(folder, { recursive: true });
    });

    test("brings an interrupted replica back without a loss, destroys the group, and leaves nothing", async () => {
      const page = join(folder, "page.html");
      const { code, out, err } = await rehearse("--faults", "interruption", "--json", "--page", page).ended;
      expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("the group is destroyed") });
      expect(JSON.parse(out)).toMatchObject({
        ok: true,
        faults: [
          { name: "interruption", outcome: "back", resync: "partial", same_node_id: true, lost_writes: 0 },
        ],
        left_behind: [],
      });
      expect(readFileSync(page, "utf8")).toContain("<h2>interruption: ");
      expect(left()).toEqual(["page.html"]);
    });

    test("Ctrl-C while instances boot leaves nothing", async () => {
      const { child, ended, shows } = rehearse();
      await shows(/ boots at /);
      child.kill("SIGINT");
      const { code, err } = await ended;
      expect(code).toBe(130);
      expect(err).toContain("nothing is left behind");
      expect(left()).toEqual([]);
    });
  },
);
