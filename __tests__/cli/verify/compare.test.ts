import { after, type Compared, isSame } from "../../../cli/verify/compare";
import { statusOf } from "../../../cluster/node-status";
import { drawn, type DrawnNode } from "../../support/drawn-view";

const master = { id: "master", host: "10.0.1.10", slots: [0, 16_383] } as const;
const replica = { id: "replica", host: "10.0.1.21", master: "master" } as const;

/** A comparison that found nothing, and what the cluster is after it. */
function comparedThen(...nodes: readonly DrawnNode[]): Compared {
  const before = drawn([master, replica]);
  return after(drawn(nodes), {
    status: statusOf(before, "replica"),
    ...{ master: { host: master.host, port: 6379 }, slots: undefined, contents: undefined },
    ...{ obstacle: undefined, ailments: [] },
  });
}

test("a replica that is as it was before its comparison is the same", () => {
  expect(isSame(comparedThen(master, replica))).toBe(true);
});

test("a replica whose link was lost meanwhile is not in sync, and the link is named", () => {
  const compared = comparedThen(master, { ...replica, link: "down" });
  expect(isSame(compared)).toBe(false);
  expect(compared.ailments.map(({ kind }) => kind)).toContain("replication_down");
});

test("a replica that was promoted meanwhile was not compared with its master", () => {
  const compared = comparedThen(
    { id: "master", host: "10.0.1.10", master: "replica" },
    { id: "replica", host: "10.0.1.21", slots: [0, 16_383] },
  );
  expect(isSame(compared)).toBe(false);
  expect(compared.obstacle?.reason).toBe("its role or its master has changed meanwhile; run `verify` again");
});
