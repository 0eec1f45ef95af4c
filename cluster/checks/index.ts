import { brokenBusLink } from "./broken-bus-link";
import { type Check } from "./check";
import { clusterDisabled } from "./cluster-disabled";
import { clusterDown } from "./cluster-down";
import { duplicateGroup } from "./duplicate-group";
import { expiringCertificate } from "./expiring-certificate";
import { failedSave } from "./failed-save";
import { fewMasters } from "./few-masters";
import { fullCoverageRequired } from "./full-coverage-required";
import { ghostNode } from "./ghost-node";
import { groupDrift } from "./group-drift";
import { insufficientMemory } from "./insufficient-memory";
import { mastersInOneZone } from "./masters-in-one-zone";
import { maxmemoryMismatch } from "./maxmemory-mismatch";
import { missingGroup } from "./missing-group";
import { missingMasterauth } from "./missing-masterauth";
import { missingModule } from "./missing-module";
import { missingRight } from "./missing-right";
import { mixedVersions } from "./mixed-versions";
import { newerMaster } from "./newer-master";
import { noPersistence } from "./no-persistence";
import { noSecondCopy } from "./no-second-copy";
import { olderMaster } from "./older-master";
import { rejectedCredentials } from "./rejected-credentials";
import { replicaMigration } from "./replica-migration";
import { shardInOneZone } from "./shard-in-one-zone";
import { shortBacklog } from "./short-backlog";
import { shortBacklogTtl } from "./short-backlog-ttl";
import { smallOutputBuffer } from "./small-output-buffer";
import { spotReplicasCounted } from "./spot-replicas-counted";
import { tlsMismatch } from "./tls-mismatch";
import { unboundedMemory } from "./unbounded-memory";
import { uncoveredSlots } from "./uncovered-slots";
import { unequalNodeTimeout } from "./unequal-node-timeout";
import { unequalUsers } from "./unequal-users";
import { unequalViews } from "./unequal-views";
import { unreachableBusPort } from "./unreachable-bus-port";
import { unreachableNode } from "./unreachable-node";
import { zeroValidityFactor } from "./zero-validity-factor";
import { zoneMismatch } from "./zone-mismatch";

/** All rules by their IDs, in the order of the list. */
export const CHECKS: ReadonlyMap<string, Check> = new Map([
  ["unreachable-node", unreachableNode],
  ["unreachable-bus-port", unreachableBusPort],
  ["broken-bus-link", brokenBusLink],
  ["unequal-views", unequalViews],
  ["ghost-node", ghostNode],
  ["cluster-disabled", clusterDisabled],
  ["cluster-down", clusterDown],
  ["uncovered-slots", uncoveredSlots],
  ["few-masters", fewMasters],
  ["full-coverage-required", fullCoverageRequired],
  ["newer-master", newerMaster],
  ["older-master", olderMaster],
  ["mixed-versions", mixedVersions],
  ["missing-module", missingModule],
  ["missing-masterauth", missingMasterauth],
  ["unequal-users", unequalUsers],
  ["missing-right", missingRight],
  ["tls-mismatch", tlsMismatch],
  ["expiring-certificate", expiringCertificate],
  ["short-backlog", shortBacklog],
  ["short-backlog-ttl", shortBacklogTtl],
  ["small-output-buffer", smallOutputBuffer],
  ["unequal-node-timeout", unequalNodeTimeout],
  ["replica-migration", replicaMigration],
  ["zero-validity-factor", zeroValidityFactor],
  ["no-second-copy", noSecondCopy],
  ["spot-replicas-counted", spotReplicasCounted],
  ["insufficient-memory", insufficientMemory],
  ["unbounded-memory", unboundedMemory],
  ["maxmemory-mismatch", maxmemoryMismatch],
  ["no-persistence", noPersistence],
  ["failed-save", failedSave],
  ["shard-in-one-zone", shardInOneZone],
  ["masters-in-one-zone", mastersInOneZone],
  ["zone-mismatch", zoneMismatch],
  ["rejected-credentials", rejectedCredentials],
  ["missing-group", missingGroup],
  ["duplicate-group", duplicateGroup],
  ["group-drift", groupDrift],
]);
