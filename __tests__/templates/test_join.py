"""Runs step() in a fake world: each look takes one step."""

from __future__ import annotations

import os
from typing import Any
from unittest import mock

from cluster import DOWN, NODES, A, B, Line, R, S, T, change, conf, text
from fakes import HERE, FakeWorld, info, left_with, put
from samples import ID, rdb
from suite import Case, rows
from test_announcement import announce

import metrics
import placement
from announcement import INTERRUPTION, REBALANCE
from decide import BEHIND
from facts import Closed, Refused, Unknown
from join import join_within, step

LINK = {
    **{"redis_version": "7.0.15", "loading": 0, "uptime_in_seconds": 50, "master_replid": "1" * 40, "aof_enabled": 0},
    **{"master_link_status": "up", "slave_repl_offset": 700, "aof_rewrite_in_progress": 0, "aof_rewrite_scheduled": 0},
}
MASTER = info(redis_version="7.0.15", master_replid="1" * 40, master_replid2="0" * 40, master_repl_offset=700)
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
                "ROLE": ["slave", "10.0.0.1", 6379, "connected", 700],
            },
            **{name.replace("_", " "): value for name, value in here.items()},
        }

    def look(self) -> int:
        with mock.patch.object(placement, "local_networks", return_value=[]):
            code, self.log = left_with(lambda: step(self.world))
        return code

    def sent(self, word: str) -> list[str]:
        return self.world.network.sent(word, HERE)


class LookTest(JoinCase):
    def test_a_meet_that_redis_rejects_is_reported_with_its_error(self) -> None:
        self.serve(change(NODES, R, flags="master", master="-"), R)
        for place in ("10.0.0.1", "10.0.0.2", "10.0.0.3"):
            server = self.world.network.servers[f"{place}:6379"]
            lines = [node for node in NODES if node.id != R]
            me = {"10.0.0.1": A, "10.0.0.2": B, "10.0.0.3": "c" * 40}[place]
            self.world.network.servers[f"{place}:6379"] = {**server, "CLUSTER NODES": text(me, lines)}
        here = self.world.network.servers[HERE]
        self.world.network.servers[HERE] = {**here, "CLUSTER MEET": Refused(f"{HERE}: NOPERM no 'cluster|meet'")}
        self.world.network.servers[HERE]["CLUSTER"] = Refused(f"{HERE}: NOPERM no 'cluster|meet'")  # type: ignore[index]
        self.assertEqual(
            (self.look(), self.world.shown_state), (10, f"waiting: CLUSTER MEET: {HERE}: NOPERM no 'cluster|meet'")
        )

    def test_a_replica_that_has_caught_up_and_that_every_master_lists_is_in_sync(self) -> None:
        self.assertEqual(
            (self.look(), self.world.shown_state),
            (0, f"in sync: {R} is a replica of {A}, listed by every master that answers"),
        )

    @rows(
        ("a master with as much as the RDB that is kept", rdb(offset=600), MASTER, 0, "in sync: ", False),
        ("a master whose offset is below it", rdb(offset=800), MASTER, 20, "refused: the master holds less", True),
        ("a master that is loading", rdb(offset=600), "loading:1\r\n" + MASTER, 10, "waiting: the master cannot", True),
        ("a master that does not answer", rdb(offset=600), SILENCE, 10, "waiting: ", True),
        ("no RDB that is kept", b"", MASTER, 0, "in sync: ", False),
    )
    def unverified(self, before: bytes, master: Any, code: int, state: str, marked: bool) -> None:
        self.world.state.write("unverified", "")
        if before:
            put(self.world.data / "kept/dump.rdb", before)
        self.world.network.servers["10.0.0.1:6379"] = {"CLUSTER NODES": text(A, NODES), "INFO": master, "DBSIZE": 5}
        self.assertEqual((self.look(), self.world.shown_state[: len(state)]), (code, state))
        self.assertEqual((self.world.state.has("unverified"), self.sent("CONFIG")), (marked, []))

    @rows(
        ("its own shard, is in sync", A, ID, 0),
        ("another shard before a comparison, is reported: what is kept is of the first shard", B, ID, 20),
        ("other slots with its master, is in sync: what is kept has the master's history", B, "1" * 40, 0),
    )
    def replica_that_was_moved_by_hand_to(self, before: str, history: str, code: int) -> None:
        self.world.state.write("unverified", "")
        self.world.state.write("nodes.conf", conf(R, change(NODES, R, master=before)))
        put(self.world.data / "kept/dump.rdb", rdb(offset=600).replace(ID.encode(), history.encode()))
        self.world.network.servers["10.0.0.1:6379"] = {"CLUSTER NODES": text(A, NODES), "INFO": MASTER, "DBSIZE": 5}
        self.assertEqual((self.look(), self.world.state.has("unverified")), (code, code == 20))

    @rows(
        ("is full of NUL bytes", "\0" * 500),
        ("has a line of another program", conf(R, NODES).replace("myself,slave", "myself, slave")),
    )
    def in_sync_although_the_saved_nodes_conf(self, text_: str) -> None:
        self.world.state.write("unverified", "")
        self.world.state.write("nodes.conf", text_)
        put(self.world.data / "kept/dump.rdb", rdb(offset=600))
        self.world.network.servers["10.0.0.1:6379"] = {"CLUSTER NODES": text(A, NODES), "INFO": MASTER, "DBSIZE": 5}
        self.assertEqual((self.look(), self.world.state.has("unverified")), (0, False))

    @rows(
        ("the first RDB that is kept, stays reported once its offset has grown", "dump.rdb", "dump.rdb"),
        ("another RDB that is kept, stays reported once its offset has grown", "dump.2.rdb", "dump.2.rdb"),
        ("an RDB, as an earlier release has marked it, stays reported", "less", "dump.rdb"),
    )
    def master_that_had_less_than(self, mark: str, name: str) -> None:
        self.world.state.write("unverified", mark)
        self.assertEqual((self.look(), self.world.state.text("unverified")), (20, mark))
        self.assertIn(f"/var/lib/redis/kept/{name}; if", self.world.shown_state)
        self.world.state.remove("unverified")
        self.assertEqual(self.look(), 0)

    def test_all_that_have_more_than_the_master_are_named_and_the_newest_first(self) -> None:
        self.world.state.write("unverified", "")
        for name, offset, time in (("dump", 900, 1), ("dump.2", 600, 2), ("dump.3", 800, 3)):
            put(self.world.data / f"kept/{name}.rdb", rdb(offset=offset))
            os.utime(self.world.data / f"kept/{name}.rdb", (time, time))
        self.world.network.servers["10.0.0.1:6379"] = {"CLUSTER NODES": text(A, NODES), "INFO": MASTER, "DBSIZE": 5}
        self.assertEqual((self.look(), self.world.state.text("unverified")), (20, "dump.3.rdb dump.rdb"))
        self.assertRegex(self.world.shown_state, r"kept/dump\.3\.rdb and \S+kept/dump\.rdb; if")

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
        self.assertEqual((self.look(), self.world.shown_state), (10, f"waiting: {reason}"))

    @rows(
        ("a master that does not report its offset", SILENCE, "no answer within 2 s"),
        ("a master that requires a password", Refused("NOAUTH Authentication required."), "NOAUTH"),
        ("a master with an offset that is a command", MASTER.replace(":700", ":PORT[$(id)]"), "not a number"),
        ("a master with another replication history", MASTER.replace("1" * 40, "2" * 40), "the offset has not reached"),
        ("a master that reports no replication history", info(master_repl_offset=700), "master_replid"),
    )
    def unknown_offsets(self, reply: Any, reason: str) -> None:
        self.world.network.servers["10.0.0.1:6379"] = {"CLUSTER NODES": text(A, NODES), "INFO": reply}
        self.assertEqual(self.look(), 10)
        self.assertIn(reason, self.world.shown_state)

    @rows(
        ("a replica whose offset grows in its master's history is left to catch up", "1", 10, 0),
        ("a replica whose offset does not change reconnects once a minute", "1", 0, 2),
        ("a replica fed by SYNC, whose offset grows in another history, reconnects once a minute", "2", 10, 2),
        ("a replica fed by SYNC from -1 on reconnects once a minute", "0", 0, 2),
    )
    def relinks(self, history: str, growth: int, count: int) -> None:
        for offset in range(500, 500 + 14 * growth, growth) if growth else [-1 if history == "0" else 500] * 14:
            mine = {**LINK, "slave_repl_offset": offset, "master_replid": history * 40}
            self.serve(NODES, INFO=info(**mine))
            self.assertEqual((self.look(), self.world.shown_state), (10, f"waiting: {BEHIND}"))
            self.world.clock.sleep(10)
        self.assertEqual(self.sent("CLIENT"), ["CLIENT KILL TYPE master"] * count)

    @rows(
        ("no answer", SILENCE, SILENCE, "Redis does not answer: no answer within 2 s"),
        (
            "an answer to the first command only",
            text(R, NODES),
            SILENCE,
            "Redis does not answer: no answer within 2 s",
        ),
        ("an empty answer", "", info(**LINK), "Redis does not answer: not an answer to CLUSTER NODES"),
        ("a number", 5, info(**LINK), "Redis does not answer: not a line of CLUSTER NODES: 5"),
        ("a list", [], info(**LINK), "Redis does not answer: not a line of CLUSTER NODES: []"),
        ("a required password", Refused("NOAUTH"), Refused("NOAUTH"), "Redis does not answer: NOAUTH"),
        ("loading", Refused("LOADING"), info(loading=1, loading_loaded_bytes=5), "Redis is loading its data"),
    )
    def local_answers(self, nodes: Any, answer: Any, reason: str) -> None:
        self.serve(NODES, CLUSTER_NODES=nodes, INFO=answer)
        self.assertEqual((self.look(), self.world.shown_state), (10, f"waiting: {reason}"))
        self.assertEqual((self.sent("CONFIG"), self.sent("SHUTDOWN")), ([], []))

    def test_if_redis_does_not_run_the_state_is_not_changed(self) -> None:
        self.world.run.write("state", "waiting: the owner of this shard is loading its data\n")
        refused = Closed("127.0.0.1:6379: Connection refused")
        self.serve(NODES, CLUSTER_NODES=refused, INFO=refused)
        self.assertEqual(
            (self.look(), self.world.shown_state), (10, "waiting: the owner of this shard is loading its data")
        )

    def test_no_server_is_asked_after_a_refusal(self) -> None:
        self.world.run.write("refused", "x")
        self.assertEqual((self.look(), self.world.network.asked), (20, []))

    def test_without_a_quorum_it_waits_and_names_the_masters_that_do_not_answer(self) -> None:
        for place in ("10.0.0.2", "10.0.0.3"):
            del self.world.network.servers[f"{place}:6379"]
        self.assertEqual(self.look(), 10)
        self.assertIn("no majority of the masters answers and agrees: 1 of 3", self.world.shown_state)
        self.assertIn("10.0.0.2:6379: no answer within 2 s", self.world.shown_state)

    def test_a_node_that_one_master_does_not_list_meets_all_masters(self) -> None:
        self.world.network.servers["10.0.0.2:6379"] = {"CLUSTER NODES": text(B, NODES[:3])}
        self.assertEqual((self.look(), len(self.sent("CLUSTER MEET"))), (10, 3))

    def test_a_bare_node_chooses_a_master(self) -> None:
        self.serve([*change(NODES, R, at="10.0.0.9"), Line(T, "10.0.0.4", "master", epoch=0)], T)
        self.assertEqual(self.look(), 10)
        self.assertEqual(self.sent("CLUSTER REPLICATE"), [f"CLUSTER REPLICATE {B}"])

    @rows(
        ("a replica without a master restarts and is never in sync", change(NODES, R, master="-")),
        ("a replica whose master is unknown restarts", change(NODES, R, master=S)),
        (
            "a replica whose master owns no slots restarts",
            [*change(NODES, A, slots=""), Line(S, "10.0.0.5", "master", slots="0-5460")],
        ),
    )
    def lost(self, nodes: list[Line]) -> None:
        self.serve(nodes)
        self.assertEqual(self.look(), 10)
        self.assertEqual((self.sent("CLUSTER REPLICATE"), self.sent("SHUTDOWN")), ([], ["SHUTDOWN SAVE"]))
        self.assertNotIn("in sync", self.world.shown_state)

    def test_a_replica_without_a_master_that_cannot_save_its_data_runs_on_and_has_the_cause(self) -> None:
        self.serve(change(NODES, R, master="-"), SHUTDOWN=Refused("ERR Errors trying to SHUTDOWN. Check logs."))
        self.assertEqual((self.look(), self.sent("SHUTDOWN")), (10, ["SHUTDOWN SAVE"]))
        self.assertIn("Redis here does not end: ERR Errors trying to SHUTDOWN", self.world.shown_state)

    def test_a_node_that_was_elected_since_its_own_answer_is_not_restarted(self) -> None:
        self.serve(change(NODES, R, master="-"), ROLE=["master", 700, []])
        self.assertEqual((self.look(), self.sent("SHUTDOWN")), (10, []))

    def test_a_link_that_is_down_is_waited_for_and_reported_once_the_master_is_down_for_w(self) -> None:
        nodes = change(NODES, A, **DOWN)
        self.serve(nodes, INFO=info(**{**LINK, "master_link_status": "down", "master_link_down_since_seconds": 5}))
        del self.world.network.servers["10.0.0.1:6379"]
        self.assertEqual((self.look(), self.world.shown_state), (10, "waiting: the replication link is down"))
        self.world.clock.time += 61
        self.assertEqual(self.look(), 20)
        self.assertRegex(self.world.shown_state, r"^refused: the master is down; local data was last updated at \d{4}-")
        self.assertFalse(self.world.run.has("refused"))

    def test_a_link_that_comes_back_restarts_w(self) -> None:
        self.world.run.write("since", "1 0")
        self.look()
        self.assertFalse(self.world.run.has("since"))


class PromotedTest(JoinCase):
    NODES = change(change(NODES, A, slots="", **DOWN), R, flags="master", master="-", slots="0-5460")
    ON = {**LINK, "aof_enabled": 1, "aof_last_bgrewrite_status": "ok"}

    def test_its_append_only_file_is_switched_on_and_the_state_is_promoted_once_the_file_is_complete(self) -> None:
        self.serve(self.NODES)
        self.assertEqual(self.look(), 10)
        self.assertEqual(self.sent("CONFIG SET appendonly"), ["CONFIG SET appendonly yes"])
        self.assertIn("the append-only file is not complete yet", self.world.shown_state)
        put(self.world.data / MANIFEST, "")
        self.serve(self.NODES, INFO=info(**self.ON))
        self.assertEqual((self.look(), self.world.shown_state), (0, f"promoted: {R} owns slots"))

    def test_if_redis_stops_answering_its_append_only_file_is_left_alone(self) -> None:
        # F30: Redis answers the first command only.
        put(self.world.data / MANIFEST, "")
        answers = [text(R, self.NODES)]
        self.serve(self.NODES, CLUSTER_NODES=lambda _: answers.pop() if answers else SILENCE, INFO=SILENCE)
        for _ in range(3):
            self.assertEqual(self.look(), 10)
        self.assertEqual((self.sent("CONFIG"), self.world.data.has(MANIFEST)), ([], True))

    def test_it_stays_promoted_without_a_quorum(self) -> None:
        put(self.world.data / MANIFEST, "")
        self.serve(self.NODES, INFO=info(**self.ON))
        for place in ("10.0.0.2", "10.0.0.3"):
            self.world.network.servers.pop(f"{place}:6379", None)
        self.assertEqual(self.look(), 0)

    def announced(self, handed: str) -> int:
        """A look of a promoted node with a rebalance recommendation."""
        announce(self.world, REBALANCE)
        put(self.world.data / MANIFEST, "")
        self.serve(self.NODES, INFO=info(**self.ON))
        with mock.patch("stop.hand_over", return_value=handed) as self.hand_over:
            return self.look()

    def test_slots_are_handed_over_once_if_a_rebalance_is_recommended(self) -> None:
        self.assertEqual(self.announced(""), 10)
        self.assertEqual(self.hand_over.call_count, 1)
        # For example because the replica has not taken over, or this node was promoted again.
        self.assertEqual(self.announced(""), 0)
        self.assertEqual(self.hand_over.call_count, 0)
        self.assertEqual(
            self.world.shown_state, f"promoted: {R} owns slots; a rebalance is recommended since 2026-11-29T16:00:00Z"
        )

    def test_a_recommendation_waits_until_a_node_that_was_interrupted_is_gone(self) -> None:
        self.announced("")
        self.assertEqual(self.hand_over.call_args.args[2], 180)
        announce(self.world, INTERRUPTION)
        self.announced("")
        self.assertEqual(self.hand_over.call_args.args[2], 0)

    def test_without_a_replica_it_stays_promoted_names_the_reason_and_tries_again(self) -> None:
        for _ in range(2):
            self.assertEqual(self.announced("no replica is in sync"), 0)
            self.assertEqual(self.hand_over.call_count, 1)
        self.assertEqual(
            self.world.shown_state,
            f"promoted: {R} owns slots; a rebalance is recommended since 2026-11-29T16:00:00Z"
            "; no hand-over: no replica is in sync",
        )

    def test_an_announcement_that_is_malformed_hands_nothing_over(self) -> None:
        announce(self.world, REBALANCE)
        put(self.world.data / MANIFEST, "")
        self.serve(self.NODES, INFO=info(**self.ON))
        put(self.world.run / REBALANCE, "{}")
        with mock.patch("stop.hand_over") as hand_over:
            self.assertEqual(self.look(), 10)
        hand_over.assert_not_called()
        self.assertIn("the rebalance is announced without a time", self.world.shown_state)


class TwinTest(JoinCase):
    """F34: another machine has this node's ID."""

    def twin(self, reply: Any) -> int:
        self.serve(change(NODES, R, at="10.0.0.8"))
        self.world.network.servers["10.0.0.8:6379"] = {"CLUSTER MYID": R, "INFO server": reply}
        gone = {"TIME": Closed(f"{HERE}: Connection refused")}
        self.world.network.servers[HERE] = {**self.world.network.servers[HERE], **gone}
        return self.look()

    def test_the_node_that_started_later_saves_and_refuses(self) -> None:
        self.assertEqual(self.twin(info(uptime_in_seconds=500)), 20)
        self.assertEqual((self.sent("SHUTDOWN"), self.world.run.has("refused")), (["SHUTDOWN SAVE"], True))

    def test_the_node_that_started_earlier_stays(self) -> None:
        self.twin(info(uptime_in_seconds=5))
        self.assertEqual((self.sent("SHUTDOWN"), self.world.run.has("refused")), ([], False))

    def test_while_the_other_does_not_report_its_uptime_this_node_is_not_in_sync(self) -> None:
        self.assertEqual(self.twin(SILENCE), 10)
        self.assertEqual(self.sent("SHUTDOWN"), [])
        self.assertNotIn("in sync", self.world.shown_state)


class ReportedTest(JoinCase):
    def test_each_look_writes_the_metrics_also_while_redis_has_ended(self) -> None:
        self.look()
        self.assertIn('\nredis_replica_state{state="in_sync"} 1\n', self.world.run.text(metrics.FILE))
        self.world.network.servers[HERE] = {name: Closed("") for name in ("CLUSTER NODES", "INFO")}
        self.world.clock.pass_time(60)
        self.assertEqual((self.look(), self.world.shown_state.partition(": ")[0]), (10, "in sync"))
        self.assertIn("_report_timestamp_seconds 1700001060\n", self.world.run.text(metrics.FILE))

    def test_each_look_notes_whether_the_last_save_failed(self) -> None:
        self.serve(NODES, INFO=info(**LINK, rdb_last_bgsave_status="err"))
        self.look()
        self.assertIn("\nredis_replica_save_failed 1\n", self.world.run.text(metrics.FILE))


class WithinTest(JoinCase):
    def test_looks_are_repeated_at_growing_intervals_until_the_time_is_up(self) -> None:
        self.serve(NODES, CLUSTER_NODES=SILENCE, INFO=SILENCE)
        begun = self.world.clock.time
        code, _ = left_with(lambda: self.assertEqual(join_within(self.world, 600), 10))
        looks = len(list(self.sent("INFO")))
        self.assertTrue(code == 0 and 200 < looks < 300 and 600 <= self.world.clock.time - begun < 604)

    def test_looks_end_once_in_sync_or_refused(self) -> None:
        left_with(lambda: self.assertEqual(join_within(self.world, 600), 0))
        self.world.run.write("refused", "x")
        left_with(lambda: self.assertEqual(join_within(self.world, 600), 20))
        self.assertEqual(self.world.clock.time, 1000)
