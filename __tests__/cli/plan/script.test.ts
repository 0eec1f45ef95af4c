import { gzipSync } from "node:zlib";
import { compareScripts, decode, hasDataVolume, isOurs } from "../../../cli/plan/script";
import { BootScript, type BootScriptProps } from "../../../constructs";
import { script } from "./scenarios";

const packed = (text: string, level = 9): string => gzipSync(text, { level }).toString("base64");
const plain = (text: string): string => Buffer.from(text).toString("base64");

test("the text is compared, gzipped or not", () => {
  const text = new BootScript({ masters: ["10.0.1.10"] }).text;
  expect(decode(packed(text))).toBe(text);
  for (const other of [packed(text, 1), plain(text)]) {
    expect(compareScripts(packed(text), other)).toEqual({ sameText: true, settings: [], files: [] });
  }
});

test("a value that cannot be unpacked is compared as it is", () => {
  const damaged = packed("#!/bin/sh\n".repeat(99)).slice(0, 40);
  expect(compareScripts(damaged, damaged).sameText).toBe(true);
  expect(compareScripts(damaged, packed("#!/bin/sh\n")).sameText).toBe(false);
});

test.each<[Partial<BootScriptProps>, object[]]>([
  [{ masters: ["10.0.1.11"] }, [{ name: "MASTERS", before: "10.0.1.10", after: "10.0.1.11" }]],
  [{ redis: { maxMemory: "12gb" } }, [{ name: "MAXMEMORY", before: "0", after: "12gb" }]],
  [
    { redis: { directives: { hz: "50", "proc-title-template": "it's 'me'" } } },
    [{ name: "DIRECTIVES", before: "", after: "hz 50\nproc-title-template it's 'me'" }],
  ],
])("a script of this package with %j has changed settings and no changed files", (changed, settings) => {
  const before = new BootScript({ masters: ["10.0.1.10"] }).text;
  const after = new BootScript({ masters: ["10.0.1.10"], ...changed }).text;
  expect(compareScripts(packed(before), packed(after))).toEqual({ sameText: false, settings, files: [] });
});

test("an added or removed setting has one value", () => {
  const [long, short] = [script("0", "join"), script("0", "join").replace("MAXMEMORY='0'\n", "")];
  expect(compareScripts(plain(short), plain(long)).settings).toEqual([
    { name: "MAXMEMORY", before: undefined, after: "0" },
  ]);
  expect(compareScripts(plain(long), plain(short)).settings).toEqual([
    { name: "MAXMEMORY", before: "0", after: undefined },
  ]);
});

test.each([
  [
    "a changed line",
    script("0", "other"),
    [{ path: "/usr/local/lib/redis-replica/join.sh", added: 1, removed: 1 }],
  ],
  [
    "a changed mode",
    script("0", "join").replace("join.sh 0644", "join.sh 0755"),
    [{ path: "/usr/local/lib/redis-replica/join.sh", added: 1, removed: 1 }],
  ],
  [
    "a line of its own",
    script("0", "join").replace("setup", "status"),
    [{ path: "script", added: 1, removed: 1 }],
  ],
])("%s is counted in its file", (_, after, files) => {
  expect(compareScripts(plain(script("0", "join")), plain(after))).toEqual({
    sameText: false,
    settings: [],
    files,
  });
});

describe("an agent that is downloaded", () => {
  const made = (props: Partial<BootScriptProps> = {}): string =>
    plain(new BootScript({ masters: ["10.0.1.10"], ...props }).text);
  const [one, two] = ["1", "2"].map((digit) => ({
    url: "https://example.com/agent.tar",
    sha256: digit.repeat(64),
  }));

  test.each([
    ["instead of one that the script carries", made(), made({ agent: one })],
    ["before one that the script carries", made({ agent: one }), made()],
    ["with another checksum", made({ agent: one }), made({ agent: two })],
  ])("%s is one changed part", (_, before, after) => {
    const { files } = compareScripts(before, after);
    expect(files.map(({ path }) => path).filter((path) => path !== "script")).toEqual(["agent"]);
  });

  test("that is the same is no changed part", () => {
    const agent = one!;
    expect(compareScripts(made({ agent, redis: { maxMemory: "1gb" } }), made({ agent })).files).toEqual([]);
  });

  test("is in a script of this package, and so is the use of a data volume", () => {
    expect([made(), made({ agent: one })].map(isOurs)).toEqual([true, true]);
    expect([made({ agent: one }), made({ agent: one, dataVolume: true })].map(hasDataVolume)).toEqual([
      false,
      true,
    ]);
  });
});

test("the lines of a foreign script are counted", () => {
  const [before, after] = ["#!/bin/sh\na\nb\nc\n", "#!/bin/sh\na\nd\nc\ne\n"].map(plain);
  expect(compareScripts(before!, after!).files).toEqual([{ path: "script", added: 2, removed: 1 }]);
});

test("lines in another order are a difference", () => {
  expect(compareScripts(plain("#!/bin/sh\na\nb\n"), plain("#!/bin/sh\nb\na\n")).files).toHaveLength(1);
});
