import { setClocks, type Skew } from "./clock";
import { clean, twice } from "./f13-promoted";
import { type Fault } from "./fault";

/** Checks the clocks before and after: a run whose clocks lost their skew does not count. */
function skewed(run: Fault["run"], skew: Skew): Fault["run"] {
  return async (scene) => {
    const check = await setClocks(scene, skew);
    await check();
    const ending = await run(scene);
    await check();
    return ending;
  };
}

const notSecured =
  "AWS rejects requests that a wrong clock has signed, so there are no secrets to start Redis with";

/** If the receipt used the node's slow clock, the masters would seem to have heard from the node after its end. */
export const slow: Fault = {
  id: "F25a",
  title: "promoted, final state of a clean stop, its clock 5 h slow and a master's 7 h fast: serves again",
  notSecured,
  run: skewed(clean.run, { machine: -5, master: 7 }),
};

/** If the receipt used the node's fast clock, it would seem newer than all later contacts with the masters. */
export const fast: Fault = {
  id: "F25b",
  title:
    "promoted, image of an earlier end with its receipt, its clock 5 h fast and a master's 7 h slow: refuses",
  notSecured,
  run: skewed(twice.run, { machine: 5, master: -7 }),
};
