import { type Fault } from "./fault";
import { fault as kill } from "./f01-kill";
import { fault as olderImage } from "./f02-older-image";
import { fault as forgotten } from "./f09-forgotten";
import { before, clean, older, twice } from "./f13-promoted";

/** Every fault that is rehearsed. */
export const faults: readonly Fault[] = [kill, olderImage, forgotten, before, clean, older, twice];
