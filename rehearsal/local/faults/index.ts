import { emptyMaster } from "./empty-master";
import { type LocalFault } from "./fault";
import { interruption } from "./interruption";
import { kill } from "./kill";
import { olderImage } from "./older-image";
import { promotion } from "./promotion";

/** All faults, in the order in which they are played. */
export const faults: readonly LocalFault[] = [interruption, kill, promotion, olderImage, emptyMaster];
