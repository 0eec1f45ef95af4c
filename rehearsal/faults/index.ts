import { type Fault } from "./fault";
import { fault as kill } from "./f01-kill";
import { fault as olderImage } from "./f02-older-image";
import { fault as forgotten } from "./f09-forgotten";
import { nodesConf } from "./f10-nodes-conf";
import { rdb } from "./f11-rdb";
import { before, clean, older, twice } from "./f13-promoted";
import { fault as address } from "./f14-address";
import { atOnce, besideDead, jittered } from "./f17-six-at-once";
import { alone, plain } from "./f18-reboot";
import { inbound, outbound, unplugged } from "./f20-partition";
import { fault as twins } from "./f22-twins";
import { fast, slow } from "./f25-clocks";
import { fault as emptyMaster } from "./f26-empty-master";
import { fault as farBehind } from "./f28-far-behind";

/** Every fault that is rehearsed. */
export const faults: readonly Fault[] = [
  kill,
  olderImage,
  forgotten,
  ...nodesConf,
  ...rdb,
  before,
  clean,
  older,
  twice,
  address,
  atOnce,
  jittered,
  besideDead,
  plain,
  alone,
  unplugged,
  inbound,
  outbound,
  twins,
  slow,
  fast,
  emptyMaster,
  farBehind,
];
