import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { workDirectory } from "../../rehearsal/inside";
import { describeFailure, failed, sample, table } from "../../rehearsal/injector/walk/command";
import { scenes } from "../../rehearsal/injector/walk/scene";
import { walk, type WalkResult } from "../../rehearsal/injector/walk/walk";
import { describeWith } from "../support/needs";

/** The seed that draws the points; `npm run e2e -- --walk --all` walks all of them. */
const seed = Number(process.env["WALK_SEED"] ?? 1);

describeWith(["root", "redis-server", "python3 >= 3.9"], "a single failing question of the agent", () => {
  let result: WalkResult;

  beforeAll(async () => {
    const directory = join(workDirectory(), "walk");
    mkdirSync(directory, { recursive: true });
    const log = (text: string): unknown => process.stderr.write(`${text}\n`);
    result = await walk({ scenes, seed, points: sample, jobs: 10, directory, log });
    log(table(result));
  }, 1_200_000);

  test.each(scenes)("does no harm in the scene: $title", ({ name }) => {
    const walked = result.walked.filter(({ scene }) => scene === name);
    expect(walked.filter(failed).map(describeFailure)).toEqual([]);
    expect(walked.filter(({ reached }) => reached).length).toBeGreaterThan(0);
  });
});
