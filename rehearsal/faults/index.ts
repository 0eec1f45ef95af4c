import { type Fault } from "./fault";
import { fault as kill } from "./f01-kill";
import { fault as olderImage } from "./f02-older-image";
import { fault as interruption } from "./f03-interruption";
import { fault as joining } from "./f05-joining";
import { cut, fault as masterDown, seed } from "./f06-master-down";
import { fault as seedReplica } from "./f07-seed-replica";
import { gone, returned } from "./f08-master-failed-over";
import { fault as forgotten } from "./f09-forgotten";
import { nodesConf } from "./f10-nodes-conf";
import { rdb } from "./f11-rdb";
import { before } from "./f12-promoted";
import { after, clean, older, twice } from "./f13-promoted";
import { fault as address } from "./f14-address";
import { placement } from "./f17-placement";
import { alone, plain } from "./f18-reboot";
import { inbound, outbound, unplugged } from "./f20-partition";
import { fault as duplicateVolume } from "./f22-duplicate-volume";
import { dataVolume } from "./f23-data-volume";
import { fast, slow } from "./f25-clocks";
import { fault as emptyMaster } from "./f26-empty-master";
import { fault as minority } from "./f27-minority";
import { fault as farBehind } from "./f28-far-behind";
import { appendOnly } from "./f30-aof";
import { fault as receipt } from "./f31-receipt";
import { accept } from "./f32-accept";
import { slowEmptyMaster } from "./f33-slow-empty-master";
import { slowDuplicateVolume } from "./f34-slow-duplicate-volume";
import { lock } from "./f35-lock";
import { noMaster } from "./f36-no-master";
import { ghosts } from "./f37-ghosts";
import { lockRefused } from "./f38-lock-refused";
import { joins as olderServer, upgraded } from "./f39-older-server";
import { fault as outputBuffer } from "./f40-output-buffer";
import { fault as fullDisk } from "./f41-full-disk";
import { inSync as passwordLater, joins as password } from "./f42-password";
import { fault as download } from "./f43-download";
import { fault as directive } from "./f44-directive";
import { busy as packageLock, missing as packageMissing } from "./f45-package-lock";
import { everywhere as proxy, silent as metadataSilent } from "./f46-proxy";
import { directory as inDirectory, running as stockRedis } from "./f47-stock-redis";
import { fault as hook } from "./f48-hook";
import { owner as ownerStop, replica as replicaStop } from "./f49-stop-on-full-disk";
import { fault as shards } from "./f50-shards";
import { fault as saveKilled } from "./f51-save-killed";
import { fault as stopUnanswered } from "./f52-stop-unanswered";
import { fault as movedByHand } from "./f53-moved-by-hand";
import { takenOver } from "./f54-shell-agent";
import { hostile } from "./f55-hostile";
import { emptyMasterLater, oftenSynced } from "./f56-unverified";
import { leaving } from "./f58-leaving";
import { fault as secrets } from "./f59-secrets";
import { expired, rotated } from "./f60-rotation";
import { storeFails } from "./f61-store";
import { zones } from "./f62-zones";
import { upgrades } from "./f63-upgrade";

/** Every fault that is rehearsed. */
export const faults: readonly Fault[] = [
  kill,
  olderImage,
  interruption,
  joining,
  masterDown,
  seed,
  cut,
  seedReplica,
  returned,
  gone,
  forgotten,
  ...nodesConf,
  ...rdb,
  ...before,
  ...after,
  clean,
  older,
  twice,
  address,
  ...placement,
  plain,
  alone,
  unplugged,
  inbound,
  outbound,
  duplicateVolume,
  ...dataVolume,
  slow,
  fast,
  emptyMaster,
  minority,
  farBehind,
  ...appendOnly,
  receipt,
  ...accept,
  ...slowEmptyMaster,
  ...slowDuplicateVolume,
  ...lock,
  ...noMaster,
  ...ghosts,
  ...lockRefused,
  olderServer,
  upgraded,
  outputBuffer,
  fullDisk,
  password,
  passwordLater,
  download,
  directive,
  packageLock,
  packageMissing,
  proxy,
  metadataSilent,
  stockRedis,
  inDirectory,
  hook,
  replicaStop,
  ownerStop,
  shards,
  saveKilled,
  stopUnanswered,
  movedByHand,
  ...takenOver,
  ...hostile,
  emptyMasterLater,
  oftenSynced,
  ...leaving,
  secrets,
  rotated,
  expired,
  ...storeFails,
  zones,
  ...upgrades,
];
