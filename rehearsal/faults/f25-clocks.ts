import { setClocks, type Skew } from "./clock";
import { clean, twice } from "./f13-promoted";
import { type Fault } from "./fault";

/** Looks at the clocks before and after, so that a fault that lost its skew on the way does not count. */
function skewed(run: Fault["run"], skew: Skew): Fault["run"] {
  return async (scene) => {
    const check = await setClocks(scene, skew);
    await check();
    const ending = await run(scene);
    await check();
    return ending;
  };
}

/** By a slow clock of its own, the masters would have heard from the node after it ended. */
export const slow: Fault = {
  id: "F25a",
  title: "promoted, final state of a clean stop, its clock 5 h slow and a master's 7 h fast: serves again",
  run: skewed(clean.run, { machine: -5, master: 7 }),
};

/** By a fast clock of its own, the receipt would be younger than all that the masters heard in the life after it. */
export const fast: Fault = {
  id: "F25b",
  title:
    "promoted, image of an earlier end with its receipt, its clock 5 h fast and a master's 7 h slow: refuses",
  run: skewed(twice.run, { machine: 5, master: -7 }),
};
