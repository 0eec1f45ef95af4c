import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "../../support/needs";
import { agent } from "../../support/shell";

describeWith(["bash"], "the instance that last ran Redis on a volume", () => {
  test.each([
    ["is this one where the ids are equal", "i-1", "i-1", "yes"],
    ["is another where they differ", "i-1", "i-2", "no"],
    ["is nobody's guess where this machine has no id", "i-1", "", "no"],
    ["nor where neither had one", "", "", "no"],
  ])("%s", (_name, stored, now, expected) => {
    const root = mkdtempSync(join(tmpdir(), "prepare-"));
    try {
      writeFileSync(join(root, "instance-id"), `${stored}\n`);
      const env = { RUN: root, STATE: root, DATA: join(root, "data"), OPT: root };
      const parts = ["report", "view", "data", "proof", "prepare"];
      const { stdout } = agent(parts, `start_facts me 10.0.0.4:6379 "${now}" ''`, { env });
      expect(/same=(\w+)/.exec(stdout)?.[1]).toBe(expected);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

describeWith(["bash"], "the append-only file of a node that was killed while it was first written", () => {
  test("is none: it would be an empty data set", () => {
    const root = mkdtempSync(join(tmpdir(), "prepare-"));
    try {
      const env = { RUN: root, STATE: root, DATA: root, OPT: root };
      const aof = (): string | undefined =>
        /aof=(\w+)/.exec(
          agent(["report", "view", "data", "proof", "prepare"], "start_facts me at i-1 ''", { env }).stdout,
        )?.[1];
      mkdirSync(join(root, "appendonlydir"));
      writeFileSync(join(root, "appendonlydir/temp-appendonly.aof.incr"), "");
      expect(aof()).toBe("no");
      writeFileSync(join(root, "appendonlydir/appendonly.aof.manifest"), "");
      expect(aof()).toBe("yes");
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

describeWith(["bash"], "an owner beside a volume with keys up to an offset of 5,000,000,000", () => {
  test.each([
    ["that is further on has all of it", "loading:0\nmaster_replid:r\nmaster_repl_offset:5000000001", "no"],
    ["that is behind has not", "loading:0\nmaster_replid:r\nmaster_repl_offset:4999999999", "yes"],
    [
      "that is loading its data says an offset of 0",
      "loading:1\nmaster_replid:x\nmaster_repl_offset:0",
      "loading",
    ],
    ["that does not answer cannot be compared", "", "no"],
  ])("%s", (_name, info, expected) => {
    const script = `rdb_facts() { printf 'id r\\noffset 5000000000\\nkeys yes\\n'; }
      ask() { [[ $2 != info ]] || printf '%s\\n' '${info}'; }
      stale 10.0.0.1:6379`;
    expect(agent(["view", "data", "prepare"], script).stdout).toBe(expected);
  });
});
