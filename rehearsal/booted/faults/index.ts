import { all } from "./all";
import { type BootedFault } from "./fault";
import { owner } from "./owner";
import { interruption } from "./interruption";
import { kill } from "./kill";
import { olderImage } from "./older-image";
import { pair } from "./pair";
import { promotion } from "./promotion";

/** All faults, in the order in which they are played. */
export const faults: readonly BootedFault[] = [
  ...[interruption, kill, promotion, owner, olderImage, all, pair],
];
