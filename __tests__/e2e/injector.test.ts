import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { workDirectory } from "../../rehearsal/inside";
import { failed, sample, table, told } from "../../rehearsal/injector/walk/command";
import { scenes } from "../../rehearsal/injector/walk/scene";
import { walk, type WalkResult } from "../../rehearsal/injector/walk/walk";
import { describeWith } from "../support/needs";

/** Draws the points; `npm run e2e -- --walk --all` walks all of them. */
const seed = Number(process.env["WALK_SEED"] ?? 1);

describeWith(["root", "redis-server", "python3 >= 3.9"], "one question of the agent that fails", () => {
  let result: WalkResult;

  beforeAll(async () => {
    const directory = join(workDirectory(), "walk");
    mkdirSync(directory, { recursive: true });
    const say = (text: string): unknown => process.stderr.write(`${text}\n`);
    result = await walk({ scenes, seed, points: sample, jobs: 10, directory, say });
    say(table(result));
  }, 1_200_000);

  test.each(scenes)("does no harm where $title", ({ name }) => {
    const walked = result.walked.filter(({ scene }) => scene === name);
    expect(walked.filter(failed).map(told)).toEqual([]);
    expect(walked.filter(({ reached }) => reached).length).toBeGreaterThan(0);
  });
});
