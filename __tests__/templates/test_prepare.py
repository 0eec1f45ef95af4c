"""Runs `prepare` in a fake world: the decision that the servers' answers lead to, and the changes to the volume."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Callable
from unittest import mock

from cluster import DOWN, NODES, A, Line, R, S, T, change, conf, text
from fakes import HERE, SETTINGS, FakeWorld, info, left_with, put
from samples import EMPTY, FULL, ID, rdb
from suite import Case, rows

import metadata
import receipt
import report
from candidate import Candidate, followed
from facts import Refused, Unknown, fact
from prepare import prepare
from resp import Info
from settings import Settings
from view import look
from volume import KEPT, Own

if TYPE_CHECKING:
    from facts import Fact

MINE = "10.0.0.4:6379"
MANIFEST = "appendonlydir/appendonly.aof.manifest"
PROMOTED = change(change(NODES, A, slots="", **DOWN), R, flags="master", master="-", slots="0-5460")
SILENCE = Unknown("10.0.0.1:6379: no answer within 2 s")
OWNER = info(redis_version="7.0.15", loading=0, master_replid=ID, master_replid2="0" * 40, master_repl_offset=700)


def elsewhere(offset: int) -> bytes:
    """An RDB of another history."""
    return rdb(offset=offset).replace(ID.encode(), b"7" * 40)


class PrepareCase(Case):
    """A replica at 10.0.0.4 that comes back on another instance. Its masters answer."""

    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())
        self.instance: Fact = "i-2"
        put(self.world.data / "nodes.conf", conf(R, NODES))
        put(self.world.data / "dump.rdb", FULL)
        self.world.state.write("instance-id", "i-1\n")
        self.serve(NODES)

    def serve(self, nodes: list[Line], **more: Any) -> None:
        for node in nodes:
            if node.id == R or "fail" in node.flags.split(",") or "@" in node.at:
                continue
            self.world.network.servers[f"{node.at}:6379"] = {
                "CLUSTER NODES": text(node.id, nodes),
                "CLUSTER INFO": info(cluster_current_epoch=9),
                "CLUSTER MYID": node.id,
                "CLUSTER MYSHARDID": Refused("ERR unknown subcommand"),
                "CONFIG GET cluster-node-timeout": ["cluster-node-timeout", "5000"],
                "INFO": OWNER,
                "DBSIZE": 3000,
                "TIME": ["1700000000", "0"],
                **more,
            }

    def answer(self, place: str, **changed: Any) -> None:
        servers = self.world.network.servers
        servers[f"{place}:6379"] = {
            **servers[f"{place}:6379"],
            **{key.replace("_", " "): value for key, value in changed.items()},
        }

    def prepare(self) -> int:
        with mock.patch.object(metadata, "identity", return_value=("10.0.0.4", self.instance)):
            code, self.log = left_with(lambda: prepare(self.world))
        return code

    @property
    def files(self) -> dict[str, bytes]:
        found = {}
        for base, _, names in os.walk(f"{self.world.root}/var/lib"):
            for name in names:
                with open(f"{base}/{name}", "rb") as file:
                    found[os.path.relpath(f"{base}/{name}", f"{self.world.root}/var/lib")] = file.read()
        return found

    @property
    def own(self) -> Own:
        return Own(self.world.data.text("nodes.conf"))


class StartTest(PrepareCase):
    def test_a_replica_follows_the_owner_of_its_shard(self) -> None:
        self.assertEqual(self.prepare(), 0)
        self.assertEqual((self.own.id, self.own.role, self.own.me and self.own.me.master), (R, "replica", A))
        self.assertEqual(self.files["redis/kept/dump.rdb"], FULL)
        self.assertEqual(self.world.state.text("instance-id"), "i-2\n")
        self.assertIn("bind 10.0.0.4 127.0.0.1\n", self.world.run.text("redis.conf"))
        self.assertIn("cluster-node-timeout 5000\n", self.world.run.text("redis.conf"))
        self.assertTrue(self.world.run.has("started"))

    def test_the_host_name_has_the_id_of_this_instance(self) -> None:
        self.world.settings.all["ANNOUNCE_HOSTNAME"] = "{instance-id}.redis"
        self.assertEqual(self.prepare(), 0)
        self.assertIn("cluster-announce-hostname i-2.redis\n", self.world.run.text("redis.conf"))

    def test_a_host_name_with_an_instance_id_that_is_not_known_delays_the_start(self) -> None:
        self.instance = Unknown("the metadata service does not answer: timed out")
        self.world.settings.all["ANNOUNCE_HOSTNAME"] = "{instance-id}.redis"
        self.assertEqual(self.prepare(), 10)
        self.assertIn("no host name yet: the metadata service does not answer", self.world.shown_state)
        self.world.settings.all["ANNOUNCE_HOSTNAME"] = "{private-ip}.redis"
        self.assertEqual(self.prepare(), 0)

    @rows(
        ("the zone is not asked for if neither the settings nor the server have zones", "", 0),
        ("the zone is asked for if the settings have zones", "MASTER_ZONES='10.0.0.1=us-west-2a'\n", 1),
    )
    def zones(self, zones: str, count: int) -> None:
        self.world.settings = Settings(SETTINGS + zones)
        with mock.patch.object(metadata, "keep_zone") as asked:
            self.assertEqual(self.prepare(), 0)
        self.assertEqual(asked.call_count, count)

    def test_the_zone_is_asked_for_if_the_server_has_a_directive_for_it(self) -> None:
        put(f"{self.world.bin}/redis-server", "\x7fELF\0save\0availability-zone\0")
        with mock.patch.object(metadata, "ask", return_value=["us-west-2a"]):
            self.assertEqual(self.prepare(), 0)
        self.assertIn("\navailability-zone us-west-2a\n", self.world.run.text("redis.conf"))

    def test_a_zone_that_is_not_known_does_not_delay_the_start(self) -> None:
        put(f"{self.world.bin}/redis-server", "\x7fELF\0save\0availability-zone\0")
        with mock.patch.object(metadata, "ask", side_effect=TimeoutError("timed out")):
            self.assertEqual(self.prepare(), 0)
        self.assertNotIn("availability-zone", self.world.run.text("redis.conf"))
        self.assertIn("the availability zone of this instance is not known: timed out", self.log)

    def test_a_receipt_is_deleted_before_redis_starts(self) -> None:
        self.world.state.write("receipt", "x")
        self.prepare()
        self.assertFalse(self.world.state.has("receipt"))

    def test_a_start_that_fails_keeps_the_receipt(self) -> None:
        self.world.state.write("receipt", "x")
        full = mock.patch("prepare.render", side_effect=OSError("No space left on device"))
        with full, self.assertRaisesRegex(OSError, "No space left"):
            self.prepare()
        self.assertTrue(self.world.state.has("receipt"))

    def test_a_replica_follows_a_node_that_was_promoted_meanwhile(self) -> None:
        self.serve([*change(NODES, A, slots="", **DOWN), Line(S, "10.0.0.5", "master", slots="0-5460")])
        self.assertEqual(self.prepare(), 0)
        self.assertEqual(self.own.me and self.own.me.master, S)

    def test_a_replica_without_a_master_follows_the_owner_of_its_shard_by_the_last_known_good_copy(self) -> None:
        # F36: the node was forgotten and met again, then killed, and its nodes.conf is lost.
        put(self.world.data / "nodes.conf", "")
        self.world.state.write("nodes.conf", conf(R, NODES))
        self.serve(change(NODES, R, master="-"))
        self.assertEqual(self.prepare(), 0)
        self.assertEqual(self.own.me and self.own.me.master, A)

    def test_a_start_without_a_live_master_keeps_the_rdb_until_the_master_is_compared_with_it(self) -> None:
        self.instance = "i-1"
        self.world.network.servers.clear()
        self.assertEqual((self.prepare(), self.files["redis/kept/dump.rdb"]), (0, FULL))
        # It followed a master that had come back empty, which has got one key since.
        self.world.data.remove("dump.rdb")
        put(self.world.data / "dump.rdb", rdb(offset=5))
        self.assertEqual((self.prepare(), self.files["redis/kept/dump.rdb"]), (0, FULL))
        self.assertTrue(self.world.state.has("unverified"))

    def test_a_replica_that_follows_a_master_that_is_down_is_compared_with_it_later(self) -> None:
        self.serve(change(NODES, A, **DOWN))
        del self.world.network.servers["10.0.0.1:6379"]
        self.assertEqual((self.prepare(), self.world.state.has("unverified")), (0, True))

    def test_a_replica_that_follows_a_live_master_is_compared_again_since_that_may_come_back_empty(self) -> None:
        self.assertEqual((self.prepare(), self.world.state.has("unverified")), (0, True))

    def test_a_replica_without_keys_need_not_be_compared_with_its_master(self) -> None:
        put(self.world.data / "dump.rdb", EMPTY)
        self.assertEqual((self.prepare(), self.world.state.has("unverified")), (0, False))

    def test_a_master_with_less_that_an_operator_has_accepted_is_not_reported_again(self) -> None:
        put(self.world.data / "dump.rdb", rdb(offset=800))
        self.assertEqual(self.prepare(), 20)
        report.accept(self.world)
        self.assertEqual((self.prepare(), self.world.state.has("unverified")), (0, False))

    @rows(
        ("the only RDB that is kept, is not reported again", rdb(offset=750), False),
        (
            "one RDB, leaves another history that is kept to be compared",
            rdb(offset=750).replace(ID.encode(), b"9" * 40),
            True,
        ),
    )
    def what_is_accepted_for(self, before: bytes, marked: bool) -> None:
        self.world.state.write("unverified", "")
        put(self.world.data / "kept/dump.rdb", before)
        put(self.world.data / "dump.rdb", rdb(offset=800))
        self.assertEqual(self.prepare(), 20)
        report.accept(self.world)
        self.assertEqual((self.prepare(), self.world.state.has("unverified")), (0, marked))

    def kept(self) -> dict[str, bytes]:
        return {name[11:]: content for name, content in self.files.items() if name.startswith("redis/kept/")}

    def start_with(self, mark: str | None, content: bytes) -> None:
        """A start with the master down, and with the mark, if there is one, and an RDB."""
        self.world.state.remove("unverified")
        if mark is not None:
            self.world.state.write("unverified", mark)
        self.world.data.remove("dump.rdb")
        put(self.world.data / "dump.rdb", content)
        self.assertEqual((self.prepare(), self.world.state.text("unverified")), (0, mark or ""))

    @rows(("before a comparison", ""), ("once an operator has to decide", "dump.rdb"))
    def each_start_keeps_another_rdb(self, mark: str) -> None:
        self.serve(change(NODES, A, **DOWN))
        del self.world.network.servers["10.0.0.1:6379"]
        self.prepare()
        # One that continues the same history replaces the earlier one.
        more, other, less = rdb(offset=900), elsewhere(5), elsewhere(4)
        for content, kept in (
            (more, [more]),
            (FULL, [more, FULL]),
            (other, [more, FULL, other]),
            (other, [more, FULL, other]),
            (EMPTY, [more, FULL, other]),
            (less, [more, FULL, other, less]),
        ):
            self.start_with(mark, content)
            self.assertEqual(self.kept(), dict(zip(KEPT, kept)))
        self.start_with(None, FULL)
        self.assertEqual(self.kept(), {"dump.rdb": FULL})

    def test_without_a_mark_an_rdb_of_another_history_replaces_the_earlier_one(self) -> None:
        self.start_with(None, FULL)
        self.start_with(None, elsewhere(5))
        self.assertEqual(self.kept(), {"dump.rdb": elsewhere(5)})

    def test_a_redis_that_is_silent_is_not_prepared_for(self) -> None:
        self.world.network.servers[HERE] = {"TIME": Unknown("no answer within 2 s")}
        before = self.files
        self.assertEqual((self.prepare(), self.files), (10, before))
        self.assertIn("it is not known whether Redis is running", self.world.shown_state)

    def test_a_start_waits_for_a_look_that_began_before_redis_ended(self) -> None:
        waited: list[float] = []
        clock = mock.patch.multiple(self.world.clock, sleep=waited.append, uptime=lambda: float(len(waited)))
        with self.world.lock(1), clock:
            self.assertEqual(self.prepare(), 10)
        self.assertEqual(len(waited), 120)
        self.assertFalse(self.world.run.has("started"))

    def test_a_refusal_of_a_look_that_began_before_redis_ended_holds_for_the_next_start(self) -> None:
        self.world.run.write("refused", "a twin\nrefusal twin\n")
        self.assertEqual((self.prepare(), self.world.run.has("started")), (20, False))

    def test_an_empty_volume_starts_if_no_node_answers(self) -> None:
        for name in ("nodes.conf", "dump.rdb"):
            self.world.data.remove(name)
        self.world.network.servers.clear()
        self.assertEqual((self.prepare(), self.own.id), (0, ""))

    def test_data_without_a_node_id_belongs_to_the_node_at_this_address(self) -> None:
        self.world.data.remove("nodes.conf")
        self.assertEqual(self.prepare(), 0)
        self.assertEqual((self.own.id, self.own.role), (R, "replica"))

    def test_data_without_a_known_node_is_set_aside(self) -> None:
        self.world.data.remove("nodes.conf")
        self.serve(NODES[:3])
        self.assertEqual(self.prepare(), 0)
        self.assertEqual((self.files["redis-replica/aside/dump.rdb"], self.world.data.has("dump.rdb")), (FULL, False))

    def test_an_interrupted_join_starts_unchanged(self) -> None:
        bare = f"{T} 10.0.0.4:6379@16379 myself,master - 0 0 0 connected\nvars currentEpoch 0 lastVoteEpoch 0\n"
        put(self.world.data / "nodes.conf", bare)
        put(self.world.data / "dump.rdb", EMPTY)
        self.assertEqual((self.prepare(), self.world.data.text("nodes.conf")), (0, bare))

    def test_a_node_without_slots_that_has_keys_starts_with_an_empty_folder(self) -> None:
        bare = f"{T} 10.0.0.4:6379@16379 myself,master - 0 0 0 connected\nvars currentEpoch 0 lastVoteEpoch 0\n"
        put(self.world.data / "nodes.conf", bare)
        self.assertEqual((self.prepare(), self.world.data.has("dump.rdb")), (0, False))
        self.assertEqual(self.files["redis-replica/aside/dump.rdb"], FULL)

    def test_a_damaged_rdb_is_moved_to_kept_after_a_failed_start(self) -> None:
        self.world.run.write("failed", "")
        self.world.processes.results["redis-check-rdb"] = 1, "RDB CRC error"
        self.assertEqual(self.prepare(), 0)
        self.assertEqual((self.files["redis/kept/damaged.rdb"], self.world.data.has("dump.rdb")), (FULL, False))

    @rows(
        ("an rdb that the checker accepts stays", 0),
        ("an rdb whose check was killed stays", None),
        ("an rdb without a checker stays", 127),
    )
    def checked(self, status: int | None) -> None:
        self.world.run.write("failed", "")
        self.world.processes.results["redis-check-rdb"] = status, ""
        self.assertEqual((self.prepare(), self.world.data.has("dump.rdb")), (0, True))

    def test_a_replicas_append_only_file_is_removed(self) -> None:
        put(self.world.data / MANIFEST, "")
        self.prepare()
        self.assertFalse(self.world.data.has("appendonlydir"))
        self.assertIn("appendonly no\n", self.world.run.text("redis.conf"))

    def test_after_five_failed_starts_each_further_one_is_delayed(self) -> None:
        begun = self.world.clock.time
        self.world.run.write("failures", "....")
        self.prepare()
        self.assertEqual(self.world.clock.time, begun)
        self.world.run.write("failures", ".....")
        self.prepare()
        self.assertEqual(self.world.clock.time - begun, 15)

    def test_after_failed_syncs_one_start_is_delayed(self) -> None:
        begun = self.world.clock.time
        self.world.run.write("hold", str(begun + 40))
        self.prepare()
        self.prepare()
        self.assertEqual(self.world.clock.time - begun, 40)


class SilenceTest(PrepareCase):
    """F33 and similar: if an answer is missing, nothing on the volume changes, and the node waits with a reason."""

    def held(self, reason: str) -> None:
        before = self.files
        self.assertEqual(self.prepare(), 10)
        after = self.files
        after.pop("redis-replica/node-timeout", None)
        self.assertEqual(after, before)
        self.assertFalse(self.world.run.has("started"))
        self.assertIn(reason, self.world.shown_state)

    @rows(
        ("an owner whose INFO is not answered", {"INFO": SILENCE}, "no answer within 2 s"),
        (
            "an owner whose number of keys is not answered",
            {"DBSIZE": SILENCE, "INFO": OWNER.replace(ID, "9" * 40)},
            "no answer within 2 s",
        ),
        ("an owner that requires a password", {"INFO": Refused("NOAUTH Authentication required.")}, "NOAUTH"),
        (
            "an owner whose offset is a command",
            {"INFO": OWNER.replace("offset:700", "offset:PORT[$(id)]")},
            "not a number",
        ),
        (
            "an owner whose INFO lacks the offset",
            {"INFO": OWNER.replace("master_repl_offset", "x")},
            "master_repl_offset",
        ),
        ("an owner whose INFO lacks the release", {"INFO": OWNER.replace("redis_version", "x")}, "redis_version"),
        ("an owner that is loading", {"INFO": OWNER.replace("loading:0", "loading:1")}, "loading its data"),
        ("an owner that does not report the epoch", {"CLUSTER INFO": SILENCE}, "nodes.conf cannot be rebuilt"),
    )
    def owners(self, changed: dict[str, Any], reason: str) -> None:
        put(self.world.data / "kept/dump.rdb", FULL)
        self.answer("10.0.0.1", **changed)
        self.held(reason)

    def test_masters_that_do_not_answer(self) -> None:
        self.world.network.servers.clear()
        self.held("no majority of the masters answers and agrees: 0 of all")

    def test_only_one_of_the_masters_answers(self) -> None:
        for place in ("10.0.0.2", "10.0.0.3"):
            del self.world.network.servers[f"{place}:6379"]
        self.held("1 of 3 masters with slots answer and agree")

    def test_a_machine_with_this_nodes_id_that_does_not_answer(self) -> None:
        self.serve(change(NODES, R, at="10.0.0.8"))
        self.held("at another address")

    def test_a_nodes_conf_that_cannot_be_read(self) -> None:
        self.world.data.remove("nodes.conf")
        os.mkfifo(self.world.data / "nodes.conf")
        code = self.prepare()
        self.assertEqual((code, self.world.run.has("started")), (10, False))

    def test_an_owner_whose_replica_does_not_answer(self) -> None:
        put(self.world.data / "nodes.conf", conf(R, PROMOTED))
        self.serve([*PROMOTED, Line(S, "10.0.0.5", "slave", R)])
        self.answer("10.0.0.5", INFO=SILENCE)
        self.held("no answer within 2 s")

    def test_an_address_that_no_interface_has(self) -> None:
        with mock.patch.object(
            metadata, "identity", return_value=("", Unknown("the metadata service does not answer: x"))
        ):
            code, _ = left_with(lambda: prepare(self.world))
        self.assertEqual(
            (code, self.world.shown_state), (10, "waiting: no private IP yet: the metadata service does not answer: x")
        )

    def test_a_metadata_service_that_does_not_answer_never_overwrites_a_known_identity(self) -> None:
        self.instance = Unknown("the metadata service does not answer")
        self.assertEqual((self.prepare(), self.world.state.text("instance-id")), (0, "i-1\n"))

    def test_without_a_quorum_a_reboot_needs_the_instance_id(self) -> None:
        self.world.network.servers.clear()
        self.instance = Unknown("the metadata service does not answer")
        self.assertEqual(self.prepare(), 10)
        self.instance = "i-2"
        self.assertEqual(self.prepare(), 10)
        self.instance = "i-1"
        self.assertEqual((self.prepare(), self.own.id), (0, R))


class RefusalTest(PrepareCase):
    def setUp(self) -> None:
        super().setUp()
        # The owner came back with less data.
        self.answer("10.0.0.1", INFO=OWNER.replace("offset:700", "offset:699"))

    def test_an_owner_that_holds_less_is_refused_with_the_evidence_for_an_operator(self) -> None:
        before = self.files
        self.assertEqual(self.prepare(), 20)
        # The RDB is kept by a hard link, and no other file changes.
        self.assertEqual(self.files, {**before, "redis/kept/dump.rdb": before["redis/dump.rdb"]})
        self.assertIn("following it would delete data", self.world.shown_state)
        for line in (
            "nodes.conf role: replica, cluster view: replica, owner of its shard: live",
            "this volume: offset 700, has keys, written at 20",
            "the owner at 10.0.0.1:6379: offset 699, link down for 0 s, 3000 keys",
        ):
            self.assertIn(line, self.log)

    def test_an_empty_owner_of_another_history_is_refused(self) -> None:
        self.answer("10.0.0.1", INFO=OWNER.replace(ID, "9" * 40), DBSIZE=0)
        self.assertEqual(self.prepare(), 20)

    def test_a_server_older_than_the_owners_is_refused(self) -> None:
        self.answer("10.0.0.1", INFO=OWNER.replace("7.0.15", "8.0.6"))
        self.assertEqual(self.prepare(), 20)
        versions = "Redis 7.0.15 cannot read the data of Redis 8.0.6 at 10.0.0.1:6379: install Redis 8.0.6 or newer"
        self.assertEqual(self.world.shown_state, f"refused: this server is older than its master's: {versions}")

    def test_a_server_older_than_the_one_that_wrote_the_rdb_is_refused_and_the_volume_is_not_changed(self) -> None:
        newer = rdb(redis_ver="8.0.6")
        put(self.world.data / "dump.rdb", newer)
        before = self.files
        self.assertEqual(self.prepare(), 20)
        versions = "Redis 7.0.15 cannot read the data of Redis 8.0.6 on this volume: install Redis 8.0.6 or newer"
        self.assertEqual(self.world.shown_state, f"refused: {versions}")
        self.assertEqual({name: each for name, each in self.files.items() if name in before}, before)
        self.assertFalse(self.world.run.has("started"))

    def test_a_module_whose_file_is_missing_is_refused_by_name(self) -> None:
        self.world.settings.all["MODULES"] = "/nowhere/search.so MAXSEARCHRESULTS 10"
        self.assertEqual(self.prepare(), 20)
        self.assertIn("refused: the module /nowhere/search.so is missing", self.world.shown_state)

    def test_with_an_acceptance_it_follows_once_and_keeps_the_data_of_the_volume(self) -> None:
        self.prepare()
        report.accept(self.world)
        self.assertEqual((self.prepare(), self.files["redis/kept/dump.rdb"]), (0, FULL))
        self.assertFalse(self.world.run.has("accepted"))
        self.assertEqual(self.prepare(), 20)

    @rows(
        ("an acceptance is void for another volume", lambda case: put(case.world.data / "dump.rdb", rdb(offset=900))),
        ("an acceptance is void for another owner", lambda case: case.serve_other()),
        (
            "an acceptance is void for another reason",
            lambda case: case.answer("10.0.0.1", INFO=OWNER.replace("7.0.15", "8.0.6")),
        ),
    )
    def void(self, change: Callable[[RefusalTest], None]) -> None:
        self.prepare()
        report.accept(self.world)
        change(self)
        self.assertEqual(self.prepare(), 20)

    def serve_other(self) -> None:
        self.serve(
            [*change(NODES, A, slots="", **DOWN), Line(S, "10.0.0.5", "master", slots="0-5460")],
            INFO=OWNER.replace("offset:700", "offset:5"),
        )

    def test_an_acceptance_without_a_refusal_is_void(self) -> None:
        self.world.run.write("accepted", "twin")
        self.assertEqual(self.prepare(), 20)

    def test_the_command_to_promote_a_replica_has_only_an_address(self) -> None:
        put(self.world.data / "nodes.conf", conf(R, PROMOTED))
        self.serve(
            [*PROMOTED, Line(S, "10.0.0.5", "slave,nofailover", R)],
            INFO=info(slave_repl_offset=650, master_link_down_since_seconds="5\x1b[2J"),
        )
        self.world.clock.time = 10
        self.prepare()
        self.world.clock.time = 200
        self.assertEqual(self.prepare(), 20)
        self.assertIn("redis-cli -h 10.0.0.5 -p 6379 cluster failover takeover", self.log)
        self.assertIn("replica 10.0.0.5:6379: offset 650, link down for 5?[2J s, 3000 keys", self.log)


class SecretTest(PrepareCase):
    """The same replica in a cluster with a password, which is in a file of the image."""

    def setUp(self) -> None:
        super().setUp()
        before, self.image = self.world, self.folder()
        self.world = FakeWorld(self.folder(), f"{SETTINGS}AUTH_PASSWORD='file:{self.image}/a'\nREGION='us-west-2'\n")
        self.world.network.servers = before.network.servers
        for name in ("nodes.conf", "dump.rdb"):
            put(self.world.data / name, before.data.read(name))
        memory = mock.patch("credentials.file_system", return_value="tmpfs")
        memory.start()
        self.addCleanup(memory.stop)

    def test_the_secrets_are_fetched_before_redis_starts(self) -> None:
        put(f"{self.image}/a", "needle")
        self.assertEqual(self.prepare(), 0)
        self.assertIn(f"include {self.world.secrets.path}/auth.conf\n", self.world.run.text("redis.conf"))
        self.assertNotIn("needle", self.world.run.text("redis.conf") + self.log)
        self.assertEqual(self.world.run.text("loaded"), self.world.secrets.text("version"))

    def test_without_them_redis_does_not_start(self) -> None:
        self.assertEqual(self.prepare(), 10)
        self.assertIn("the secrets are not there yet", self.world.shown_state)
        self.assertFalse(self.world.run.has("started"))
        self.assertEqual(self.world.network.asked, [])

    def test_a_password_that_masters_reject_is_requested_anew_and_is_no_empty_cluster(self) -> None:
        put(f"{self.image}/a", "needle")
        wrong = Refused("WRONGPASS invalid username-password pair or user is disabled.")
        for place in ("10.0.0.1", "10.0.0.2", "10.0.0.3"):
            self.answer(place, CLUSTER_NODES=wrong)
        self.world.network.login.rejected = True  # type: ignore[union-attr]
        before = self.files
        self.assertEqual(self.prepare(), 10)
        self.assertIn("no majority of the masters answers and agrees", self.world.shown_state)
        self.assertIn("WRONGPASS", self.world.shown_state)
        self.assertTrue(self.world.run.has("refresh"))
        self.assertEqual({**self.files, **before}, self.files)

    def test_the_command_to_promote_a_replica_asks_for_the_password(self) -> None:
        put(f"{self.image}/a", "needle")
        put(self.world.data / "nodes.conf", conf(R, PROMOTED))
        self.serve([*PROMOTED, Line(S, "10.0.0.5", "slave,nofailover", R)], INFO=info(slave_repl_offset=650))
        self.prepare()
        self.world.clock.time += 200
        self.assertEqual(self.prepare(), 20)
        self.assertIn("redis-cli --user default --askpass -h 10.0.0.5 -p 6379 cluster failover takeover", self.log)


class OwnerTest(PrepareCase):
    """A promoted node that comes back."""

    def setUp(self) -> None:
        super().setUp()
        put(self.world.data / "nodes.conf", conf(R, PROMOTED))
        self.serve(PROMOTED)

    def later(self) -> int:
        """The result after W."""
        self.prepare()
        self.world.clock.time += 100
        return self.prepare()

    def attest(self) -> None:
        receipt.write(self.world, look(self.world, Own(conf(R, PROMOTED)), R))

    def test_once_an_operator_has_accepted_it_serves_at_once_and_does_not_wait_again(self) -> None:
        self.assertEqual(self.later(), 20)
        report.accept(self.world)
        self.assertEqual((self.prepare(), self.own.role), (0, "owner"))

    def test_after_a_refusal_and_a_retry_it_waits_for_an_election_again(self) -> None:
        self.assertEqual(self.later(), 20)
        report.retry(self.world)
        self.assertEqual(self.prepare(), 10)

    def test_with_a_receipt_it_serves_at_once(self) -> None:
        self.attest()
        self.assertEqual((self.prepare(), self.own.role), (0, "owner"))
        self.assertEqual(self.files["redis/kept/dump.rdb"], FULL)

    def test_a_receipt_does_not_count_if_masters_have_heard_from_the_node_later(self) -> None:
        self.attest()
        self.serve(change(PROMOTED, R, pong=1_700_000_001_000))
        self.assertEqual(self.later(), 20)

    def test_a_receipt_does_not_count_with_an_incomplete_nodes_conf(self) -> None:
        self.attest()
        self.world.state.write("nodes.conf", conf(R, PROMOTED))
        put(self.world.data / "nodes.conf", conf(R, PROMOTED)[:-9])
        self.assertEqual(self.later(), 20)

    def test_a_restored_image_is_refused_after_w(self) -> None:
        self.assertEqual(self.prepare(), 10)
        self.assertEqual(self.later(), 20)
        self.assertIn("may be older than the last acknowledged write", self.world.shown_state)

    def test_after_a_crash_it_serves_from_its_append_only_file_on_the_same_instance(self) -> None:
        put(self.world.data / MANIFEST, "")
        self.instance = "i-1"
        self.assertEqual((self.later(), self.world.data.has(MANIFEST)), (0, True))
        self.assertIn("appendonly yes\n", self.world.run.text("redis.conf"))

    def test_an_incomplete_append_only_file_is_not_served_from(self) -> None:
        put(self.world.data / MANIFEST, "")
        self.world.state.write("aof-partial", "")
        self.instance = "i-1"
        self.assertEqual((self.later(), self.world.data.has(MANIFEST)), (20, True))

    def test_with_an_acceptance_an_owner_serves_and_a_nodes_conf_with_the_role_replica_is_rebuilt(self) -> None:
        put(self.world.data / "nodes.conf", conf(R, NODES))
        self.assertEqual(self.later(), 20)
        with mock.patch.object(report, "retry", lambda world: world.run.remove("refused")):
            report.accept(self.world)
        self.assertEqual((self.prepare(), self.own.role, self.own.shard_slots), (0, "owner", set(range(5461))))

    def copy(self, **fields: Any) -> str:
        self.serve([*PROMOTED, Line(S, "10.0.0.5", "slave", R)])
        self.answer("10.0.0.5", INFO=info(**fields), TIME=["1700000060", "0"])
        candidate = Candidate(self.world, MINE, "i-2")
        found = candidate.gather()["copy"]
        return str(found)

    @rows(
        ("a replica whose link is up was connected until the stop", {"master_link_status": "up"}, "following"),
        (
            "a replica that lost its link when the masters lost the node was connected until the stop",
            {"master_link_status": "down", "master_link_down_since_seconds": 60},
            "following",
        ),
        (
            "a replica that lost its link a minute earlier was not connected until the stop",
            {"master_link_status": "down", "master_link_down_since_seconds": 120},
            "other",
        ),
        (
            "for a replica that never had a link it is unknown",
            {"master_link_status": "down", "master_link_down_since_seconds": -1},
            "a replica has had no link since it started",
        ),
    )
    def copies(self, fields: dict[str, Any], expected: str) -> None:
        self.assertEqual(self.copy(**fields), expected)

    def test_a_replica_that_cannot_be_elected_does_not_count_as_connected(self) -> None:
        self.serve([*PROMOTED, Line(S, "10.0.0.5", "slave,nofailover", R)])
        self.assertEqual(Candidate(self.world, MINE, "i-2").gather()["copy"], "other")

    def test_a_node_without_replicas_has_no_copy(self) -> None:
        self.assertEqual(Candidate(self.world, MINE, "i-2").gather()["copy"], "none")


class FollowedTest(Case):
    @rows(
        ("a time that is not answered", SILENCE),
        ("a time of another form", ["now"]),
        ("a time that is nil", None),
    )
    def times(self, now: Any) -> None:
        down = Info(info(master_link_status="down", master_link_down_since_seconds=5))
        self.assertIsInstance(fact(lambda: followed(down, now, 100)), Unknown)
