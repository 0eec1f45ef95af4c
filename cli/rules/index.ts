import { addressNotKept } from "./address-not-kept";
import { agentVersionMismatch } from "./agent-version-mismatch";
import { allOnSpot } from "./all-on-spot";
import { architectureNotEnforced } from "./architecture-not-enforced";
import { assumedRootDevice } from "./assumed-root-device";
import { burstableType } from "./burstable-type";
import { fewSpotTypes } from "./few-spot-types";
import { fewerReplicasThanMasters } from "./fewer-replicas-than-masters";
import { fewerReplicasThanZones } from "./fewer-replicas-than-zones";
import { fractionalSpotPercentage } from "./fractional-spot-percentage";
import { gp3Limits } from "./gp3-limits";
import { ignoredChange } from "./ignored-change";
import { localState } from "./local-state";
import { lowMemoryHeadroom } from "./low-memory-headroom";
import { memoryBelowData } from "./memory-below-data";
import { noAuth } from "./no-auth";
import { noAutoHealing } from "./no-auto-healing";
import { noDestroyProtection } from "./no-destroy-protection";
import { noFallback } from "./no-fallback";
import { noMaxMemory } from "./no-max-memory";
import { noTls } from "./no-tls";
import { oneMaster } from "./one-master";
import { oneReplica } from "./one-replica";
import { oneSpotFamily } from "./one-spot-family";
import { oneSpotGeneration } from "./one-spot-generation";
import { oneZone } from "./one-zone";
import { noneOnSpot } from "./none-on-spot";
import { orphanedStorage } from "./orphaned-storage";
import { overriddenAttribute } from "./overridden-attribute";
import { passwordInClearText } from "./password-in-clear-text";
import { previousGeneration } from "./previous-generation";
import { replicaInMasterZone } from "./replica-in-master-zone";
import { requirementsBelowData } from "./requirements-below-data";
import { resumesPaused } from "./resumes-paused";
import { revertToSpotAnytime } from "./revert-to-spot-anytime";
import { secretsNotProxied } from "./secrets-not-proxied";
import { slowSourceBuild } from "./slow-source-build";
import { slowVolume } from "./slow-volume";
import { smallOnDemandType } from "./small-on-demand-type";
import { smallVolume } from "./small-volume";
import { unencryptedVolume } from "./unencrypted-volume";
import { unequalSpotMemory } from "./unequal-spot-memory";
import { unevenZones } from "./uneven-zones";
import { unknownType } from "./unknown-type";
import { unrestrictedCidr } from "./unrestricted-cidr";
import { volumeNotKept } from "./volume-not-kept";
import { zoneSpreadNotEnforced } from "./zone-spread-not-enforced";
import { type ReviewRule } from "./rule";

/** All rules by their ids, in the order of the list. */
export const RULES: ReadonlyMap<string, ReviewRule> = new Map([
  ["no-auth", noAuth],
  ["no-tls", noTls],
  ["password-in-clear-text", passwordInClearText],
  ["secrets-not-proxied", secretsNotProxied],
  ["agent-version-mismatch", agentVersionMismatch],
  ["unrestricted-cidr", unrestrictedCidr],
  ["all-on-spot", allOnSpot],
  ["none-on-spot", noneOnSpot],
  ["fractional-spot-percentage", fractionalSpotPercentage],
  ["no-destroy-protection", noDestroyProtection],
  ["one-zone", oneZone],
  ["replica-in-master-zone", replicaInMasterZone],
  ["one-master", oneMaster],
  ["one-replica", oneReplica],
  ["fewer-replicas-than-masters", fewerReplicasThanMasters],
  ["fewer-replicas-than-zones", fewerReplicasThanZones],
  ["uneven-zones", unevenZones],
  ["zone-spread-not-enforced", zoneSpreadNotEnforced],
  ["few-spot-types", fewSpotTypes],
  ["one-spot-family", oneSpotFamily],
  ["one-spot-generation", oneSpotGeneration],
  ["previous-generation", previousGeneration],
  ["burstable-type", burstableType],
  ["unknown-type", unknownType],
  ["architecture-not-enforced", architectureNotEnforced],
  ["memory-below-data", memoryBelowData],
  ["low-memory-headroom", lowMemoryHeadroom],
  ["requirements-below-data", requirementsBelowData],
  ["small-on-demand-type", smallOnDemandType],
  ["unequal-spot-memory", unequalSpotMemory],
  ["no-max-memory", noMaxMemory],
  ["assumed-root-device", assumedRootDevice],
  ["small-volume", smallVolume],
  ["slow-volume", slowVolume],
  ["gp3-limits", gp3Limits],
  ["unencrypted-volume", unencryptedVolume],
  ["volume-not-kept", volumeNotKept],
  ["address-not-kept", addressNotKept],
  ["no-fallback", noFallback],
  ["revert-to-spot-anytime", revertToSpotAnytime],
  ["slow-source-build", slowSourceBuild],
  ["no-auto-healing", noAutoHealing],
  ["orphaned-storage", orphanedStorage],
  ["resumes-paused", resumesPaused],
  ["ignored-change", ignoredChange],
  ["overridden-attribute", overriddenAttribute],
  ["local-state", localState],
]);
