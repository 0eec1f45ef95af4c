import { describeWith } from "../support/needs";
import { agent } from "../support/shell";

const START = [
  // data, own, quorum, seen, elsewhere, same -> action
  ["an empty volume starts, for it has nothing to lose", "empty - no none no no", "start"],
  ["data without a readable nodes.conf would claim slots", "orphan - yes none no yes", "refuse"],
  ["a replica the cluster knows as one starts", "known replica yes replica no no", "start"],
  ["a replica whose join was cut half-way starts", "known bare yes bare no no", "start"],
  ["a replica the cluster forgot starts, to be met again", "known replica yes none no no", "start"],
  ["a node whose id answers elsewhere is refused", "known replica yes replica yes no", "refuse"],
  ["the same node is refused even where no majority answers", "known replica no none yes yes", "refuse"],
  ["without a majority a rebooted replica starts", "known replica no none no yes", "start"],
  ["without a majority a replacement waits", "known replica no none no no", "later"],
  ["without a majority an owner of slots waits, rebooted or not", "known owner no none no yes", "later"],
  ["a node the cluster says owns slots may hold old data", "known replica yes owner no no", "refuse"],
  ["so may one that believes it itself", "known owner yes owner no yes", "refuse"],
  [
    "a file that claims slots the cluster has given away is refused",
    "known owner yes replica no no",
    "refuse",
  ],
] as const;

const JOIN = [
  // own, quorum, listed, link, synced -> action
  ["a new node meets the masters", "bare yes none down no", "meet"],
  ["a node that some master does not list meets them again", "replica yes some up yes", "meet"],
  ["a listed node without a master chooses one", "bare yes all down no", "replicate"],
  ["a replica whose link is down waits", "replica yes all down no", "later"],
  ["a replica behind its master waits: a link alone proves nothing", "replica yes all up no", "later"],
  ["a replica in sync and listed by all is healthy", "replica yes all up yes", "healthy"],
  ["nothing is done on the word of a minority", "bare no none down no", "later"],
  ["a promoted node is left alone", "owner yes some down no", "promoted"],
] as const;

describeWith(["bash"], "decide_start", () => {
  test.each(START)("%s (%s)", (_name, facts, action) => {
    expect(agent(["decide"], `decide_start ${facts}`).stdout.split(" ")[0]).toBe(action);
  });

  test("every combination of facts gets one action, and no slots are ever served on an unproven volume", () => {
    const script = `
      for data in empty known orphan; do for own in - bare owner replica; do for quorum in yes no; do
      for seen in none bare owner replica; do for elsewhere in yes no; do for same in yes no; do
        echo "$data $own $quorum $seen $elsewhere $same=$(decide_start $data $own $quorum $seen $elsewhere $same)"
      done; done; done; done; done; done`;
    const rows = agent(["decide"], script).stdout.split("\n");
    expect(rows).toHaveLength(3 * 4 * 2 * 4 * 2 * 2);
    for (const row of rows) {
      const [facts = "", action = ""] = row.split("=");
      expect(action).toMatch(/^(start|later \S.*|refuse \S.*)$/);
      const [data, own, quorum, seen, elsewhere] = facts.split(" ");
      if (action === "start" && data !== "empty") {
        expect([row, own]).not.toEqual([row, "owner"]);
        // What a minority says of the node is no fact.
        if (quorum === "yes") expect([row, seen]).not.toEqual([row, "owner"]);
        expect([row, elsewhere]).toEqual([row, "no"]);
      }
    }
  });
});

describeWith(["bash"], "decide_join", () => {
  test.each(JOIN)("%s (%s)", (_name, facts, action) => {
    expect(agent(["decide"], `decide_join ${facts}`).stdout.split(" ")[0]).toBe(action);
  });
});
