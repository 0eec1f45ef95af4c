import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fromStacks } from "../cli/assembly";
import { userDataSize } from "../cli/user-data";
import { loadConfigs } from "../config/load";
import { run } from "./cli/run";
import { ROOT } from "./support/folder";

const FOLDER = join(ROOT, "examples");
const JSON_FOLDER = join(FOLDER, "synthesized");

const files = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => join(FOLDER, name));

/** What a user's own steps may add to the user data. EC2 accepts 16,384 bytes. */
const ROOM = 13_312;

test("the committed JSON of the examples is what `npm run examples` writes", async () => {
  const configs = files.flatMap((file) => ["-c", file]);
  const { exit, stdout } = await run(...configs, "synth", "--check", "-o", JSON_FOLDER);
  expect({ exit, differing: stdout }).toEqual({ exit: 0, differing: "" });
});

test("the committed JSON has no path of a machine, and the user data as lines", () => {
  const names = readdirSync(JSON_FOLDER, { recursive: true, encoding: "utf8" });
  const stacks = names.filter((name) => name.endsWith("cdk.tf.json"));
  expect(stacks).toHaveLength(files.length);
  for (const name of stacks) {
    const text = readFileSync(join(JSON_FOLDER, name), "utf8");
    expect(text).not.toContain(ROOT);
    expect(text).toMatch(/^ +"#!\/usr\/bin\/env bash",$/m);
  }
});

test("the user data of each example leaves room for a user's own steps", () => {
  const loaded = loadConfigs(files);
  const sizes = fromStacks(loaded, userDataSize).map(({ limit, gzipped = 0 }, index) => ({
    file: relative(ROOT, files[index]!),
    left: limit - gzipped,
  }));
  expect(sizes.filter(({ left }) => left < ROOM)).toEqual([]);
});

test("the list of the examples has each of them with its JSON, and what the list links is there", () => {
  const page = readFileSync(join(FOLDER, "README.md"), "utf8");
  const linked = [...page.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => target!);
  const wanted = loadConfigs(files).flatMap(({ config }, index) => [
    relative(FOLDER, files[index]!),
    `synthesized/stacks/${config.name}/cdk.tf.json`,
  ]);
  expect(linked).toEqual(expect.arrayContaining(wanted));
  for (const target of linked) expect(() => readFileSync(join(FOLDER, target))).not.toThrow();
});
