import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "../../support/needs";
import { agent } from "../../support/shell";

const ME = "d".repeat(40);
const OWNER = "a".repeat(40);
const others = `${OWNER} 10.0.0.1:6379@16379 master - 0 1700000000000 1 connected 0-16383\n`;
const vars = "vars currentEpoch 3 lastVoteEpoch 0\n";
const replica = `${ME} 10.0.0.4:6379@16379 myself,slave ${OWNER} 0 0 1 connected\n`;

describeWith(["bash"], "the data directory", () => {
  let data: string;

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), "data-"));
  });

  afterEach(() => {
    rmSync(data, { recursive: true });
  });

  function look(files: Record<string, string>): string {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(data, name), text);
    const script = 'echo "$(data_class) $(own_id)"';
    return agent(["data"], script, { env: { DATA: data, STATE: `${data}/state` } }).stdout.trim();
  }

  test.each([
    ["nothing in it", {}, "empty"],
    ["a replica's file", { "nodes.conf": others + replica + vars }, `known ${ME}`],
    [
      "the file of a node that never joined",
      { "nodes.conf": `${ME} :0@0 myself,master - 0 0 0 connected\n${vars}` },
      `known ${ME}`,
    ],
    [
      "the file of a master",
      { "nodes.conf": `${ME} 10.0.0.4:6379@16379 myself,master - 0 0 5 connected 0-5460\n${vars}` },
      `known ${ME}`,
    ],
    ["an empty file and data", { "nodes.conf": "", "dump.rdb": "REDIS" }, "orphan"],
    ["an empty file and no data", { "nodes.conf": "" }, "empty"],
    ["a file cut off", { "nodes.conf": others + replica.slice(0, 60) }, "orphan"],
    ["a file without its last line", { "nodes.conf": others + replica }, "orphan"],
    ["a file of zeros", { "nodes.conf": "\0".repeat(512) }, "orphan"],
    ["a file with two selves", { "nodes.conf": replica + replica + vars }, "orphan"],
    ["data alone", { "dump.rdb": "REDIS" }, "orphan"],
  ])("%s", (_name, files, expected) => {
    expect(look(files)).toBe(expected);
  });
});
