import { until } from "../wait";
import { type Fault, more } from "./fault";
import { answering, promote, refused, returns, servesAgain } from "./promoted";

/** Without the agent, it resumes as master and overwrites its replica's data. */
export const after = returns("after", { slow: "F13s", quick: "F13q", barred: "F13n" });

/** A promoted replica without another copy, on the volume of a clean shutdown. */
export const clean: Fault = {
  id: "F13a",
  title: "promoted, no other copy, final state of a clean stop: serves again by itself",
  run: answering(async (scene) => {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const writer = await scene.write();
    await promote(scene);
    await more(writer, 2000, { what: "plain" });
    await writer.stop();
    await scene.stop(0, "clean");
    return servesAgain(scene, id, () => scene.launch(0));
  }),
};

/** The same from an older image: acknowledged writes may be missing in its data. */
export const older: Fault = {
  id: "F13b",
  title: "promoted, no other copy, image from after the promotion: refuses",
  run: answering(async (scene) => {
    const writer = await scene.write();
    await promote(scene);
    await more(writer, 2000, { what: "plain" });
    const image = await scene.snapshot(0);
    await more(writer, 2000, { what: "plain" });
    await writer.stop();
    await scene.stop(0, "gone");
    return refused(scene, image);
  }),
};

/** The volume of a clean shutdown, restored a second time after the node has run in between. */
export const twice: Fault = {
  id: "F29",
  title: "the same final image restored twice: the second is refused",
  run: answering(async (scene) => {
    const writer = await scene.write();
    await promote(scene);
    await more(writer, 2000, { what: "plain" });
    await writer.stop();
    await scene.stop(0, "clean");
    const image = await scene.fleet.volume("ssi-0").snapshot();
    await scene.launch(0);
    await scene.reaches(0, /^promoted/);
    await until("the masters have heard from it after the first restore", { timeout: 30_000 }, () =>
      scene.whole(),
    );
    await scene.stop(0, "gone");
    return refused(scene, image);
  }),
};
