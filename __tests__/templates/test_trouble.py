"""Causes in the logs of real servers."""

from __future__ import annotations

from typing import Any

from cluster import DOWN, NODES, A, Line, R, answer, change, text, view
from fakes import HERE, FakeWorld, info, left_with, put
from samples import EMPTY, FULL
from suite import Case, rows

import trouble
from facts import Refused, Unknown
from join import Running
from resp import Info
from trouble import cause, exit_cause, utc, warnings

TIME = "13335:S 28 Nov 2026 22:22:45.093"
CONNECTING = f"{TIME} * Connecting to MASTER 10.0.0.1:6379"
SYNC = [CONNECTING, f"{TIME} * MASTER <-> REPLICA sync started", f"{TIME} * Full resync from master: {'1' * 40}:700"]
# The log of Redis 7.0.15 whose master requires a password.
NOAUTH = [
    CONNECTING,
    f"{TIME} * Master replied to PING, replication can continue...",
    f"{TIME} * (Non critical) Master does not understand REPLCONF capa: -NOAUTH Authentication required.",
    f"{TIME} # Unexpected reply to PSYNC from master: -NOAUTH Authentication required.",
    f"{TIME} * Retrying with SYNC...",
    f"{TIME} # MASTER aborted replication with an error: NOAUTH Authentication required.",
]
RDB_VERSION = [
    *SYNC,
    f"{TIME} * MASTER <-> REPLICA sync: Loading DB in memory",
    f"{TIME} # Can't handle RDB format version 12",
    f"{TIME} # Failed trying to load the MASTER synchronization DB from disk, check server logs.",
]
NO_SPACE = [
    *SYNC,
    f"{TIME} # Write error or short write writing to the DB dump file needed for MASTER <-> REPLICA synchronization: "
    "No space left on device",
]
IO_ERROR = [*SYNC, f"{TIME} # I/O error trying to sync with MASTER: connection lost"]
SYNCED = f"{TIME} * MASTER <-> REPLICA sync: Finished with success"
FLUSHING = [f"{TIME} * MASTER <-> REPLICA sync: Flushing old data"]
SILENCE = Unknown("no answer")
# What is read of a Redis that ends while it is asked.
GONE = Unknown("10.0.0.4:6379: the answer is too long, or not complete")
IN_USE = "Warning: Could not create server TCP listening socket 10.0.0.4:6379: bind: Address already in use"
CONFIG = [
    f"{TIME} # Configuration loaded",
    "*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***",
    "Reading the configuration file, at line 3",
    ">>> 'hz \"abc\"'",
    "argument couldn't be parsed into an integer",
]


def rdb_channel(line: str) -> str:
    """A line of Redis 7 as Redis 8 writes it where it syncs over two connections."""
    return f"{TIME} * PSYNC is not possible, initialize RDB channel." if "Full resync" in line else line


def valkey(line: str) -> str:
    """A line of Redis as Valkey 8 and 9 write it."""
    return line.replace("MASTER", "PRIMARY").replace("resync from master", "resync from primary")


class LogTest(Case):
    @rows(
        (
            "a master that requires a password",
            NOAUTH,
            "Unexpected reply to PSYNC from master: -NOAUTH Authentication required.",
        ),
        ("a master that is newer", RDB_VERSION, "Can't handle RDB format version 12"),
        ("a disk that is full", NO_SPACE, "Write error or short write writing to the DB dump file"),
        ("a master that breaks the sync off", IO_ERROR, "I/O error trying to sync with MASTER: connection lost"),
        ("the cause of the last attempt with a warning", [*NOAUTH, *IO_ERROR, CONNECTING], "I/O error trying to sync"),
        ("no cause in a log without errors", SYNC, ""),
        ("no cause in an empty journal", [], ""),
    )
    def causes(self, lines: list[str], text: str) -> None:
        self.assertTrue(cause(lines).startswith(text), cause(lines))
        self.assertEqual(bool(cause(lines)), bool(text))

    @rows(
        (
            "a rejected directive",
            CONFIG,
            "Reading the configuration file, at line 3 >>> 'hz ...' argument couldn't be parsed into an integer",
        ),
        (
            "the last warning",
            [f"{TIME} # Configuration loaded", f"{TIME} # Failed opening Unix socket: bind: No such file or directory"],
            "Failed opening Unix socket: bind: No such file or directory",
        ),
        (
            "why the RDB could not be loaded",
            [
                f"{TIME} # Server initialized",
                f"{TIME} # Can't handle RDB format version 99",
                f"{TIME} # Fatal error loading the DB: Invalid argument. Exiting.",
            ],
            "Can't handle RDB format version 99 Fatal error loading the DB: Invalid argument. Exiting.",
        ),
        (
            "a port that is in use",
            [f"{TIME} # {IN_USE}"],
            IN_USE,
        ),
        (
            "why a save failed, not that Redis goes on without it",
            [
                f"{TIME} # Write error saving DB on disk: No space left on device",
                f"{TIME} # Error trying to save the DB, can't exit.",
                f"{TIME} # Errors trying to shut down the server. Check the logs for more information.",
            ],
            "Write error saving DB on disk: No space left on device",
        ),
        (
            "no cause in the log of an election",
            [
                f"{TIME} # Start of election delayed for 571 milliseconds (rank #0, offset 2996).",
                f"{TIME} # Starting a failover election for epoch 8.",
                f"{TIME} # Failover election won: I'm the new master.",
                f"{TIME} # configEpoch set to 8 after successful failover",
                f"{TIME} # Setting secondary replication ID to {'1' * 40}, valid up to offset: 2997.",
                f"{TIME} # Failover auth granted to {'2' * 40} for epoch 9",
            ],
            "",
        ),
        (
            "no cause in what Redis 7.0 logs at each start",
            [
                f"{TIME} # oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo",
                f"{TIME} # Redis version=7.0.15, bits=64, commit=00000000, modified=0, pid=1, just started",
                f"{TIME} # Configuration loaded",
                f"{TIME} # Server initialized",
            ],
            "",
        ),
        ("no cause in an empty log", [], ""),
    )
    def endings(self, lines: list[str], text: str) -> None:
        self.assertEqual(exit_cause(lines), text)

    def test_a_warning_is_plain_and_bounded(self) -> None:
        (found,) = warnings([f"{TIME} # Error reply: \x1b[2J" + "x" * 999])
        self.assertRegex(found, r"^Error reply: \?\[2Jx{180,190}$")

    def test_the_journal_is_of_the_last_two_minutes_without_the_agents_own_lines(self) -> None:
        world = FakeWorld(self.folder())
        world.processes.results["journalctl"] = 0, "redis-replica: waiting: a\n\nredis # one\n"
        self.assertEqual(trouble.journal(world), [])
        world.root = ""
        self.assertEqual(trouble.journal(world), ["redis # one"])

    def test_a_journal_that_cannot_be_read_has_no_lines(self) -> None:
        world = FakeWorld(self.folder())
        world.root = ""
        world.processes.results["journalctl"] = None, "journalctl was killed after 5 s"
        self.assertEqual(cause(trouble.journal(world)), "")


class LinkTest(Case):
    """A replica whose link is down."""

    role: Any = ["slave", "10.0.0.1", 6379, "connect", -1]
    saved: Any = Unknown("10.0.0.4:6379: connection closed")
    nodes = NODES
    # What INFO answers after the log was read; else the same as before.
    after: Any = ""

    def wait(self, lines: list[str], limit: Any = SILENCE, **fields: object) -> FakeWorld:
        world = FakeWorld(self.folder())
        world.root = ""
        world.processes.results["journalctl"] = 0, "\n".join(lines)
        world.network.servers["10.0.0.1:6379"] = {"CONFIG GET client-output-buffer-limit": limit}
        down = {"role": "slave", "loading": 0, "master_link_status": "down", "db0": "keys=5"}
        world.network.servers[HERE] = {
            **{"ROLE": self.role, "SHUTDOWN SAVE": self.saved, "SHUTDOWN NOSAVE": GONE, "CONFIG": "OK"},
            "INFO": self.after or info(**{"master_sync_in_progress": 0, **down, **fields}),
        }
        running = Running(text(R, NODES), Info(info(process_id=42, **fields)))
        live = [node for node in self.nodes if node.slots and "fail" not in node.flags]
        seen = view(R, *(answer(node.id, self.nodes) for node in live))
        put(world.data / "dump.rdb", FULL)
        trouble.protect_flushed(world, running)
        self.code, _ = left_with(lambda: trouble.wait_for_link(world, running, seen, "the link is down"))
        return world

    def test_the_state_has_the_cause(self) -> None:
        self.assertIn("the link is down: Unexpected reply to PSYNC from master: -NOAUTH", self.wait(NOAUTH).shown_state)
        self.assertEqual(self.wait([]).shown_state, "waiting: the link is down")

    def test_a_running_sync_is_reported_with_its_bytes(self) -> None:
        fields = {"master_sync_in_progress": "1", "master_sync_read_bytes": "100", "master_sync_total_bytes": "-1\x1b"}
        self.assertEqual(self.wait(NOAUTH, **fields).shown_state, "waiting: full sync under way: 100 of -1? bytes")
        fields["master_sync_total_bytes"] = "0"
        self.assertEqual(self.wait(NOAUTH, **fields).shown_state, "waiting: full sync under way: 100 bytes")

    @rows(
        ("a sync that began during the look has not failed", info(master_sync_in_progress=1), []),
        ("a replica whose link came up during the look is not stopped", info(master_link_status="up"), []),
        ("a replica that does not answer is not stopped", SILENCE, []),
        ("a replica whose syncs have all failed is stopped", info(master_sync_in_progress=0), ["SHUTDOWN SAVE"]),
    )
    def asks_again(self, after: Any, sent: list[str]) -> None:
        self.after = after if isinstance(after, Unknown) else f"{after}master_sync_total_bytes:5\r\n"
        self.assertEqual(self.wait(IO_ERROR * 5).network.sent("SHUTDOWN"), sent)

    @rows(
        ("a replica whose failed sync has flushed its data is barred", [*FLUSHING, *RDB_VERSION], True),
        ("a replica whose failed sync has flushed nothing is not barred", IO_ERROR, False),
        ("a replica that has been in sync since is not barred", [*FLUSHING, *RDB_VERSION, *SYNC, SYNCED], False),
    )
    def bars(self, lines: list[str], barred: bool) -> None:
        sent = self.wait(lines).network.sent("CONFIG SET")
        self.assertEqual(sent, ["CONFIG SET cluster-replica-no-failover yes", "CONFIG SET save "] * barred)

    @rows(
        ("a replica without keys and without a link is barred, even without an entry in its log", {}, FULL, True),
        ("a replica without a link that has its keys is not barred", {"db0": "keys=5,expires=0"}, FULL, False),
        ("a replica without keys in memory or on disk is not barred", {}, EMPTY, False),
        ("a replica whose last keys have expired is not barred", {"slave_repl_offset": 511}, FULL, False),
        ("a replica that has dropped its history is barred", {"slave_repl_offset": 1}, FULL, True),
    )
    def bars_without_a_log(self, fields: dict[str, object], content: bytes, barred: bool) -> None:
        world = FakeWorld(self.folder())
        world.network.servers[HERE] = {"CONFIG": "OK"}
        put(world.data / "dump.rdb", content)
        fields = {"role": "slave", "master_link_status": "down", "loading": 0, **fields}
        trouble.protect_flushed(world, Running(text(R, NODES), Info(info(**fields))))
        sent = world.network.sent("CONFIG SET")
        self.assertEqual(sent, ["CONFIG SET cluster-replica-no-failover yes", "CONFIG SET save "] * barred)

    def test_a_replica_that_is_in_sync_again_saves_again(self) -> None:
        world = FakeWorld(self.folder())
        world.network.servers[HERE] = {"CONFIG": "OK"}
        world.run.write("flushed", "")
        world.run.write("redis.conf", "port 1\nsave 60 1\nsave 300 10\n")
        trouble.protect_flushed(world, Running(text(R, NODES), Info(info(master_link_status="up"))))
        self.assertEqual(world.network.sent("CONFIG"), ["CONFIG SET save 60 1 300 10"])
        self.assertFalse(world.run.has("flushed"))

    @rows(
        ("a replica with keys in memory saves", {"db0": "keys=5,expires=0"}, False, FULL, "SAVE"),
        ("a replica without keys and without a link does not save over keys", {}, False, FULL, "NOSAVE"),
        ("a replica whose last keys have expired saves", {"slave_repl_offset": 511}, False, FULL, "SAVE"),
        ("a replica whose failed sync has flushed its data does not save", {"db0": "keys=5"}, True, FULL, "NOSAVE"),
        ("a replica without keys saves over an RDB without keys", {}, False, EMPTY, "SAVE"),
        ("a replica without keys and with its link up saves", {"master_link_status": "up"}, False, FULL, "SAVE"),
        ("a master without keys saves", {"role": "master"}, False, FULL, "SAVE"),
        ("a replica that is loading is ended as before", {"loading": 1}, False, FULL, "SAVE"),
    )
    def how_it_ends(self, changed: dict[str, object], flushed: bool, content: bytes, how: str) -> None:
        world = FakeWorld(self.folder())
        put(world.data / "dump.rdb", content)
        if flushed:
            world.run.write("flushed", "")
        fields = {"role": "slave", "master_link_status": "down", "loading": 0, **changed}
        self.assertEqual(trouble.how_to_end(world, Info(info(**fields))), how)

    def test_interrupted_syncs_are_reported_with_the_masters_limit(self) -> None:
        limit = ["client-output-buffer-limit", "replica 1048576 1048576 1"]
        state = self.wait([*IO_ERROR, *IO_ERROR], limit).shown_state
        self.assertIn("2 full syncs have failed: I/O error trying to sync", state)
        self.assertIn("10.0.0.1:6379: ['client-output-buffer-limit', 'replica 1048576 1048576 1']", state)

    def test_without_the_masters_limit_the_cause_is_reported(self) -> None:
        self.assertIn("I/O error trying to sync", self.wait([*IO_ERROR, *IO_ERROR]).shown_state)

    def test_after_five_failed_syncs_the_next_starts_a_minute_later(self) -> None:
        world = self.wait(IO_ERROR * 5)
        self.assertEqual((self.code, world.run.text("hold")), (10, "1060"))
        self.assertIn("5 full syncs have failed: I/O error", world.run.text("ended"))
        self.assertEqual(self.wait(IO_ERROR * 4).network.sent("SHUTDOWN"), [])

    @rows(
        ("what is in memory is saved", IO_ERROR * 5, ["SHUTDOWN SAVE"]),
        ("memory that a failed sync has flushed is not saved", [*FLUSHING, *RDB_VERSION] * 5, ["SHUTDOWN NOSAVE"]),
        ("syncs that Valkey reports count, too", [valkey(line) for line in IO_ERROR] * 5, ["SHUTDOWN SAVE"]),
        (
            "syncs of Redis 8 over two connections count, too",
            [rdb_channel(line) for line in IO_ERROR] * 5,
            ["SHUTDOWN SAVE"],
        ),
        ("syncs that succeeded do not count", [*SYNC, SYNCED] * 6, []),
        ("syncs before one that succeeded do not count", [*IO_ERROR * 9, *SYNC, SYNCED, *IO_ERROR * 4], []),
    )
    def holds_back(self, lines: list[str], sent: list[str]) -> None:
        self.assertEqual(self.wait(lines).network.sent("SHUTDOWN"), sent)

    def test_without_a_save_redis_is_stopped_where_it_cannot_save(self) -> None:
        self.saved = Refused("ERR Errors trying to SHUTDOWN. Check logs.")
        self.assertEqual(self.wait(IO_ERROR * 5).network.sent("SHUTDOWN"), ["SHUTDOWN SAVE", "SHUTDOWN NOSAVE"])

    @rows(
        ("a replica whose master is down is not stopped: it may be elected", change(NODES, A, **DOWN), role),
        ("a node that was elected meanwhile is not stopped", NODES, ["master", 700, []]),
        ("a node that does not report its role is not stopped", NODES, Unknown("no answer")),
    )
    def goes_on(self, nodes: list[Line], role: Any) -> None:
        self.nodes, self.role = nodes, role
        world = self.wait(IO_ERROR * 9)
        self.assertEqual((world.network.sent("SHUTDOWN"), self.code), ([], 10))
        if role == ["master", 700, []]:
            self.assertEqual(world.shown_state, "waiting: Redis is not stopped: its role is master")


class SecretTest(Case):
    ACL = f"{TIME} # Aborting Redis startup because of ACL errors: /x:2: Error in applying operation '{{}}': Unknown"

    def test_a_rule_of_an_acl_file_is_not_shown(self) -> None:
        self.assertEqual(
            exit_cause([f"{TIME} # Server initialized", self.ACL.format(">needle a"), f"{TIME} # WARNING overcommit"]),
            "Aborting Redis startup because of ACL errors: /x:2: Error in applying operation '...': Unknown",
        )

    def test_a_client_without_tls_is_no_cause(self) -> None:
        line = f"{TIME} # Error accepting a client connection: error:0A00010B:SSL routines::wrong version number"
        self.assertEqual((exit_cause([line]), cause([line])), ("", ""))

    def test_a_rejected_psync_is_a_cause_only_of_the_last_attempt(self) -> None:
        self.assertEqual(
            trouble.rejected_psync(NOAUTH), "Unexpected reply to PSYNC from master: -NOAUTH Authentication required."
        )
        self.assertEqual(trouble.rejected_psync([*NOAUTH, *SYNC]), "")


class UpdateTest(Case):
    def test_data_was_last_updated_when_the_link_went_down_or_the_rdb_was_written(self) -> None:
        world = FakeWorld(self.folder())
        self.assertEqual(
            trouble.last_update(world, Info(info(master_link_down_since_seconds=60))), utc(world.clock.now() - 60)
        )
        self.assertEqual(trouble.last_update(world, Info("")), "an unknown time")
        world.data.write("dump.rdb", "x")
        for reply in (info(master_link_down_since_seconds=-1), Unknown("silence")):
            self.assertRegex(trouble.last_update(world, Info(reply)), r"^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC$")
