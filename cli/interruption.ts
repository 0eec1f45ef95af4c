import { type ClusterConfig } from "../config/schema";
import { isVariable } from "../config/schema/values";
import { listOf } from "./rules/facts";

/** What happens when Spot takes an instance away, in plain sentences. */
export function interruptionStory(config: ClusterConfig): string[] {
  return [replacement(config), ...address(config), recovery(config), capacity(config), back(config)];
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
  return `Spot ends the instance and starts another${same}${copy}.`;
}

function address({ persistence = {} }: ClusterConfig): string[] {
  return (persistence.privateIp ?? true)
    ? ["The address belongs to a subnet, so the replacement is in the same zone."]
    : ["The replacement has another address, which the replica announces to the cluster."];
}

function recovery({ persistence = {}, dataVolume }: ClusterConfig): string {
  return ((dataVolume ? persistence.dataVolume : persistence.rootVolume) ?? true)
    ? "The replica comes back as the same node with its data, and fetches what it missed from its master. If it had been promoted and nothing proves its data fresh, it waits for another copy to be elected, or refuses to start until you decide."
    : "The replica joins as a new node and fetches all data from its master.";
}

function capacity({ strategy = {}, instanceTypes: { onDemand } }: ClusterConfig): string {
  const type = isVariable(onDemand) ? `machine of the type in var.${onDemand.variable}` : onDemand;
  const { fallbackToOnDemand = true } = strategy;
  if (isVariable(fallbackToOnDemand))
    return `Where there is no spot capacity, an on-demand ${type} takes its place if var.${fallbackToOnDemand.variable} is true; otherwise the replica is missing until there is.`;
  return fallbackToOnDemand
    ? `Where there is no spot capacity, an on-demand ${type} takes its place.`
    : "Where there is no spot capacity, the replica is missing until there is.";
}

function back({ strategy = {} }: ClusterConfig): string {
  const { fallbackToOnDemand = true, revertToSpot = "never" } = strategy;
  if (!fallbackToOnDemand) return "No on-demand instance is ever started.";
  if (revertToSpot === "never")
    return "A replica that fell back to on-demand stays there until you recycle it.";
  const when =
    revertToSpot === "always"
      ? "as soon as there is spot capacity"
      : `within ${revertToSpot.join(", ")} (UTC)`;
  return `A replica that fell back to on-demand is replaced by a spot instance ${when}, and is away while that lasts.`;
}
