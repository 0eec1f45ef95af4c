import { type Rule } from "./rule";
import { addressNotKept } from "./address-not-kept";
import { allOnSpot } from "./all-on-spot";
import { alwaysBackToSpot } from "./always-back-to-spot";
import { burstingType } from "./bursting-type";
import { fewSpotTypes } from "./few-spot-types";
import { fewerReplicasThanMasters } from "./fewer-replicas-than-masters";
import { fewerReplicasThanZones } from "./fewer-replicas-than-zones";
import { gp3Limits } from "./gp3-limits";
import { imageNeverReaches } from "./image-never-reaches";
import { leftBehind } from "./left-behind";
import { localState } from "./local-state";
import { looseRequirements } from "./loose-requirements";
import { memoryBelowData } from "./memory-below-data";
import { memoryTight } from "./memory-tight";
import { noAuth } from "./no-auth";
import { noAutoHealing } from "./no-auto-healing";
import { noDescription } from "./no-description";
import { noFallback } from "./no-fallback";
import { noMaxMemory } from "./no-max-memory";
import { onDemandMemory } from "./on-demand-memory";
import { oneMaster } from "./one-master";
import { oneReplica } from "./one-replica";
import { oneSpotFamily } from "./one-spot-family";
import { oneSpotGeneration } from "./one-spot-generation";
import { oneZone } from "./one-zone";
import { openToAll } from "./open-to-all";
import { previousGeneration } from "./previous-generation";
import { otherAgent } from "./other-agent";
import { rootVolumeNotKept } from "./root-volume-not-kept";
import { slowRootVolume } from "./slow-root-volume";
import { slowSourceBuild } from "./slow-source-build";
import { smallRootVolume } from "./small-root-volume";
import { unencryptedRootVolume } from "./unencrypted-root-volume";
import { unequalSpotMemory } from "./unequal-spot-memory";
import { unevenZones } from "./uneven-zones";
import { unknownType } from "./unknown-type";
import { unnamedArchitecture } from "./unnamed-architecture";
import { unprotected } from "./unprotected";
import { unspreadOrientation } from "./unspread-orientation";
import { wakesPaused } from "./wakes-paused";

/** All rules by their ids, in the order in which they speak. */
export const RULES: ReadonlyMap<string, Rule> = new Map([
  ["no-auth", noAuth],
  ["other-agent", otherAgent],
  ["open-to-all", openToAll],
  ["all-on-spot", allOnSpot],
  ["unprotected", unprotected],
  ["one-zone", oneZone],
  ["one-master", oneMaster],
  ["one-replica", oneReplica],
  ["fewer-replicas-than-masters", fewerReplicasThanMasters],
  ["fewer-replicas-than-zones", fewerReplicasThanZones],
  ["uneven-zones", unevenZones],
  ["unspread-orientation", unspreadOrientation],
  ["few-spot-types", fewSpotTypes],
  ["one-spot-family", oneSpotFamily],
  ["one-spot-generation", oneSpotGeneration],
  ["previous-generation", previousGeneration],
  ["bursting-type", burstingType],
  ["unknown-type", unknownType],
  ["unnamed-architecture", unnamedArchitecture],
  ["memory-below-data", memoryBelowData],
  ["memory-tight", memoryTight],
  ["loose-requirements", looseRequirements],
  ["on-demand-memory", onDemandMemory],
  ["unequal-spot-memory", unequalSpotMemory],
  ["no-max-memory", noMaxMemory],
  ["small-root-volume", smallRootVolume],
  ["slow-root-volume", slowRootVolume],
  ["gp3-limits", gp3Limits],
  ["unencrypted-root-volume", unencryptedRootVolume],
  ["root-volume-not-kept", rootVolumeNotKept],
  ["address-not-kept", addressNotKept],
  ["image-never-reaches", imageNeverReaches],
  ["no-fallback", noFallback],
  ["always-back-to-spot", alwaysBackToSpot],
  ["slow-source-build", slowSourceBuild],
  ["no-auto-healing", noAutoHealing],
  ["left-behind", leftBehind],
  ["wakes-paused", wakesPaused],
  ["local-state", localState],
  ["no-description", noDescription],
]);
