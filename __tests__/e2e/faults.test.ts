import { faults } from "../../rehearsal/faults";
import { Scene } from "../../rehearsal/scene";
import { describeWith } from "../support/needs";

/** Those that every run plays; `npm run e2e -- --all` plays all, `--fault ID` one. */
const gate = ["F1", "F2", "F9", "F12", "F13a", "F13b"];

const chosen = process.env.REHEARSAL_FAULTS?.split(",") ?? gate;
const played = faults.filter(({ id }) => chosen.includes("all") || chosen.includes(id));

describeWith(["root", "systemd-nspawn", "mmdebstrap", "redis-server"], "a fault", () => {
  test("that was asked for is known", () => {
    const known = faults.map(({ id }) => id);
    expect(chosen.filter((id) => id !== "all" && !known.includes(id))).toEqual([]);
  });

  test.each(played)("$id, $title, ends well", async ({ id, run, scene: props }) => {
    const scene = await Scene.open(props);
    try {
      const ending = await run(scene);
      process.stderr.write(`${id}: ${JSON.stringify(ending)}\n`);
    } finally {
      await scene.close();
    }
  });
});
