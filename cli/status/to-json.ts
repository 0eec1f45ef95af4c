import { showEndpoint } from "../../cluster/endpoint";
import { type NodeStatus } from "../../cluster/node-status";
import { type Cost } from "./cost";
import { isHealthy, type Look, type ReplicaRow } from "./look";

/** A look as `--json` prints it. */
export function lookToJson(look: Look, cost: Cost | undefined): Record<string, unknown> {
  const { loaded, spot, replicas, others, view, comparisons, findings } = look;
  return {
    file: loaded.source.file,
    name: loaded.config.name,
    healthy: isHealthy(look),
    spot: "groups" in spot ? { asked: true, reason: null } : { asked: spot.isFailure, reason: spot.reason },
    groups: comparisons.map(({ group, differences, notCompared }) => ({
      id: group.id,
      name: group.name,
      capacity: group.capacity.target,
      differences,
      not_compared: notCompared,
    })),
    replicas: replicas.map(replicaToJson),
    other_nodes: others.map(nodeToJson),
    uncovered_slots: view.answering.length === 0 ? null : view.uncovered,
    findings,
    ...(cost === undefined ? {} : { cost: costToJson(cost) }),
  };
}

function replicaToJson({ group, stateful, instance, node, agent }: ReplicaRow): Record<string, unknown> {
  return {
    group: group.id,
    stateful_instance: stateful.id,
    spot_state: stateful.state,
    instance_id: stateful.instanceId ?? null,
    instance_type: instance?.instanceType ?? null,
    lifecycle:
      instance === undefined ? null : instance.spotInstanceRequestId === undefined ? "on_demand" : "spot",
    availability_zone: instance?.availabilityZone ?? null,
    private_ip: stateful.privateIp ?? null,
    launched_at: stateful.launchedAt ?? null,
    state: agent.state,
    detail: agent.detail,
    node: node === undefined ? null : nodeToJson(node),
  };
}

/** A node as `--json` prints it. */
export function nodeToJson(node: NodeStatus): Record<string, unknown> {
  return {
    id: node.id,
    address: node.endpoint === undefined ? null : showEndpoint(node.endpoint),
    role: node.role,
    master: node.master ?? null,
    link: node.link ?? null,
    behind_bytes: node.behind ?? null,
    answers: node.silence === undefined,
    in_sync: node.isInSync,
    contradictions: node.contradictions,
  };
}

function costToJson({ shares, usdPerHour, usdPerHourOnDemand, unpriced }: Cost): Record<string, unknown> {
  return {
    shares,
    usd_per_hour: usdPerHour ?? null,
    usd_per_hour_on_demand: usdPerHourOnDemand ?? null,
    unpriced,
  };
}
