import { drillPage } from "../../cli/drill-page";
import { type Drill } from "../../cluster/drill/drill";

const START = Date.parse("2026-01-01T00:00:00Z");
const DRILL: Drill = {
  cluster: "redis-replicas",
  statefulInstanceId: "ssi-1",
  privateIp: "10.0.1.1",
  nodeId: "a".repeat(40),
  requestedAt: START,
  moments: new Map([
    ["server_gone", 400],
    ["in_sync", 12_300],
  ]),
  resync: { kind: "partial", full: 0, partial: 1, bytes: 48_213 },
  writes: [{ at: START + 100, acknowledged: true }],
  acknowledged: 1,
  failed: 0,
  longestGap: 7,
  readback: { lost: 0, lostOnReplica: 0, unread: 0 },
  isCleaned: true,
};

test("the page has each moment, in the order of the times, and those that were not seen last", () => {
  const page = drillPage(DRILL);
  const places = ["server gone", "in sync for all masters", "new instance runs"].map((name) =>
    page.indexOf(`>${name}<`),
  );
  expect(places).toEqual([...places].sort((one, other) => one - other));
  expect(page).toContain("12.3 s");
  expect(page).toContain("not seen");
  expect(page).toContain("48,213 bytes");
  expect(page).toContain("No acknowledged write was lost.");
});

test("lost writes and unread keys come first on the page", () => {
  expect(drillPage({ ...DRILL, readback: { lost: 1, lostOnReplica: 2, unread: 0 } })).toContain(
    "<strong>3 keys lost an acknowledged write.</strong>",
  );
  expect(drillPage({ ...DRILL, readback: { lost: 0, lostOnReplica: 0, unread: 1 } })).toContain(
    "Not every key could be read back.",
  );
});

test("texts are escaped", () => {
  expect(drillPage({ ...DRILL, cluster: `<b a="1">&` })).not.toContain("<b a");
});
