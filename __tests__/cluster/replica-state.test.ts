import { replicasOf } from "../../cluster/fleet";
import { isWell, stateOf, type StateOfReplica } from "../../cluster/replica-state";
import { type Answer, known, unanswered } from "../../cluster/answer";
import { type Info } from "../../cluster/info";
import { type StatefulInstance } from "../../cluster/spot/group";
import { type View, View as AnyView } from "../../cluster/view";
import { drawn, type DrawnNode } from "../support/drawn-view";

const HOST = "10.0.1.1";
const MASTERS: readonly DrawnNode[] = [
  { id: "m1", host: "10.0.0.1", slots: [0, 8191] },
  { id: "m2", host: "10.0.0.2", slots: [8192, 16_383] },
];
const REPLICA: DrawnNode = { id: "r1", host: HOST, master: "m1" };
const STATEFUL: StatefulInstance = {
  ...{ id: "ssi-1", state: "ACTIVE", instanceId: "i-1", privateIp: HOST, launchedAt: "2026-01-01T00:00:00Z" },
};
const group = { id: "sig-1", name: "n", capacity: { minimum: 0, maximum: 1, target: 1 } };

function stateIn(view: View, stateful: StatefulInstance = STATEFUL, electable = true): StateOfReplica {
  const instances = stateful.instanceId === undefined ? [] : [{ instanceId: stateful.instanceId }];
  const [replica] = replicasOf([{ group, stateful: [stateful], deallocated: [], instances }], view);
  return stateOf(replica!, electable);
}

const withReplica = (change: Partial<DrawnNode> = {}): View => drawn([...MASTERS, { ...REPLICA, ...change }]);

/** The same with other answers of the replica. */
function answering(nodes: Answer<never> | undefined, info: Answer<Info>): View {
  const { members } = withReplica();
  return new AnyView(
    members.map((member) =>
      member.endpoint.host === HOST ? { ...member, nodes: nodes ?? member.nodes, info } : member,
    ),
  );
}

test.each<[string, () => StateOfReplica, Partial<StateOfReplica>]>([
  ["every master lists and reaches it", () => stateIn(withReplica()), { state: "in_sync", detail: "" }],
  [
    "it owns slots",
    () => stateIn(drawn([MASTERS[0]!, { id: "r1", host: HOST, slots: [8192, 16_383] }])),
    { state: "promoted", detail: "append-only file unknown" },
  ],
  [
    "its link is down",
    () => stateIn(withReplica({ link: "down" })),
    { state: "link_down", detail: "its link to 10.0.0.1:6379 is down" },
  ],
  [
    "it is kept out of elections",
    () => stateIn(withReplica({ flags: ["nofailover"] })),
    { state: "not_electable" },
  ],
  [
    "it is kept out of elections by the config",
    () => stateIn(withReplica({ flags: ["nofailover"] }), STATEFUL, false),
    { state: "in_sync" },
  ],
  [
    "a master without slots",
    () => stateIn(drawn([...MASTERS, { id: "r1", host: HOST }])),
    { state: "joining" },
  ],
  [
    "its master lists it as failed",
    () => stateIn(withReplica({ flags: ["fail"] })),
    { state: "contradiction", detail: expect.stringContaining("lists it as fail") as string },
  ],
  [
    "nothing within the time limit",
    () => stateIn(withReplica({ silent: true })),
    { state: "no_answer", detail: "10.0.1.1:6379: no answer within 3000 ms" },
  ],
  [
    "nothing listens",
    () => stateIn(answering(unanswered("unreachable", "refused"), unanswered("unreachable", "refused"))),
    { state: "not_running", detail: expect.stringMatching(/^refused; on the instance/) as string },
  ],
  ...(["auth", "permission", "tls"] as const).map(
    (cause): [string, () => StateOfReplica, Partial<StateOfReplica>] => [
      `it refuses: ${cause}`,
      () => stateIn(answering(unanswered(cause, "no"), unanswered(cause, "no"))),
      { state: "no_access", detail: "no" },
    ],
  ),
  [
    "it loads",
    () =>
      stateIn(
        answering(
          unanswered("loading", "LOADING"),
          known({ loading_loaded_perc: "12.6", loading_eta_seconds: "9" }),
        ),
      ),
    { state: "loading", detail: "Redis has loaded 13 % of its data, 9 s left" },
  ],
  [
    "it syncs from a file",
    () =>
      stateIn(
        answering(
          undefined,
          known({
            ...{ role: "slave", master_sync_in_progress: "1" },
            ...{ master_sync_read_bytes: "5", master_sync_total_bytes: "10" },
          }),
        ),
      ),
    { state: "syncing", detail: "5 of 10 bytes received" },
  ],
  [
    "it syncs without a file",
    () =>
      stateIn(
        answering(
          undefined,
          known({
            ...{ role: "slave", master_sync_in_progress: "1" },
            ...{ master_sync_read_bytes: "5", master_sync_total_bytes: "-1" },
          }),
        ),
      ),
    { state: "syncing", detail: "5 bytes received" },
  ],
  [
    "it is recycled",
    () => stateIn(withReplica({ silent: true }), { ...STATEFUL, state: "RECYCLING", instanceId: undefined }),
    { state: "no_instance", detail: "Spot lists it as RECYCLING" },
  ],
  [
    "a node answers although its instance is paused",
    () => stateIn(withReplica(), { ...STATEFUL, state: "PAUSED", instanceId: undefined }),
    { state: "in_sync" },
  ],
  [
    "only its private IP is kept",
    () => stateIn(drawn(MASTERS), { id: "ssi-2", state: "PAUSED", privateIp: "10.0.1.9" }),
    { state: "spare" },
  ],
  ["its address was not asked", () => stateIn(drawn(MASTERS)), { state: "unknown" }],
])("the state of a replica: %s", (_, state, expected) => {
  expect(state()).toMatchObject(expected);
});

test.each<[StateOfReplica["state"], boolean]>([
  ["in_sync", true],
  ["promoted", true],
  ["spare", true],
  ["syncing", false],
  ["unknown", false],
])("of %s, nothing is to be done: %s", (state, expected) => {
  expect(isWell({ state, detail: "" })).toBe(expected);
});
