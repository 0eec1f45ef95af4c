import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aptSources, withSources } from "../../rehearsal/apt";
import { missing } from "../support/needs";

const describeApt = missing(["mmdebstrap"]).length === 0 ? describe : describe.skip;

describeApt("aptSources", () => {
  let etc: string;

  beforeEach(() => {
    etc = mkdtempSync(join(tmpdir(), "etc-"));
    mkdirSync(join(etc, "apt/sources.list.d"), { recursive: true });
    writeFileSync(join(etc, "os-release"), "ID=debian\nVERSION_CODENAME=bookworm\n");
  });
  afterEach(() => rmSync(etc, { recursive: true }));

  it("takes stanzas of the machine's release, without comments", async () => {
    const other = "Types: deb\nURIs: http://mirror.test/other\nSuites: nodistro\nComponents: main";
    const own = "Types: deb\n# which one\nURIs: http://mirror.test/debian\nSuites: bookworm bookworm-updates";
    writeFileSync(join(etc, "apt/sources.list.d/all.sources"), `${other}\n\n${own}\n`);
    const { release, files } = await aptSources(etc);
    expect(release).toBe("bookworm");
    expect(files.map(({ text }) => text)).toEqual([own.replace("# which one\n", "")]);
  });

  it("takes lines of the machine's release, and can ask for their source packages", async () => {
    const own = "deb [signed-by=/k] http://mirror.test/debian bookworm main";
    writeFileSync(join(etc, "apt/sources.list"), `# mine\n${own}\ndeb http://mirror.test/x stable main\n`);
    const { files } = await aptSources(etc);
    expect(files.map(withSources)).toEqual([`${own}\n${own.replace("deb ", "deb-src ")}`]);
  });

  it("says so where there is none", async () => {
    await expect(aptSources(etc)).rejects.toThrow("no package source of bookworm");
  });
});

describe("withSources", () => {
  it("extends a stanza's types", () => {
    expect(withSources({ name: "a.sources", text: "Types: deb\nURIs: u" })).toBe(
      "Types: deb deb-src\nURIs: u",
    );
  });
});
