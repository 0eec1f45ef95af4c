"""Looks over a world of fakes: one look, one step."""

from __future__ import annotations

from typing import Any
from unittest import mock

from cluster import DOWN, NODES, A, B, Line, R, S, T, change, conf, text
from fakes import HERE, FakeWorld, info, left_with, put
from suite import Case, rows

import placement
from decide import BEHIND
from facts import Refused, Unknown
from join import join_within, step

LINK = {
    **{"redis_version": "7.0.15", "loading": 0, "uptime_in_seconds": 50, "master_replid": "1" * 40, "aof_enabled": 0},
    **{"master_link_status": "up", "slave_repl_offset": 700, "aof_rewrite_in_progress": 0, "aof_rewrite_scheduled": 0},
}
MASTER = info(redis_version="7.0.15", master_replid="1" * 40, master_repl_offset=700)
SILENCE = Unknown("no answer within 2 s")
MANIFEST = "appendonlydir/appendonly.aof.manifest"


class JoinCase(Case):
    """A replica in sync at 10.0.0.4."""

    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())
        self.world.state.write("node-timeout", "5000\n")
        put(self.world.data / "nodes.conf", conf(R, NODES))
        self.serve(NODES)

    def serve(self, nodes: list[Line], me: str = R, **here: Any) -> None:
        for node in nodes:
            if node.id != me and "fail" not in node.flags.split(",") and "@" not in node.at:
                self.world.network.servers[f"{node.at}:6379"] = {
                    **{"CLUSTER NODES": text(node.id, nodes), "CLUSTER MYID": node.id, "INFO": MASTER},
                    **{"SET": "OK", "EVAL": 1, "CONFIG GET cluster-node-timeout": ["cluster-node-timeout", "5000"]},
                }
        self.world.network.servers[HERE] = {
            **{
                "CLUSTER NODES": text(me, nodes),
                "INFO": info(**LINK),
                "CONFIG": "OK",
                "CLUSTER": "OK",
                "SHUTDOWN": "OK",
            },
            **{name.replace("_", " "): value for name, value in here.items()},
        }

    def look(self) -> int:
        with mock.patch.object(placement, "local_networks", return_value=[]):
            code, self.log = left_with(lambda: step(self.world))
        return code

    def told(self, word: str) -> list[str]:
        return self.world.network.told(word, HERE)


class LookTest(JoinCase):
    def test_a_replica_in_sync_that_all_list_is_in_sync(self) -> None:
        self.assertEqual(
            (self.look(), self.world.told_state), (0, f"in sync: {R} is a replica of {A}, listed by every master")
        )

    @rows(
        (
            "a master that has never answered on the bus is waited for",
            change(NODES, B, pong=0),
            "the bus port of a master does not answer",
        ),
        ("a replica behind its master waits", NODES, "the offset has not reached the master's"),
    )
    def waits(self, mine: list[Line], reason: str) -> None:
        behind = {**LINK, "slave_repl_offset": 699} if "offset" in reason else LINK
        self.serve(NODES, CLUSTER_NODES=text(R, mine), INFO=info(**behind))
        self.assertEqual((self.look(), self.world.told_state), (10, f"waiting: {reason}"))

    @rows(
        ("a master that does not tell its offset", SILENCE, "no answer within 2 s"),
        ("a master that refuses", Refused("NOAUTH Authentication required."), "NOAUTH"),
        ("a master with an offset that is a command", MASTER.replace(":700", ":PORT[$(id)]"), "not a number"),
        ("a master of another history", MASTER.replace("1" * 40, "2" * 40), "the offset has not reached"),
        ("a master without a history", info(master_repl_offset=700), "master_replid"),
    )
    def unknown_offsets(self, reply: Any, reason: str) -> None:
        self.world.network.servers["10.0.0.1:6379"] = {"CLUSTER NODES": text(A, NODES), "INFO": reply}
        self.assertEqual(self.look(), 10)
        self.assertIn(reason, self.world.told_state)

    @rows(
        ("a replica whose offset grows in its master's history is left to catch up", "1", 10, 0),
        ("a replica whose offset stands is connected anew once a minute", "1", 0, 2),
        ("a replica fed by SYNC, whose offset grows in another history, is connected anew once a minute", "2", 10, 2),
        ("a replica fed by SYNC from -1 on is connected anew once a minute", "0", 0, 2),
    )
    def relinks(self, history: str, growth: int, count: int) -> None:
        for offset in range(500, 500 + 14 * growth, growth) if growth else [-1 if history == "0" else 500] * 14:
            mine = {**LINK, "slave_repl_offset": offset, "master_replid": history * 40}
            self.serve(NODES, INFO=info(**mine))
            self.assertEqual((self.look(), self.world.told_state), (10, f"waiting: {BEHIND}"))
            self.world.clock.sleep(10)
        self.assertEqual(self.told("CLIENT"), ["CLIENT KILL TYPE master"] * count)

    @rows(
        ("silence", SILENCE, SILENCE, "Redis does not answer: no answer within 2 s"),
        (
            "an answer to the first question alone",
            text(R, NODES),
            SILENCE,
            "Redis does not answer: no answer within 2 s",
        ),
        ("an empty answer", "", info(**LINK), "Redis does not answer: not an answer to CLUSTER NODES"),
        ("a number", 5, info(**LINK), "Redis does not answer: not a line of CLUSTER NODES: 5"),
        ("a list", [], info(**LINK), "Redis does not answer: not a line of CLUSTER NODES: []"),
        ("a password", Refused("NOAUTH"), Refused("NOAUTH"), "Redis does not answer: NOAUTH"),
        ("loading", Refused("LOADING"), info(loading=1, loading_loaded_bytes=5), "Redis is loading its data"),
    )
    def local_answers(self, nodes: Any, answer: Any, reason: str) -> None:
        self.serve(NODES, CLUSTER_NODES=nodes, INFO=answer)
        self.assertEqual((self.look(), self.world.told_state), (10, f"waiting: {reason}"))
        self.assertEqual((self.told("CONFIG"), self.told("SHUTDOWN")), ([], []))

    def test_why_redis_does_not_run_is_left_to_prepare(self) -> None:
        self.world.run.write("state", "waiting: the owner of this shard is loading its data\n")
        refused = Refused("127.0.0.1:6379: Connection refused")
        self.serve(NODES, CLUSTER_NODES=refused, INFO=refused)
        self.assertEqual(
            (self.look(), self.world.told_state), (10, "waiting: the owner of this shard is loading its data")
        )

    def test_nothing_is_asked_while_a_refusal_stands(self) -> None:
        self.world.run.write("refused", "x")
        self.assertEqual((self.look(), self.world.network.asked), (20, []))

    def test_without_a_quorum_it_waits_and_says_who_is_silent(self) -> None:
        for place in ("10.0.0.2", "10.0.0.3"):
            del self.world.network.servers[f"{place}:6379"]
        self.assertEqual(self.look(), 10)
        self.assertIn("no majority of the masters answers and agrees: 1 of 3", self.world.told_state)
        self.assertIn("10.0.0.2:6379: no answer within 2 s", self.world.told_state)

    def test_a_node_that_a_master_does_not_list_meets_all(self) -> None:
        self.world.network.servers["10.0.0.2:6379"] = {"CLUSTER NODES": text(B, NODES[:3])}
        self.assertEqual((self.look(), len(self.told("CLUSTER MEET"))), (10, 3))

    def test_a_bare_node_is_placed(self) -> None:
        self.serve([*change(NODES, R, at="10.0.0.9"), Line(T, "10.0.0.4", "master", epoch=0)], T)
        self.assertEqual(self.look(), 10)
        self.assertEqual(self.told("CLUSTER REPLICATE"), [f"CLUSTER REPLICATE {B}"])

    @rows(
        ("a replica that names no master starts again, never called in sync", change(NODES, R, master="-")),
        ("a replica whose master is unknown starts again", change(NODES, R, master=S)),
        (
            "a replica whose master owns nothing starts again",
            [*change(NODES, A, slots=""), Line(S, "10.0.0.5", "master", slots="0-5460")],
        ),
    )
    def lost(self, nodes: list[Line]) -> None:
        self.serve(nodes)
        self.assertEqual(self.look(), 10)
        self.assertEqual((self.told("CLUSTER REPLICATE"), self.told("SHUTDOWN")), ([], ["SHUTDOWN SAVE"]))
        self.assertNotIn("in sync", self.world.told_state)

    def test_a_link_that_is_down_is_told_with_its_cause_and_reported_where_the_master_is_down_for_w(self) -> None:
        nodes = change(NODES, A, **DOWN)
        self.serve(nodes, INFO=info(**{**LINK, "master_link_status": "down", "master_link_down_since_seconds": 5}))
        del self.world.network.servers["10.0.0.1:6379"]
        self.assertEqual((self.look(), self.world.told_state), (10, "waiting: the replication link is down"))
        self.world.clock.time += 61
        self.assertEqual(self.look(), 20)
        self.assertRegex(self.world.told_state, r"^refused: the master is down; local data was last updated at \d{4}-")
        self.assertFalse(self.world.run.has("refused"))

    def test_a_link_that_comes_back_begins_w_anew(self) -> None:
        self.world.run.write("since", "1 0")
        self.look()
        self.assertFalse(self.world.run.has("since"))


class PromotedTest(JoinCase):
    NODES = change(change(NODES, A, slots="", **DOWN), R, flags="master", master="-", slots="0-5460")
    ON = {**LINK, "aof_enabled": 1, "aof_last_bgrewrite_status": "ok"}

    def test_its_append_only_file_is_switched_on_and_it_is_promoted_once_that_is_complete(self) -> None:
        self.serve(self.NODES)
        self.assertEqual(self.look(), 10)
        self.assertEqual(self.told("CONFIG SET appendonly"), ["CONFIG SET appendonly yes"])
        self.assertIn("the append-only file is not complete yet", self.world.told_state)
        put(self.world.data / MANIFEST, "")
        self.serve(self.NODES, INFO=info(**self.ON))
        self.assertEqual((self.look(), self.world.told_state), (0, f"promoted: {R} owns slots"))

    def test_a_look_that_redis_stops_answering_leaves_its_append_only_file_alone(self) -> None:
        # F30: the first question is answered, and then nothing.
        put(self.world.data / MANIFEST, "")
        answers = [text(R, self.NODES)]
        self.serve(self.NODES, CLUSTER_NODES=lambda _: answers.pop() if answers else SILENCE, INFO=SILENCE)
        for _ in range(3):
            self.assertEqual(self.look(), 10)
        self.assertEqual((self.told("CONFIG"), self.world.data.has(MANIFEST)), ([], True))

    def test_it_serves_on_without_a_quorum(self) -> None:
        put(self.world.data / MANIFEST, "")
        self.serve(self.NODES, INFO=info(**self.ON))
        for place in ("10.0.0.2", "10.0.0.3"):
            self.world.network.servers.pop(f"{place}:6379", None)
        self.assertEqual(self.look(), 0)


class TwinTest(JoinCase):
    """F34: another machine has this node's ID."""

    def twin(self, reply: Any) -> int:
        self.serve(change(NODES, R, at="10.0.0.8"))
        self.world.network.servers["10.0.0.8:6379"] = {"CLUSTER MYID": R, "INFO server": reply}
        gone = {"PING": Refused(f"{HERE}: Connection refused")}
        self.world.network.servers[HERE] = {**self.world.network.servers[HERE], **gone}
        return self.look()

    def test_the_later_one_saves_and_refuses(self) -> None:
        self.assertEqual(self.twin(info(uptime_in_seconds=500)), 20)
        self.assertEqual((self.told("SHUTDOWN"), self.world.run.has("refused")), (["SHUTDOWN SAVE"], True))

    def test_the_earlier_one_stays(self) -> None:
        self.twin(info(uptime_in_seconds=5))
        self.assertEqual((self.told("SHUTDOWN"), self.world.run.has("refused")), ([], False))

    def test_while_the_other_does_not_tell_neither_is_in_sync(self) -> None:
        self.assertEqual(self.twin(SILENCE), 10)
        self.assertEqual(self.told("SHUTDOWN"), [])
        self.assertNotIn("in sync", self.world.told_state)


class WithinTest(JoinCase):
    def test_looks_are_repeated_less_and_less_often_until_the_time_is_up(self) -> None:
        self.serve(NODES, CLUSTER_NODES=SILENCE, INFO=SILENCE)
        begun = self.world.clock.time
        code, _ = left_with(lambda: self.assertEqual(join_within(self.world, 600), 10))
        looks = len(list(self.told("INFO")))
        self.assertTrue(code == 0 and 200 < looks < 300 and 600 <= self.world.clock.time - begun < 604)

    def test_they_end_once_in_sync_or_refused(self) -> None:
        left_with(lambda: self.assertEqual(join_within(self.world, 600), 0))
        self.world.run.write("refused", "x")
        left_with(lambda: self.assertEqual(join_within(self.world, 600), 20))
        self.assertEqual(self.world.clock.time, 1000)
