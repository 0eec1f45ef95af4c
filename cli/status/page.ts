import { showAilments } from "../../cluster/ailments";
import { type Endpoint, showEndpoint } from "../../cluster/endpoint";
import { type NodeStatus } from "../../cluster/node-status";
import { isWell } from "../../cluster/replica-state";
import { showDifference } from "../../cluster/spot/group-difference";
import { endpointOf, type View } from "../../cluster/view";
import { REDIS_PORT } from "../../constructs/access/redis-ports";
import { shortBytes } from "../bytes";
import { type Column, table } from "../table";
import { type Line, styled, wrap } from "../terminal";
import { type Look, type ReplicaRow } from "./look";

/** The width that the table fits into. */
const WIDTH = 100;

/** The page of one cluster. Below the table is a line for each finding and each difference. */
export function page(look: Look, terminalWidth: number): Line[] {
  const { loaded, spot, replicas, others, view, comparisons, findings } = look;
  const width = Math.max(WIDTH, terminalWidth);
  const note = (text: string): string[] => wrap(text, width, "  ", "    ");
  const isAsked = "groups" in spot;
  const usual = loaded.config.redis?.port ?? REDIS_PORT;
  const kept = replicas.filter(({ agent }) => agent.state !== "spare");
  const rows = [
    ...replicas.map((each) => replicaRow(each, view, usual)),
    ...[...others]
      .sort(byRole)
      .map((each) => ["-", "-", "-", "-", ...nodeCells(each, view, usual), stateOfOther(each)]),
  ];
  return [
    [styled("bold", `${loaded.config.name} (${loaded.source.file})`)],
    ...note(
      isAsked
        ? `${kept.filter(({ agent }) => isWell(agent)).length} of ${kept.length} replicas in sync`
        : `Spot: ${spot.reason}`,
    ),
    ...table(columnsOf(rows, isAsked), width),
    ...showAilments(findings).flatMap(note),
    ...comparisons.flatMap(({ group, differences, notCompared }) => [
      ...differences.flatMap((each) => note(`${group.name} (${group.id}): ${showDifference(each)}`)),
      ...(notCompared.length === 0
        ? []
        : note(
            `${group.name}: not compared, since only Terraform has the values: ${notCompared.join(", ")}`,
          )),
    ]),
  ];
}

const TITLES = ["INSTANCE", "SPOT", "TYPE", "ZONE", "ADDRESS", "ROLE", "MASTER", "LINK", "LAG", "STATE"];
const OF_SPOT = 4;
/** What cells keep in a table that is too wide. The end of an address or a zone is what tells two apart. */
const SHORTENED: Readonly<Record<string, Pick<Column, "least" | "keepsEnd">>> = {
  TYPE: { least: 7, keepsEnd: true },
  ZONE: { least: 6, keepsEnd: true },
  ADDRESS: { least: 12, keepsEnd: true },
  MASTER: { least: 8, keepsEnd: true },
};

function columnsOf(rows: readonly (readonly string[])[], isAsked: boolean): Column[] {
  const columns = TITLES.map((title, index) => ({
    title,
    cells: rows.map((row) => row[index] ?? ""),
    ...SHORTENED[title],
  }));
  return isAsked ? columns : columns.slice(OF_SPOT);
}

function replicaRow({ stateful, instance, node, agent }: ReplicaRow, view: View, usual: number): string[] {
  const type = instance?.instanceType ?? "-";
  const lifecycle = instance?.spotInstanceRequestId === undefined ? "od" : "spot";
  const cells =
    node === undefined ? [stateful.privateIp ?? "-", "-", "-", "-", "-"] : nodeCells(node, view, usual);
  return [
    ...[
      stateful.id,
      stateful.state,
      instance === undefined ? "-" : `${type} ${lifecycle}`,
      instance?.availabilityZone ?? "-",
    ],
    ...[stateful.privateIp ?? "-", ...cells.slice(1), agent.state.replaceAll("_", " ")],
  ];
}

/** Address, role, master, link and lag of a node. */
function nodeCells(
  { endpoint, role, master, link, behind }: NodeStatus,
  view: View,
  usual: number,
): string[] {
  const listed = master === undefined ? undefined : view.agreed(master);
  const at = listed && endpointOf(listed);
  return [
    endpoint === undefined ? "-" : short(endpoint, usual),
    role,
    at === undefined ? "-" : short(at, usual),
    link ?? "-",
    link === undefined || behind === undefined ? "-" : shortBytes(behind),
  ];
}

/** Without the port that the config has. */
function short(endpoint: Endpoint, usual: number): string {
  return endpoint.port === usual ? endpoint.host : showEndpoint(endpoint);
}

function stateOfOther({ silence, contradictions, role, isInSync }: NodeStatus): string {
  if (silence !== undefined) return "no answer";
  if (contradictions.length > 0) return "contradiction";
  return role === "replica" ? (isInSync ? "in sync" : "not in sync") : "answers";
}

function byRole(one: NodeStatus, other: NodeStatus): number {
  const key = ({ role, endpoint, id }: NodeStatus): string =>
    `${role === "owner" ? 0 : 1} ${endpoint === undefined ? id : showEndpoint(endpoint)}`;
  return key(one).localeCompare(key(other), "en", { numeric: true });
}
