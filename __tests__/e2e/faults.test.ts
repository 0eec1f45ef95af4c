import { faults } from "../../rehearsal/faults";
import { play } from "../../rehearsal/faults/play";
import { describeWith } from "../support/needs";

/** The faults that every run plays; `npm run e2e -- --all` plays all, `--fault ID` one. */
const gate = ["F1", "F2", "F9", "F12", "F13a", "F13b", "F17", "F17d", "F28"];

describeWith(["root", "systemd-nspawn", "mmdebstrap", "redis-server"], "a fault", () => {
  test.each(faults.filter(({ id }) => gate.includes(id)))(
    "$id, $title, meets its conditions",
    async (fault) => {
      process.stderr.write(`${fault.id}: ${JSON.stringify(await play(fault))}\n`);
    },
  );
});

describeWith(["root", "systemd-nspawn", "mmdebstrap", "redis-server", "moto"], "a secured cluster", () => {
  test("has the replica back after a kill", async () => {
    const kill = faults.find(({ id }) => id === "F1");
    if (!kill) throw new Error("there is no fault F1");
    const ending = await play({ ...kill, scene: { ...kill.scene, secured: true } });
    process.stderr.write(`F1 secured: ${JSON.stringify(ending)}\n`);
  });
});
