import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aptSources, hostRelease } from "../../rehearsal/apt";
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

  function stanzas(...texts: string[]): void {
    writeFileSync(join(etc, "apt/sources.list.d/all.sources"), `${texts.join("\n\n")}\n`);
  }

  function lines(...texts: string[]): void {
    writeFileSync(join(etc, "apt/sources.list"), `${texts.join("\n")}\n`);
  }

  async function texts(suite: string, types: "deb" | "deb-src" = "deb"): Promise<string[]> {
    return (await aptSources({ suite, types, etc })).files.map(({ text }) => text);
  }

  const debian = "URIs: http://mirror.test/debian\nComponents: main";
  const security = "URIs: http://mirror.test/security\nComponents: main";

  it("uses stanzas of the release and its updates, without comments and other repositories", async () => {
    stanzas(
      "Types: deb\nURIs: http://mirror.test/other\nSuites: nodistro bookworm-pgdg\nComponents: main",
      `Types: deb\n# which one\nSuites: bookworm bookworm-updates bookworm-backports\n${debian}`,
      `Types: deb\nSuites: bookworm-security\n${security}`,
    );
    expect(hostRelease(etc)).toBe("bookworm");
    expect(await texts("bookworm")).toEqual([
      `Types: deb\nSuites: bookworm bookworm-updates\n${debian}\n\nTypes: deb\nSuites: bookworm-security\n${security}`,
    ]);
  });

  it("uses only the suite and the type from a stanza with several of them", async () => {
    stanzas(`Types: deb deb-src\nSuites: bookworm\n trixie\n sid\n${debian}`);
    expect(await texts("bookworm")).toEqual([`Types: deb\nSuites: bookworm\n${debian}`]);
    expect(await texts("bookworm", "deb-src")).toEqual([`Types: deb-src\nSuites: bookworm\n${debian}`]);
    expect(await texts("trixie")).toEqual([`Types: deb\nSuites: trixie\n${debian}`]);
  });

  it("ignores entries of source packages, such as those of other suites", async () => {
    stanzas(
      `Types: deb\nSuites: bookworm\n${debian}`,
      `Types: deb-src\nSuites: bookworm trixie sid\n${security}`,
    );
    for (const suite of ["bookworm", "trixie", "sid"]) {
      expect(await texts(suite, "deb-src")).toEqual([`Types: deb-src\nSuites: ${suite}\n${debian}`]);
    }
    lines("deb-src http://mirror.test/src bookworm main", "deb-src http://mirror.test/src sid main");
    expect(await texts("bookworm", "deb-src")).toHaveLength(1);
  });

  it("uses the sources of the machine's release for another suite, if no entry names the suite", async () => {
    stanzas(
      `Types: deb\nSuites: bookworm bookworm-updates\n${debian}`,
      `Types: deb\nSuites: bookworm-security\n${security}`,
    );
    expect(await texts("trixie")).toEqual([
      `Types: deb\nSuites: trixie trixie-updates\n${debian}\n\nTypes: deb\nSuites: trixie-security\n${security}`,
    ]);
    expect(await texts("sid", "deb-src")).toEqual([`Types: deb-src\nSuites: sid\n${debian}`]);
  });

  it("ignores a disabled stanza", async () => {
    stanzas(
      `Types: deb\nSuites: bookworm\n${debian}`,
      `Enabled: no\nTypes: deb\nSuites: bookworm\n${security}`,
    );
    expect(await texts("bookworm")).toEqual([`Types: deb\nSuites: bookworm\n${debian}`]);
  });

  it("keeps the other fields of a stanza, including multi-line fields", async () => {
    const key = "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDME";
    stanzas(`Types: deb\nSuites: bookworm\n${debian}\n${key}`);
    expect(await texts("trixie")).toEqual([`Types: deb\nSuites: trixie\n${debian}\n${key}`]);
  });

  it("supports the one-line format, with options and components", async () => {
    const own = "[signed-by=/k arch=amd64] http://mirror.test/debian";
    lines(
      `# mine`,
      `deb ${own} bookworm main contrib # the archive`,
      `deb ${own} bookworm-updates main`,
      "deb http://mirror.test/x stable main",
      "deb http://mirror.test/y cloud-sdk-bookworm main",
      "deb-src http://mirror.test/debian trixie main",
    );
    expect(await texts("bookworm")).toEqual([
      `deb ${own} bookworm main contrib\n\ndeb ${own} bookworm-updates main`,
    ]);
    expect(await texts("trixie", "deb-src")).toEqual([`deb-src ${own} trixie main contrib`]);
  });

  it("throws if there is no source", async () => {
    await expect(texts("trixie")).rejects.toThrow("no package source of trixie or bookworm found");
  });
});
