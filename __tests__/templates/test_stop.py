from __future__ import annotations

from typing import Any
from unittest import mock

from cluster import NODES, A, B, Line, R, S, T, change, conf, text
from fakes import HERE, SETTINGS, FakeWorld, info, left_with, put
from samples import FULL, rdb
from suite import Case, rows
from test_announcement import announce

import receipt
from announcement import INTERRUPTION
from facts import NoPermission, Refused, Unknown
from resp import Info
from stop import LEAST, MOST, hand_over, in_sync, patience, stop, stopped

PID = 7
MANIFEST = "appendonlydir/appendonly.aof.manifest"
# INFO of a promoted node without a replica. Each test changes what it needs.
INFO = info(
    loading=0,
    aof_enabled=1,
    aof_last_write_status="ok",
    master_link_status="up",
    role="master",
    master_repl_offset=700,
    used_memory=1_000_000,
    rdb_last_bgsave_time_sec=0,
)
PROMOTED = change(change(NODES, A, slots="", flags="slave", master=R), R, flags="master", master="-", slots="0-5460")
SAVED = 1_700_000_000


class StopTest(Case):
    """By default the fake Redis saves and ends at SHUTDOWN SAVE."""

    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())
        self.world.run.write("started", "")
        put(self.world.data / "nodes.conf", conf(R, PROMOTED))
        put(self.world.data / "dump.rdb", FULL)
        for id, place in ((A, "10.0.0.1"), (B, "10.0.0.2")):
            self.world.network.servers[f"{place}:6379"] = {
                "CLUSTER NODES": text(id, PROMOTED),
                "TIME": [str(SAVED + 5), "0"],
            }
        self.serve("master")

    def test_a_redis_that_the_agents_user_may_not_end_is_left_to_systemd(self) -> None:
        self.serve("slave")
        here = self.world.network.servers[HERE]
        self.world.network.servers[HERE] = {**here, "SHUTDOWN": NoPermission("NOPERM no permissions to run 'shutdown'")}
        begun = self.world.clock.time
        left_with(lambda: stop(self.world, PID))
        self.assertEqual(self.world.network.sent("SHUTDOWN"), ["SHUTDOWN SAVE"])
        self.assertEqual((self.world.processes.killed, self.world.clock.time - begun), ([], 0))
        self.assertEqual(self.world.run.text("stopping"), "")

    def serve(self, role: str, save: str = "saves", nosave: bool = True, **more: Any) -> None:
        def shutdown(command: str) -> object:
            if command == "SHUTDOWN SAVE" and save == "saves":
                put(self.world.data / "dump.rdb", rdb(saved=SAVED + 1))
                self.world.processes.is_over = True
            elif command == "SHUTDOWN SAVE" and save == "fails":
                return Refused("ERR Errors trying to SHUTDOWN. Check logs.")
            elif command == "SHUTDOWN NOSAVE":
                self.world.processes.is_over = nosave
            return Unknown("no answer")

        self.world.network.servers[HERE] = {
            **{"ROLE": [role, 700, []], "INFO": INFO.replace("role:master", f"role:{role}")},
            **{"TIME": [str(SAVED), "0"], "CONFIG": "OK", "SHUTDOWN": shutdown},
            **more,
        }

    def append_only(self) -> None:
        put(self.world.data / MANIFEST, "")

    def sent(self, word: str) -> list[str]:
        return self.world.network.sent(word, HERE)

    def end(self, result: str = "success", status: str = "0") -> bool:
        """Whether there is a receipt after `stopped` has run with systemd's result and status."""
        left_with(lambda: stopped(self.world, result, status))
        return self.world.state.has("receipt")

    def stop(self) -> None:
        left_with(lambda: stop(self.world, PID))

    def test_a_clean_shutdown_leaves_a_receipt_of_the_saved_rdb(self) -> None:
        self.stop()
        self.assertTrue(self.end())
        node, mark, times = receipt.parse(self.world.state.text("receipt"))
        self.assertEqual((node, mark.split()[0]), (R, str(len(FULL))))
        self.assertEqual(times, {B: (SAVED + 5) * 1000})

    def test_without_a_stop_by_systemd_there_is_no_receipt(self) -> None:
        left_with(lambda: stop(self.world, 0))
        self.assertFalse(self.end())
        self.assertEqual(self.world.network.asked, [])

    def test_without_an_answer_to_role_there_is_no_receipt_and_no_switch(self) -> None:
        for answer in (Unknown("silence"), Refused("NOAUTH"), [], ["sentinel"], "master", None, [["master"]]):
            with self.subTest(answer=answer):
                self.serve("master", ROLE=answer)
                self.append_only()
                self.stop()
                self.assertEqual((self.sent("CONFIG"), self.sent("SHUTDOWN")), ([], []))
                self.assertFalse(self.world.run.text("stopping") or self.world.state.has("aof-partial"))
                self.world.run.write("started", "")
                self.assertFalse(self.end())

    def test_without_an_answer_to_info_there_is_no_receipt(self) -> None:
        self.serve("master", INFO=Unknown("silence"))
        self.stop()
        self.assertEqual(self.sent("SHUTDOWN"), [])
        self.assertFalse(self.end())

    def test_a_save_that_began_before_the_stop_gets_no_receipt(self) -> None:
        # For example after a manual SHUTDOWN NOSAVE during the stop: Redis ends cleanly, but the RDB is the old one.
        def ends_without(command: str) -> object:
            self.world.processes.is_over = True
            return Unknown("no answer")

        put(self.world.data / "dump.rdb", rdb(saved=SAVED - 1))
        self.serve("master", SHUTDOWN=ends_without)
        self.stop()
        self.assertFalse(self.end())

    @rows(
        ("a damaged rdb gets no receipt", FULL[:40]),
        ("an rdb without a time gets no receipt", FULL.replace(b"ctime", b"xtime")),
        ("a missing rdb gets no receipt", b""),
    )
    def other_rdbs(self, content: bytes) -> None:
        self.stop()
        put(self.world.data / "dump.rdb", content)
        self.assertFalse(self.end())

    def test_without_the_time_of_the_stop_by_redis_clock_there_is_no_receipt(self) -> None:
        self.serve("master", TIME=Unknown("silence"))
        self.stop()
        self.assertFalse(self.end())

    @rows(
        ("a crash leaves no receipt", "signal", "SEGV"),
        ("a kill leaves no receipt", "signal", "KILL"),
        ("an error leaves no receipt", "exit-code", "1"),
        ("a stop that timed out leaves no receipt", "timeout", "KILL"),
    )
    def other_ends(self, result: str, status: str) -> None:
        self.stop()
        self.assertFalse(self.end(result, status))

    def test_an_end_without_a_start_is_ignored(self) -> None:
        self.stop()
        self.world.run.remove("started")
        self.assertFalse(self.end())

    def test_a_replica_that_cannot_save_ends_without_a_save_and_a_receipt(self) -> None:
        self.serve("slave", "fails")
        self.stop()
        self.assertEqual(self.sent("SHUTDOWN"), ["SHUTDOWN SAVE", "SHUTDOWN NOSAVE"])
        self.assertFalse(self.end())

    def test_a_replica_whose_master_is_lost_during_a_save_that_fails_is_not_ended_without_a_save(self) -> None:
        answers = [INFO.replace("role:master", "role:slave")]
        lost = answers[0].replace("master_link_status:up", "master_link_status:down")
        self.serve("slave", "fails", INFO=lambda _: answers.pop() if answers else lost)
        self.stop()
        self.assertNotIn("SHUTDOWN NOSAVE", self.sent("SHUTDOWN"))

    def test_a_stop_while_redis_loads_leaves_no_receipt(self) -> None:
        self.serve("master", INFO=INFO.replace("loading:0", "loading:1"))
        self.stop()
        self.assertFalse(self.end())

    def test_a_mark_that_cannot_be_written_does_not_keep_redis_from_its_stop(self) -> None:
        self.serve("slave")
        with mock.patch.object(self.world.state, "write", side_effect=OSError("Read-only file system")):
            self.stop()
        self.assertEqual(self.sent("SHUTDOWN"), ["SHUTDOWN SAVE"])

    def test_an_owner_that_cannot_save_ends_with_its_append_only_file(self) -> None:
        self.append_only()
        self.serve("master", "fails")
        self.stop()
        self.assertEqual(self.sent("SHUTDOWN"), ["SHUTDOWN SAVE", "SHUTDOWN NOSAVE"])
        self.assertTrue(self.world.data.has(MANIFEST))
        self.assertFalse(self.world.state.has("aof-partial") or self.end())

    def test_an_owner_that_cannot_save_and_has_no_append_only_file_tries_until_the_time_is_up(self) -> None:
        self.serve("master", "fails")
        begun = self.world.clock.time
        self.stop()
        self.assertNotIn("SHUTDOWN NOSAVE", self.sent("SHUTDOWN"))
        self.assertGreater(len(self.sent("SHUTDOWN SAVE")), 10)
        self.assertEqual(self.world.processes.killed, [PID])
        self.assertLess(self.world.clock.time - begun, LEAST + 60)
        self.assertFalse(self.end("signal", "KILL"))

    def test_an_owner_whose_save_succeeds_later_gets_a_receipt(self) -> None:
        count = 0

        def shutdown(command: str) -> object:
            nonlocal count
            count += 1
            if count == 3:
                put(self.world.data / "dump.rdb", rdb(saved=SAVED + 1))
                self.world.processes.is_over = True
            return Refused("ERR Errors trying to SHUTDOWN. Check logs.")

        self.serve("master", SHUTDOWN=shutdown)
        self.stop()
        self.assertTrue(self.end())

    @rows(
        ("a stop to hold Redis back after failed full syncs keeps naming their cause", "1060", ": 5 full syncs failed"),
        ("any other stop names no cause", "", ""),
    )
    def causes(self, hold: str, detail: str) -> None:
        self.world.run.write("started", "")
        self.world.run.write("ended", "5 full syncs failed")
        if hold:
            self.world.run.write("hold", hold)
        self.end()
        self.assertEqual(self.world.shown_state, f"waiting: Redis has ended{detail}")

    def test_a_stop_before_an_interruption_names_it(self) -> None:
        self.world.run.write("started", "")
        announce(self.world, INTERRUPTION)
        self.end()
        self.assertEqual(
            self.world.shown_state, "waiting: Redis has ended: an interruption is announced for 2026-11-29T17:00:00Z"
        )

    def test_a_redis_that_does_not_end_is_killed(self) -> None:
        self.serve("slave", "hangs", nosave=False)
        self.stop()
        self.assertEqual(self.world.processes.killed, [PID])

    @rows(
        ("a replica's append-only file is switched off", "slave", True, ["CONFIG SET appendonly no"]),
        (
            "an owner's first append-only file, which would prevent the shutdown, is switched off",
            "master",
            False,
            ["CONFIG SET appendonly no"],
        ),
        ("an owner's complete append-only file is left on", "master", True, []),
    )
    def append_only_files(self, role: str, whole: bool, sent: list[str]) -> None:
        if whole:
            self.append_only()
        self.serve(role)
        self.stop()
        self.assertEqual(self.sent("CONFIG"), sent)
        self.assertEqual(self.world.state.has("aof-partial"), bool(sent))

    @rows(
        ("after an error the data is checked", "exit-code", "1", True),
        ("after a crash the data is checked", "signal", "SEGV", True),
        ("after an abort the data is checked", "core-dump", "ABRT", True),
        ("after a kill the data is not checked", "signal", "KILL", False),
        ("after an OOM kill the data is not checked", "oom-kill", "KILL", False),
        ("after a clean shutdown the data is not checked", "success", "0", False),
    )
    def failed(self, result: str, status: str, looked: bool) -> None:
        self.end(result, status)
        self.assertEqual(
            (self.world.run.has("failed"), self.world.run.text("failures")), (looked, "." * (result != "success"))
        )

    def test_the_wait_for_an_election_restarts_after_an_end(self) -> None:
        self.world.run.write("since", "1")
        self.stop()
        self.end()
        self.assertEqual([name for name in ("since", "started", "stopping") if self.world.run.has(name)], [])


class HandOverTest(Case):
    COPY = "10.0.0.5:6379"
    LINE = "ip=10.0.0.5,port=6379,state=online,offset=700,lag=0"

    @rows(
        ("a replica that is online and has the same offset", LINE, COPY),
        ("a replica that is hardly behind", LINE.replace("700", "1"), COPY),
        ("a replica with an IPv6 address", LINE.replace("10.0.0.5", "fd00::5"), "fd00::5:6379"),
        ("a replica that is still loading its data", LINE.replace("online", "wait_bgsave"), ""),
        ("a replica that has not answered for seconds", LINE.replace("lag=0", "lag=5"), ""),
        ("a replica whose address is a command", LINE.replace("10.0.0.5", "$(id)"), ""),
        ("a replica with a port out of bounds", LINE.replace("6379", "65536"), ""),
        ("a replica without an offset", "ip=10.0.0.5,port=6379,state=online", ""),
        ("no replica", "", ""),
    )
    def copies(self, line: str, place: str) -> None:
        self.assertEqual(in_sync(Info(info(master_repl_offset=700, slave0=line))), [place] if place else [])

    def test_a_replica_more_than_64_kb_behind_is_not_in_sync(self) -> None:
        self.assertEqual(in_sync(Info(info(master_repl_offset=70_000, slave0=self.LINE))), [])

    def test_without_this_nodes_offset_no_replica_is_in_sync(self) -> None:
        self.assertEqual(in_sync(Info(info(slave0=self.LINE))), [])

    def hand_over(self, promoted: float, settings: str = SETTINGS) -> FakeWorld:
        world = FakeWorld(self.folder(), settings)
        put(world.secrets / "passwords", "needle\n")
        for id, place in ((A, "10.0.0.1"), (B, "10.0.0.2")):
            lines = [*PROMOTED, Line(S, "10.0.0.5", "slave", R)]
            world.network.servers[f"{place}:6379"] = {"CLUSTER NODES": text(id, lines)}
        world.run.write("promoted", str(world.clock.time - promoted))
        world.network.servers[self.COPY] = {"CLUSTER": "OK"}
        world.network.servers[HERE] = {
            "ROLE": ["slave", "10.0.0.5", 6379, "connected", 700],
            "CLUSTER NODES": text(R, [*PROMOTED, Line(S, "10.0.0.5", "slave", R)]),
        }
        # A client that is no node of the cluster poses as a replica.
        other = self.LINE.replace("10.0.0.5", "10.6.6.6")
        left_with(lambda: hand_over(world, Info(info(master_repl_offset=700, slave0=other, slave1=self.LINE))))
        return world

    def test_slots_are_handed_over_only_after_they_were_served_for_w(self) -> None:
        self.assertEqual(self.hand_over(91).network.sent("CLUSTER F"), ["CLUSTER FAILOVER"])
        self.assertEqual(self.hand_over(89).network.sent("CLUSTER F"), [])

    def test_a_replica_that_most_masters_name_gets_the_password(self) -> None:
        world = self.hand_over(91, f"{SETTINGS}AUTH_PASSWORD='file:/x'\n")
        self.assertEqual(world.network.sent("CLUSTER F"), ["CLUSTER FAILOVER"])

    def test_a_master_of_the_settings_is_preferred(self) -> None:
        # The others may run on spot instances that are to leave, too.
        settings = SETTINGS.replace("10.0.0.3", "10.0.0.5")
        world = self.hand_over(91, settings)
        self.assertEqual(world.network.sent("CLUSTER F", self.COPY), ["CLUSTER FAILOVER"])

        def handed(masters: str, followed: str = "") -> list[str]:
            world = FakeWorld(self.folder(), SETTINGS.replace("10.0.0.3", masters))
            world.run.write("promoted", "1")
            world.run.write("followed", followed)
            nodes = [*PROMOTED, Line(S, "10.0.0.5", "slave", R), Line(T, "10.0.0.6", "slave", R)]
            world.network.servers[HERE] = {"ROLE": ["slave"], "CLUSTER NODES": text(R, nodes)}
            world.network.servers["redis.example:6379"] = {"CLUSTER NODES": text(T, nodes)}
            lines = {"slave0": self.LINE, "slave1": self.LINE.replace("10.0.0.5", "10.0.0.6")}
            left_with(lambda: hand_over(world, Info(info(master_repl_offset=700, **lines))))
            return [place for place, command in world.network.asked if command == "CLUSTER FAILOVER"]

        self.assertEqual(handed("10.0.0.5"), ["10.0.0.5:6379"])
        self.assertEqual(handed("10.0.0.6"), ["10.0.0.6:6379"])
        self.assertEqual(handed("redis.example"), ["10.0.0.6:6379"])
        # The node that this one followed before its promotion may have handed over since it is to leave.
        self.assertEqual(handed("10.0.0.3", S), ["10.0.0.6:6379"])
        self.assertEqual(handed("10.0.0.3", T), ["10.0.0.5:6379"])
        self.assertEqual(handed("10.0.0.5", S), ["10.0.0.5:6379"])

    def test_a_longer_service_can_be_demanded(self) -> None:
        for promoted, reason in ((199, "this node was promoted less than 200 s ago"), (201, "no replica is in sync")):
            world = FakeWorld(self.folder(), SETTINGS)
            world.run.write("promoted", str(world.clock.time - promoted))
            self.assertEqual(hand_over(world, Info(info(master_repl_offset=700)), 200), reason)

    @rows(
        ("the reason why no replica was asked is that none is in sync", 91, "", "no replica is in sync"),
        (
            "the reason why no replica was asked is a recent promotion",
            89,
            LINE,
            "this node was promoted less than 90 s ago",
        ),
        ("without a reason a replica was asked", 91, LINE, ""),
    )
    def reasons(self, promoted: float, line: str, reason: str) -> None:
        world = FakeWorld(self.folder(), SETTINGS)
        world.run.write("promoted", str(world.clock.time - promoted))
        nodes = text(R, [*PROMOTED, Line(S, "10.0.0.5", "slave", R)])
        world.network.servers[HERE] = {"ROLE": ["slave"], "CLUSTER NODES": nodes}
        found = []
        left_with(lambda: found.append(hand_over(world, Info(info(master_repl_offset=700, slave0=line)))))
        self.assertEqual(found, [reason])

    def test_only_replicas_that_the_cluster_lists_are_asked(self) -> None:
        asked = {place for place, command in self.hand_over(91).network.asked if command == "CLUSTER FAILOVER"}
        self.assertEqual(asked, {self.COPY})

    def test_a_hand_over_that_does_not_succeed_is_given_up(self) -> None:
        world = FakeWorld(self.folder(), SETTINGS)
        world.run.write("promoted", "1")
        world.network.servers[HERE] = {
            "ROLE": Unknown("silence"),
            "CLUSTER NODES": text(R, [*PROMOTED, Line(S, "10.0.0.5", "slave", R)]),
        }
        begun = world.clock.time
        left_with(lambda: hand_over(world, Info(info(master_repl_offset=700, slave0=self.LINE))))
        self.assertLess(world.clock.time - begun, 10)


class PatienceTest(Case):
    @rows(
        ("a small node has two minutes", 1_000_000, 1, LEAST),
        ("a node of 8 GB has the time to write them", 8 << 30, 1, 409.6),
        ("a node whose last save took long has twice that", 1_000_000, 300, 600),
        ("a node of 100 GB has half an hour", 100 << 30, 1, MOST),
        ("a node that never saved has half an hour", 1_000_000, -1, MOST),
        ("a node with a malformed value has half an hour", "PORT[$(id)]", 1, MOST),
    )
    def seconds(self, memory: object, save: int, seconds: float) -> None:
        self.assertEqual(patience(Info(info(used_memory=memory, rdb_last_bgsave_time_sec=save))), seconds)

    def test_a_node_without_info_has_half_an_hour(self) -> None:
        self.assertEqual(patience(Info("")), MOST)
