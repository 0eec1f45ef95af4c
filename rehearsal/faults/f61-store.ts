import { type StoreFailure } from "../secret-store";
import { endsWell, type Fault, holds, namesCause, recovery } from "./fault";
import { securityOf } from "./rotation";

/** How the store fails, and the reason that the state then has. */
const FAILURES: readonly (readonly [id: string, failure: StoreFailure, title: string, reason: RegExp])[] = [
  ["F61", "silent", "does not answer", /the secrets are not there yet: .*(no answer|timed out)/],
  ["F61b", "throttled", "throttles", /the secrets are not there yet: .*ThrottlingException/],
  ["F61c", "down", "closes connections", /the secrets are not there yet: /],
];

/** A replacement has no secrets before it has fetched them: Redis must not start without a password and TLS. */
export const storeFails: readonly Fault[] = FAILURES.map(([id, failure, title, reason]) => ({
  id,
  title: `the store of secrets ${title} at a replacement: Redis is not started, and is back in sync once it answers`,
  scene: { secured: true },
  async run(scene) {
    const { store } = securityOf(scene);
    const node = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    await scene.stop(0, "clean");
    let note = "";
    const back = await recovery(scene, { id: node, timeout: 90_000 }, async () => {
      store.failure = failure;
      await scene.launch(0);
      note = await namesCause(scene, reason);
      holds("Redis was not started", (await scene.pid(0)) === 0 && !(await scene.node(0).answers()));
      store.failure = undefined;
    });
    holds("the resync was partial", back.resync === "partial");
    return { outcome: "back", ...back, note, ...(await endsWell(scene)) };
  },
}));
