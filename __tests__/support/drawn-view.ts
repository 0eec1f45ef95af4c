import { known, unanswered } from "../../cluster/answer";
import { parseClusterNodes } from "../../cluster/cluster-nodes";
import { parseInfo } from "../../cluster/info";
import { type Member } from "../../cluster/member";
import { View } from "../../cluster/view";

/** A node of a cluster as it is drawn for a test. All members see it alike. */
export interface DrawnNode {
  readonly id: string;
  readonly host: string;
  /** First and last slot of an owner. */
  readonly slots?: readonly [number, number];
  readonly master?: string;
  /** @default up */
  readonly link?: "up" | "down";
  /** @default 100 */
  readonly offset?: number;
  /** It answers nothing. @default false */
  readonly silent?: boolean;
  /** Further flags, such as `fail`. @default none */
  readonly flags?: readonly string[];
}

const PORT = 6379;

/** The answers of a cluster of these nodes. */
export function drawn(nodes: readonly DrawnNode[]): View {
  return new View(nodes.map((node) => memberOf(node, nodes)));
}

function memberOf(self: DrawnNode, all: readonly DrawnNode[]): Member {
  const endpoint = { host: self.host, port: PORT };
  if (self.silent === true) {
    const none = unanswered("timeout", `${self.host}:${PORT}: no answer within 3000 ms`);
    return { endpoint, nodes: none, info: none, cluster: none };
  }
  const lines = all.map((node) => {
    const flags = [
      ...(node === self ? ["myself"] : []),
      node.master === undefined ? "master" : "slave",
      ...(node.flags ?? []),
    ];
    const slots = node.slots === undefined ? "" : ` ${node.slots.join("-")}`;
    const link = node.silent === true ? "disconnected" : "connected";
    return `${node.id} ${node.host}:${PORT}@16379 ${flags.join(",")} ${node.master ?? "-"} 0 0 1 ${link}${slots}`;
  });
  return {
    endpoint,
    nodes: known(parseClusterNodes(lines.join("\n"))),
    info: known(parseInfo(infoOf(self, all))),
    cluster: known({ cluster_state: "ok" }),
  };
}

function infoOf({ id, master, link = "up", offset = 100 }: DrawnNode, all: readonly DrawnNode[]): string {
  if (master !== undefined) {
    const host = all.find((node) => node.id === master)?.host ?? "";
    return `role:slave\nmaster_host:${host}\nmaster_port:${PORT}\nmaster_link_status:${link}\nslave_repl_offset:${offset}`;
  }
  const replicas = all.filter((node) => node.master === id && node.link !== "down" && node.silent !== true);
  const lines = replicas.map(
    (node, index) =>
      `slave${index}:ip=${node.host},port=${PORT},state=online,offset=${node.offset ?? 100},lag=0`,
  );
  return [`role:master`, "master_repl_offset:100", ...lines].join("\n");
}
