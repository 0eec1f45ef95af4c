import { type Fault } from "./fault";
import { returning } from "./promoted";

/** Unguarded, the image's old role makes the two nodes replicas of each other. */
export const before: Fault = {
  id: "F12",
  title: "promoted, image from before the promotion, back after its copy was elected",
  run: returning({ image: "before", back: "slow" }),
};

export const beforeQuick: Fault = {
  id: "F12q",
  title: "promoted, image from before the promotion, back before its copy is elected",
  // Redis's own default: longer than a boot takes, also on a busy machine.
  scene: { nodeTimeout: 15_000 },
  run: returning({ image: "before", back: "quick" }),
};

export const beforeBarred: Fault = {
  id: "F12n",
  title: "promoted, image from before the promotion, its copy barred from elections: refuses",
  run: returning({ image: "before", back: "barred" }),
};
