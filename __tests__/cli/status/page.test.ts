import { type Look } from "../../../cli/status/look";
import { page } from "../../../cli/status/page";
import { othersIn, replicasOf } from "../../../cluster/fleet";
import { stateOf } from "../../../cluster/replica-state";
import { type StatefulInstance } from "../../../cluster/spot/group";
import { render } from "../../../cli/terminal";
import { exampleConfig } from "../../config/example";
import { drawn, type DrawnNode } from "../../support/drawn-view";

const COUNT = 24;
const SLOTS = 16_384;

/** The page of a cluster of three masters and 24 replicas at such addresses. */
function lines(host: (number: number) => string, state: string, type: string, zone: string): string[] {
  const masters = [0, 1, 2].map((index): DrawnNode => ({
    ...{ id: `m${index}`, host: host(index + 1) },
    slots: [Math.floor((index * SLOTS) / 3), Math.floor(((index + 1) * SLOTS) / 3) - 1],
  }));
  const replicas = Array.from({ length: COUNT }, (_, index): DrawnNode => ({
    ...{ id: `r${index}`, host: host(index + 101), master: `m${index % 3}` },
    // The largest lag that a cell has.
    ...{ offset: -999_999, flags: ["nofailover"] },
  }));
  const view = drawn([...masters, ...replicas]);
  const stateful = replicas.map((node, index): StatefulInstance => ({
    ...{ id: `ssi-0a1b2c${String(index).padStart(2, "0")}`, state, instanceId: `i-${index}` },
    privateIp: node.host,
  }));
  const instances = stateful.map(({ instanceId = "" }) => ({
    ...{ instanceId, instanceType: type, availabilityZone: zone, spotInstanceRequestId: "sir-1" },
  }));
  const group = { id: "sig-1", name: "n", capacity: { minimum: 0, maximum: COUNT, target: COUNT } };
  const fleet = { group, stateful, deallocated: [], instances };
  const joined = replicasOf([fleet], view);
  const look = {
    loaded: { config: exampleConfig(), source: { file: "redis-replicas.yaml" } },
    ...{ spot: { groups: [fleet] }, view, others: othersIn(joined, view), comparisons: [], findings: [] },
    replicas: joined.map((each) => ({ ...each, agent: stateOf(each) })),
  };
  return page(look as unknown as Look, 80).map((line) => render(line, false));
}

test.each([
  ["IPv4", (number: number) => `172.31.255.${number}`, "ACTIVE", "r6i.large", "us-west-2a"],
  ["long", (number: number) => `172.31.255.${number}`, "DEALLOCATING", "x2iedn.32xlarge", "us-west-2-lax-1a"],
  [
    "IPv6",
    (number: number) => `2001:db8:1234:5678:9abc:def0:1234:${number}`,
    ...["DEALLOCATING", "x2iedn.metal", "us-west-2-lax-1a"],
  ],
] as const)(
  "the table of 24 replicas has 100 columns, and each node can be identified: %s",
  (_, ...given) => {
    const rows = lines(...(given as Parameters<typeof lines>)).slice(2);
    expect(rows).toHaveLength(1 + COUNT + 3);
    expect(Math.max(...rows.map(({ length }) => length))).toBeLessThanOrEqual(100);
    for (const number of [101, 124]) expect(rows.filter((row) => row.includes(`${number} `))).toHaveLength(1);
    expect(rows.filter((row) => row.includes(" spot "))).toHaveLength(COUNT);
  },
);
