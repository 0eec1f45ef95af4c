import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { BootScript, type InstanceFile } from "../../../constructs";
import { describeWith } from "../../support/needs";

const INSTANCE = join(__dirname, "../../../templates/inline/instance");
const LIB = join(INSTANCE, "usr/local/lib/redis-replica");
const scripts = [
  join(INSTANCE, "usr/local/bin/redis-replica"),
  ...readdirSync(LIB)
    .filter((name) => name.endsWith(".sh"))
    .map((name) => join(LIB, name)),
];

/** The lines of code of each part among some files. */
function lengthsOf(files: readonly InstanceFile[]): number[] {
  return files
    .filter(({ path }) => path.includes("redis-replica") && !/\.(service|timer|conf)$/.test(path))
    .map(({ content }) => content.split("\n").filter((line) => line.trim() !== "").length);
}

const sum = (lengths: readonly number[]): number => lengths.reduce((total, length) => total + length, 0);

test("no part of the agent has more than 150 lines of code, all of it no more than 900", () => {
  const lengths = lengthsOf(BootScript.files());
  expect(Math.max(...lengths)).toBeLessThanOrEqual(150);
  expect(sum(lengths)).toBeLessThanOrEqual(900);
});

test("a data volume brings no more than 70 lines to it", () => {
  const { ownFiles: files } = new BootScript({ masters: ["10.0.1.10"], dataVolume: true });
  expect(sum(lengthsOf(files)) - sum(lengthsOf(BootScript.files()))).toBeLessThanOrEqual(70);
});

test("every part that the agent loads is there, and every part that is there is loaded", () => {
  const main = readFileSync(scripts[0] ?? "", "utf8");
  const loaded = (/for part in (.*); do/.exec(main)?.[1] ?? "")
    .replace("${DATA_VOLUME:+volume}", "volume")
    .split(" ");
  const present = readdirSync(LIB).filter((name) => name.endsWith(".sh"));
  expect(loaded.map((name) => `${name}.sh`).sort()).toEqual(present.sort());
});

describeWith(["bash", "shellcheck"], "the agent before shellcheck", () => {
  test("is clean", () => {
    const { status, stdout } = spawnSync("shellcheck", ["-x", ...scripts], { encoding: "utf8" });
    expect([status, stdout]).toEqual([0, ""]);
  });

  test("switches nothing off for a whole file", () => {
    for (const script of scripts) {
      const [first = "", second = ""] = readFileSync(script, "utf8").split("\n");
      expect(`${first}${second}`).not.toContain("shellcheck disable");
    }
  });
});

describeWith(["bash-4.2"], "the oldest bash that the agent is written for, 4.2", () => {
  test.each(scripts.map((script) => [basename(script), script]))("reads %s", (_name, script) => {
    expect(spawnSync("bash-4.2", ["-n", script], { encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  });
});
