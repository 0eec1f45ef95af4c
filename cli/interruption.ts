import { type ClusterConfig } from "../config/schema";
import { isVariable } from "../config/schema/values";
import { listOf } from "./rules/facts";

/** What happens when Spot interrupts an instance, in sentences. */
export function interruptionSteps(config: ClusterConfig): string[] {
  return [replacement(config), ...address(config), recovery(config), capacity(config), revert(config)];
}

function replacement({ persistence = {}, dataVolume }: ClusterConfig): string {
  const { rootVolume = true, privateIp = true } = persistence;
  const data = dataVolume !== undefined && (persistence.dataVolume ?? true);
  const copied = dataVolume?.mode === "snapshot";
  const kept = [
    rootVolume && "root volume",
    data && !copied && "data volume",
    privateIp && "private IP",
  ].filter((part) => part !== false);
  const same = kept.length > 0 ? ` with the same ${listOf(kept)}` : "";
  const copy = data && copied ? `${same ? " and" : " with"} a data volume made from the latest snapshot` : "";
  return `Spot stops the instance and starts another${same}${copy}.`;
}

function address({ persistence = {} }: ClusterConfig): string[] {
  return (persistence.privateIp ?? true)
    ? ["The address belongs to a subnet, so the replacement is in the same zone."]
    : ["The replacement has another address, and announces it to the cluster."];
}

function recovery({ persistence = {}, dataVolume }: ClusterConfig): string {
  return ((dataVolume ? persistence.dataVolume : persistence.rootVolume) ?? true)
    ? "The replica keeps its node ID and data, and fetches what it missed from its master. If it was promoted and its data is not proven fresh, it waits for the election of another replica, or refuses to start (exit code 20) until an operator decides."
    : "The replica joins as a new node and fetches all data from its master.";
}

function capacity({ strategy = {}, instanceTypes: { onDemand } }: ClusterConfig): string {
  const type = isVariable(onDemand)
    ? `instance of the type in var.${onDemand.variable}`
    : [onDemand]
        .flat()
        .map((each) => (isVariable(each) ? `type in var.${each.variable}` : each))
        .join(" or ");
  const { fallbackToOnDemand = true } = strategy;
  if (isVariable(fallbackToOnDemand))
    return `Without spot capacity, an on-demand ${type} replaces it if var.${fallbackToOnDemand.variable} is true. Otherwise the replica is missing until capacity returns.`;
  return fallbackToOnDemand
    ? `Without spot capacity, an on-demand ${type} replaces it.`
    : "Without spot capacity, the replica is missing until capacity returns.";
}

function revert({ strategy = {} }: ClusterConfig): string {
  const { fallbackToOnDemand = true, revertToSpot = "never", onDemandCount, spotPercentage = 100 } = strategy;
  const isMixed = onDemandCount !== undefined || spotPercentage !== 100;
  if (!fallbackToOnDemand)
    return isMixed
      ? "Only the on-demand share is started on-demand."
      : "On-demand instances are never started.";
  const replica = isMixed
    ? "A replica beyond the on-demand share that is on an on-demand instance"
    : "A replica on an on-demand instance";
  if (revertToSpot === "never") return `${replica} stays there until you recycle it.`;
  const when =
    revertToSpot === "always"
      ? "as soon as there is spot capacity"
      : `within ${revertToSpot.join(", ")} (UTC)`;
  return `${replica} is replaced by a spot instance ${when}, and is down meanwhile.`;
}
