import { describeWith } from "../../support/needs";
import { agent } from "../../support/shell";

/** A healthy replica that comes back on a new instance; each case names what differs. */
const healthy = {
  data: "known",
  own: "replica",
  retired: "no",
  elsewhere: "no",
  quorum: "yes",
  same: "no",
  seen: "replica",
  owner: "live",
  stale: "no",
  copy: "none",
  proof: "no",
  aof: "no",
  accepted: "no",
  waited: "no",
};

type Facts = Partial<Record<keyof typeof healthy, string>>;

/** The first time that somebody else can be elected is over. */
const promoted: Facts = { seen: "owner", own: "owner", owner: "none" };

const START: [string, Facts, string][] = [
  ["a replica follows the owner of its shard", {}, "follow"],
  [
    "an empty volume starts, for it has nothing to lose",
    { data: "empty", own: "none", seen: "none" },
    "start",
  ],
  ["even where nobody answers", { data: "empty", own: "none", seen: "none", quorum: "no" }, "start"],
  ["a retired node stays out", { retired: "yes" }, "refuse"],
  ["a node whose id answers elsewhere is refused", { elsewhere: "yes" }, "refuse"],
  [
    "the same node is refused even where no majority answers",
    { elsewhere: "yes", quorum: "no", same: "yes" },
    "refuse",
  ],
  ["without a majority a rebooted replica starts", { quorum: "no", same: "yes" }, "start"],
  ["without a majority a replacement waits", { quorum: "no" }, "later"],
  [
    "without a majority an owner waits, rebooted or not",
    { quorum: "no", own: "owner", same: "yes" },
    "later",
  ],
  ["after 15 minutes of that a person is told", { quorum: "no", waited: "long" }, "stuck"],
  [
    "data of a node that nobody can name is set aside",
    { data: "orphan", own: "none", seen: "none" },
    "fresh",
  ],
  ["a replica whose master is down follows it all the same", { owner: "down" }, "follow"],
  ["an owner that came back empty or old is not followed", { stale: "yes" }, "refuse"],
  ["an owner that is loading its data cannot be compared yet", { stale: "loading" }, "later"],
  ["a forgotten replica follows the owner of its shard, to be met again", { seen: "none" }, "follow"],
  ["a node that lost its slots while away follows who has them", { own: "owner", seen: "bare" }, "follow"],
  ["a join that was cut half-way goes on", { own: "bare", seen: "bare", owner: "none" }, "start"],
  ["a shard that was split up has no one owner to follow", { seen: "none", owner: "several" }, "fresh"],
  ["a shard whose owner is down is waited for", { seen: "none", owner: "down" }, "later"],
  ["and a person is told after 15 minutes", { seen: "none", owner: "down", waited: "long" }, "stuck"],
  ["an image from before the promotion waits for an election", { seen: "owner", copy: "following" }, "later"],
  ["and is refused when there was none", { seen: "owner", copy: "following", waited: "window" }, "refuse"],
  ["with no copy it waits for one to show up", { seen: "owner" }, "later"],
  ["and is refused when none did", { seen: "owner", waited: "window" }, "refuse"],
  [
    "an owner proven fresh serves at once where nobody can be elected",
    { ...promoted, proof: "yes" },
    "serve",
  ],
  [
    "but lets a copy that followed it be elected first",
    { ...promoted, proof: "yes", copy: "following" },
    "later",
  ],
  [
    "and serves when that did not happen",
    { ...promoted, proof: "yes", copy: "following", waited: "window" },
    "serve",
  ],
  [
    "a proof of a file that says replica proves nothing about slots",
    { ...promoted, own: "replica", proof: "yes", waited: "window" },
    "refuse",
  ],
  [
    "a crashed owner on its own volume serves from its append-only file",
    { ...promoted, same: "yes", aof: "yes", waited: "window" },
    "serve-aof",
  ],
  ["what a person accepts is served", { ...promoted, accepted: "yes" }, "serve"],
  ["and what a person accepts to lose is followed", { stale: "yes", accepted: "yes" }, "follow"],
  [
    "but never under an id that is live elsewhere",
    { ...promoted, accepted: "yes", elsewhere: "yes" },
    "refuse",
  ],
  ["a restored owner does not", { ...promoted, aof: "yes", waited: "window" }, "refuse"],
];

/** A new node's first look; each case names what differs. */
const fresh = {
  own: "bare",
  quorum: "yes",
  listed: "all",
  link: "up",
  owner: "none",
  waited: "no",
  synced: "yes",
};

const replica = { own: "replica", owner: "live" };

const JOIN: [string, Partial<typeof fresh>, string][] = [
  ["a new node meets the masters", { listed: "none" }, "meet"],
  ["a node that some master does not list meets them again", { ...replica, listed: "some" }, "meet"],
  ["a listed node without a master chooses one", {}, "replicate"],
  ["a replica whose link is down waits", { ...replica, link: "down" }, "later"],
  ["however long, while its master is live", { ...replica, link: "down", waited: "long" }, "later"],
  ["a replica whose master is down waits", { ...replica, link: "down", owner: "down" }, "later"],
  ["and a person is told after W", { ...replica, link: "down", owner: "down", waited: "window" }, "stuck"],
  ["a replica behind its master waits: a link alone proves nothing", { ...replica, synced: "no" }, "later"],
  ["a replica in sync and listed by all is healthy", replica, "healthy"],
  ["nothing is done on the word of a minority", { quorum: "no", listed: "none" }, "later"],
  ["a promoted node is left alone", { own: "owner", listed: "some", link: "down" }, "promoted"],
];

function words(facts: Readonly<Record<string, string>>): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

describeWith(["bash"], "decide_start", () => {
  test.each(START)("%s", (_name, facts, action) => {
    expect(agent(["decide"], `decide_start ${words({ ...healthy, ...facts })}`).stdout.split(" ")[0]).toBe(
      action,
    );
  });

  test("every combination of facts gets one action, and the laws hold for each", () => {
    const script = `
      for data in empty known orphan; do for own in none bare owner replica; do for elsewhere in yes no; do
      for quorum in yes no; do for same in yes no; do for seen in none bare owner replica; do
      for owner in live down several none; do for stale in yes no loading; do for copy in following other none; do
      for proof in yes no; do for aof in yes no; do for waited in no window long; do
        facts="data=$data own=$own retired=no elsewhere=$elsewhere quorum=$quorum same=$same seen=$seen owner=$owner stale=$stale copy=$copy proof=$proof aof=$aof accepted=no waited=$waited"
        printf '%s ' $facts
        decide_start $facts
      done; done; done; done; done; done; done; done; done; done; done; done`;
    const rows = agent(["decide"], script).stdout.split("\n");
    expect(rows).toHaveLength(3 * 4 * 2 * 2 * 2 * 4 * 4 * 3 * 3 * 2 * 2 * 3);
    const broken = rows.filter((row) => {
      const given = Object.fromEntries(
        [...row.matchAll(/(\w+)=(\w+)/g)].map(([, name, value]) => [name, value]),
      );
      const action = row.replace(/^(\w+=\w+ )*/, "");
      if (!/^(start|follow|serve|serve-aof|fresh|later \S.*|stuck \S.*|refuse \S.*)$/.test(action))
        return true;
      const runs = /^(start|follow|serve)/.test(action);
      const holdsData = given.data !== "empty";
      // An identity that is live elsewhere is never used.
      if (runs && holdsData && given.elsewhere === "yes") return true;
      // Slots are served only by a volume proven to be the last life's, or by the same machine's append-only file.
      const unproven = !(
        given.proof === "yes" ||
        (given.same === "yes" && given.aof === "yes" && given.waited !== "no")
      );
      if (action.startsWith("serve") && (given.quorum === "no" || given.own !== "owner" || unproven))
        return true;
      if (
        runs &&
        holdsData &&
        given.quorum === "yes" &&
        given.seen === "owner" &&
        !action.startsWith("serve")
      )
        return true;
      // A file that says owner is never started as it is but by that proof.
      if (action === "start" && holdsData && given.own === "owner") return true;
      // Nobody follows an owner that would wipe what only this volume has.
      if (action === "follow" && given.stale !== "no") return true;
      // Data is set aside only on a majority's word.
      return action === "fresh" && given.quorum === "no";
    });
    expect(broken).toEqual([]);
  }, 120_000);
});

describeWith(["bash"], "decide_join", () => {
  test.each(JOIN)("%s", (_name, facts, action) => {
    expect(agent(["decide"], `decide_join ${words({ ...fresh, ...facts })}`).stdout.split(" ")[0]).toBe(
      action,
    );
  });

  test("every combination of facts gets one step, and the laws hold for each", () => {
    const script = `
      for own in bare owner replica; do for quorum in yes no; do for listed in all some none; do
      for link in up down; do for owner in live down several none; do for waited in no window long; do
      for synced in yes no; do
        facts="own=$own quorum=$quorum listed=$listed link=$link owner=$owner waited=$waited synced=$synced"
        printf '%s ' $facts
        decide_join $facts
      done; done; done; done; done; done; done`;
    const rows = agent(["decide"], script).stdout.split("\n");
    expect(rows).toHaveLength(3 * 2 * 3 * 2 * 4 * 3 * 2);
    const broken = rows.filter((row) => {
      const given = Object.fromEntries(
        [...row.matchAll(/(\w+)=(\w+)/g)].map(([, name, value]) => [name, value]),
      );
      const action = row.replace(/^(\w+=\w+ )*/, "");
      if (!/^(meet|replicate|healthy|promoted|later \S.*|stuck \S.*)$/.test(action)) return true;
      // A node that serves is never told to follow anybody, and one without a majority does nothing.
      if ((given.own === "owner") !== (action === "promoted")) return true;
      if (given.quorum === "no" && /^(meet|replicate|healthy)/.test(action)) return true;
      // A master is chosen once: never by a replica, so that a healthy link is never dropped.
      if (action === "replicate" && given.own !== "bare") return true;
      // In sync means the offset, and every master's word.
      return (
        action === "healthy" && !(given.link === "up" && given.synced === "yes" && given.listed === "all")
      );
    });
    expect(broken).toEqual([]);
  });
});
