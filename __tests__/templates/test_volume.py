from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
import unittest
from unittest import mock

import samples
from cluster import NODES, A, R, change, conf, text
from fakes import FakeWorld, left_with, put
from samples import EMPTY, FULL, rdb
from suite import Case, rows

import volume
from folder import Folder
from volume import Own, Rdb, has_data, keep_rdb, rdb_mark, read_own, read_rdb, set_aside
from world import Processes


class InTheseMounts(Processes):
    def run(self, *argv: str, seconds: float = 60, user: tuple[int, int] | None = None) -> tuple[int | None, str]:
        return super().run(*(argv[argv.index("mv") :] if "mv" in argv else argv), seconds=seconds, user=user)


class OwnTest(Case):
    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())

    @rows(
        ("a replica's file names the replica", conf(R, NODES), (R, "replica")),
        ("a promoted replica's file names an owner", conf(A, NODES), (A, "owner")),
        (
            "the file of a node that never joined names a bare node",
            f"{R} :0@0 myself,master - 0 0 0 connected\nvars currentEpoch 0 lastVoteEpoch 0\n",
            (R, "bare"),
        ),
        ("a replica without a master is a replica", conf(R, change(NODES, R, master="-")), (R, "replica")),
        ("a truncated file names no node", conf(R, NODES)[:-20], ("", "none")),
        ("a file of zeros names no node", "\0" * 500, ("", "none")),
        ("an empty file names no node", "", ("", "none")),
    )
    def files(self, content: str, expected: tuple[str, str]) -> None:
        put(self.world.data / "nodes.conf", content)
        own = read_own(self.world)
        self.assertEqual((own.id, own.role), expected)

    def test_the_last_known_good_copy_names_a_node_whose_file_is_damaged(self) -> None:
        self.world.state.write("nodes.conf", conf(R, NODES))
        put(self.world.data / "nodes.conf", conf(R, NODES)[:60])
        self.assertEqual(read_own(self.world).id, R)

    def test_the_last_known_good_copy_does_not_name_an_empty_volume(self) -> None:
        self.world.state.write("nodes.conf", conf(R, NODES))
        self.assertEqual(read_own(self.world).id, "")

    def test_a_truncated_copy_names_no_node(self) -> None:
        self.world.state.write("nodes.conf", conf(R, NODES)[:60])
        put(self.world.data / "dump.rdb", FULL)
        self.assertEqual(read_own(self.world).id, "")

    def test_a_complete_file_with_a_malformed_line_is_rejected(self) -> None:
        put(self.world.data / "nodes.conf", "PORT[$(id)]\n" + conf(R, NODES))
        with self.assertRaises(ValueError):
            read_own(self.world)

    def test_the_slots_of_a_shard_are_those_of_a_replicas_master_or_its_own(self) -> None:
        self.assertEqual(Own(text(R, NODES)).shard_slots, set(range(5461)))
        self.assertEqual(Own(text(A, NODES)).shard_slots, set(range(5461)))
        self.assertEqual(Own(text(R, change(NODES, R, master="-"))).shard_slots, set())
        self.assertEqual(Own().shard_slots, set())

    @rows(
        ("a volume with nothing on it has no data", {}, False),
        ("a volume with an empty nodes.conf has no data", {"nodes.conf": b""}, False),
        ("a volume with a nodes.conf has data", {"nodes.conf": b"x"}, True),
        ("a volume with an RDB has data", {"dump.rdb": b"REDIS"}, True),
        ("a volume with an append-only file has data", {"appendonlydir/appendonly.aof.manifest": b""}, True),
    )
    def data(self, files: dict[str, bytes], expected: bool) -> None:
        for name, content in files.items():
            put(self.world.data / name, content)
        self.assertEqual(has_data(self.world.data), expected)


class RdbTest(Case):
    @rows(
        ("Redis 7", rdb(), (700, True)),
        ("Redis 8, which adds fields", rdb(b"REDIS0012", redis_ver="8.0.6", hash_field_ttl="1"), (700, True)),
        ("Valkey 9, whose name is longer", rdb(b"VALKEY080", valkey_ver="9.1.2"), (700, True)),
        ("a server without keys", EMPTY, (700, False)),
        ("an offset of zero", rdb(offset=0), (0, True)),
        ("an offset of one byte", rdb(offset=100), (100, True)),
        ("an offset of two bytes", rdb(offset=30000), (30000, True)),
        ("an offset of four bytes", rdb(offset=70000), (70000, True)),
        ("an offset beyond four bytes", rdb(offset=5_000_000_000), (5_000_000_000, True)),
        ("the greatest offset", rdb(offset=2**63 - 1), (2**63 - 1, True)),
        ("a field of more than 63 bytes", rdb(long="x" * 300), (700, True)),
        (
            "functions and no keys, which counts as keys",
            rdb(keys=False)[:-9] + b"\xf5\x01x\xff" + bytes(8),
            (700, True),
        ),
    )
    def heads(self, content: bytes, expected: tuple[int, bool]) -> None:
        found = Rdb(content)
        self.assertEqual((found.offset, found.has_keys, found.damage), (*expected, ""))
        self.assertEqual((found.id, found.saved), (samples.ID, 1_700_000_000))

    @rows(
        ("an RDB of another program is damaged", b"PK\x03\x04" + bytes(100)),
        ("an RDB of zeros is damaged", bytes(200)),
        ("an RDB with an offset below zero is damaged", rdb(offset=-5)),
        ("an RDB with an offset beyond 64 bits is damaged", rdb(offset=2**63)),
        ("an RDB with a command in place of an offset is damaged", rdb(offset="PORT[$(id)]")),
        ("an RDB with a field of a length of four bytes is damaged", b"REDIS0010\xfa\x80\xff\xff\xff\xff"),
        ("an RDB with a compressed field is damaged", b"REDIS0010\xfa\xc3\x05\x05hello"),
    )
    def damaged(self, content: bytes) -> None:
        found = Rdb(content)
        self.assertTrue(found.damage and found.has_keys)
        self.assertRegex(str(found), r"^offset -?\d+, has keys \(damaged\)$")

    def test_a_truncated_head_is_damaged_and_assumed_to_have_keys(self) -> None:
        end = len(EMPTY) - 9
        for at in range(end):
            found = Rdb(EMPTY[:at])
            self.assertTrue(found.damage and found.has_keys, at)
        self.assertEqual(Rdb(EMPTY[: end + 1]).has_keys, False)

    def test_an_rdb_that_is_truncated_after_the_head_is_not_damaged(self) -> None:
        self.assertEqual(Rdb(FULL[:-12]).offset, 700)

    def test_the_text_of_an_rdb_has_its_offset_and_whether_it_has_keys(self) -> None:
        self.assertEqual([str(Rdb(FULL)), str(Rdb(EMPTY))], ["offset 700, has keys", "offset 700, no keys"])

    @rows(
        ("an RDB of Redis names its writer", rdb(redis_ver="7.2.4"), "redis_version:7.2.4"),
        ("an RDB of Valkey names its writer", rdb(b"VALKEY080", valkey_ver="9.1.2"), "valkey_version:9.1.2"),
        ("an RDB that is not one names no writer", b"no RDB", ""),
    )
    def writers(self, data: bytes, writer: str) -> None:
        self.assertEqual(Rdb(data).writer, writer)

    def test_a_mark_is_the_size_and_the_checksum(self) -> None:
        data = Folder(self.folder())
        self.assertEqual(rdb_mark(data), "")
        put(data / "dump.rdb", FULL)
        self.assertEqual(rdb_mark(data), f"{len(FULL)} {FULL[-8:].hex()}")
        self.assertIsNone(read_rdb(Folder(data / "nowhere")))


@unittest.skipUnless(shutil.which("redis-server") and shutil.which("redis-cli"), "redis-server not found")
class RealRdbTest(Case):
    def saved(self, *commands: str) -> tuple[dict[str, str], Rdb]:
        """INFO of a real server after some commands, and the RDB that it saved."""
        place = self.folder()
        socket = f"{place}/socket"
        options = f"--port 0 --unixsocket {socket} --dir {place} --repl-diskless-sync-delay 0".split()
        server = subprocess.Popen(["redis-server", *options, "--save", ""], stdout=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)

        def ask(*words: str) -> str:
            return subprocess.run(["redis-cli", "-s", socket, *words], capture_output=True, text=True).stdout

        def until(word: str, *words: str) -> None:
            deadline = time.monotonic() + 20
            while word not in ask(*words) and time.monotonic() < deadline:
                time.sleep(0.02)

        until("PONG", "PING")
        # A server has an offset only after its first replica. This replica requests a sync and disconnects.
        ask("--rdb", f"{place}/copy.rdb")
        for command in commands:
            ask(*command.split())
        until("OK", "SAVE")
        fields = dict(line.strip().partition(":")[::2] for line in ask("INFO", "replication").split("\n"))
        found = read_rdb(Folder(place))
        assert found
        return fields, found

    def test_the_rdb_of_a_real_server_has_its_replication_id_and_offset(self) -> None:
        fields, found = self.saved("SET a 1")
        self.assertEqual((found.id, str(found.offset)), (fields["master_replid"], fields["master_repl_offset"]))
        self.assertTrue(found.has_keys and found.offset > 0 and abs(found.saved - time.time()) < 60)
        text = subprocess.run(["redis-server", "--version"], capture_output=True, text=True).stdout
        self.assertIn(f"{found.writer.partition(':')[2]} ", text)

    def test_the_rdb_of_a_real_server_without_keys_has_none(self) -> None:
        self.assertFalse(self.saved()[1].has_keys)


class KeepTest(Case):
    """kept/ and aside/ have one generation each. One without keys never replaces one with keys."""

    DAMAGED = FULL[:40]

    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())

    def content(self, path: str) -> bytes | None:
        try:
            with open(f"{self.world.root}/var/lib/{path}", "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    @rows(
        ("an RDB with keys is kept", None, FULL, FULL),
        ("an RDB with keys is kept in place of an earlier one", rdb(offset=5), FULL, FULL),
        ("an RDB with keys is kept in place of one without", EMPTY, FULL, FULL),
        ("an RDB without keys is kept if there is no other", None, EMPTY, EMPTY),
        ("an RDB without keys is not kept in place of one that has some", FULL, EMPTY, FULL),
        ("a damaged RDB is not kept in place of one that is not", FULL, DAMAGED, FULL),
        ("a damaged RDB is not kept", None, DAMAGED, None),
        ("a kept RDB stays if there is no other", FULL, None, FULL),
    )
    def keeps(self, before: bytes | None, now: bytes | None, after: bytes | None) -> None:
        if before is not None:
            put(self.world.data / "kept/dump.rdb", before)
        if now is not None:
            put(self.world.data / "dump.rdb", now)
        keep_rdb(self.world)
        self.assertEqual(self.content("redis/kept/dump.rdb"), after)
        self.assertEqual(self.content("redis/dump.rdb"), now)

    def test_a_link_in_place_of_the_folder_is_removed_and_not_followed(self) -> None:
        elsewhere = self.folder()
        put(f"{elsewhere}/dump.rdb", b"root's")
        os.symlink(elsewhere, self.world.data / "kept")
        put(self.world.data / "dump.rdb", FULL)
        keep_rdb(self.world)
        self.assertFalse(os.path.islink(self.world.data / "kept"))
        with open(f"{elsewhere}/dump.rdb", "rb") as file:
            self.assertEqual(file.read(), b"root's")

    def test_a_link_in_place_of_the_folder_that_leads_to_what_cannot_be_read_does_not_matter(self) -> None:
        elsewhere = self.folder()
        os.symlink("nothing", f"{elsewhere}/dump.rdb")
        os.symlink(elsewhere, self.world.data / "kept")
        put(self.world.data / "dump.rdb", FULL)
        keep_rdb(self.world)
        self.assertEqual(self.content("redis/kept/dump.rdb"), FULL)

    @rows(
        ("data with keys is set aside", {}, {"dump.rdb": FULL}, FULL),
        ("data with keys is set aside in place of earlier data", {"dump.rdb": rdb(offset=5)}, {"dump.rdb": FULL}, FULL),
        ("data without keys does not replace data with keys", {"dump.rdb": FULL}, {"dump.rdb": EMPTY}, FULL),
        ("data without an RDB does not replace data with keys", {"dump.rdb": FULL}, {"nodes.conf": b"x"}, FULL),
        ("an append-only file counts as keys", {"dump.rdb": EMPTY}, {"appendonlydir/a": b"x"}, None),
        ("an append-only file that is aside counts as keys", {"appendonlydir/a": b"x"}, {"dump.rdb": EMPTY}, None),
        ("data without keys is set aside if there is no other", {}, {"dump.rdb": EMPTY}, EMPTY),
    )
    def sets_aside(self, before: dict[str, bytes], now: dict[str, bytes], after: bytes | None) -> None:
        for name, content in before.items():
            put(self.world.state / f"aside/{name}", content)
        for name, content in now.items():
            put(self.world.data / name, content)
        for name in ("nodes.conf", "receipt", "aof-partial"):
            put(self.world.state / name, "x")
        set_aside(self.world)
        self.assertEqual(self.content("redis-replica/aside/dump.rdb"), after)
        self.assertEqual((os.listdir(self.world.data.path), os.listdir(self.world.state.path)), ([], ["aside"]))
        keys = any("kept/dump.rdb" in name or "appendonlydir" in name for name in (*before, *now))
        self.assertTrue(not keys or volume.holds_keys(Folder(self.world.state / "aside")))

    @rows(
        ("what is kept stays if it was compared with a master", None, ["kept"], None),
        ("what is kept and was not compared with a master is set aside with the data", "", [], None),
        ("what an operator has to decide about stays, with its mark", "dump.rdb", ["kept"], "dump.rdb"),
    )
    def keeps_or_moves(self, mark: str | None, data: list[str], after: str | None) -> None:
        put(self.world.data / "kept/dump.rdb", rdb(offset=5))
        put(self.world.data / "dump.rdb", EMPTY)
        if mark is not None:
            self.world.state.write("unverified", mark)
        set_aside(self.world)
        self.assertEqual(os.listdir(self.world.data.path), data)
        self.assertEqual(self.world.state.text("unverified") if self.world.state.has("unverified") else None, after)
        place = "redis" if data else "redis-replica/aside"
        self.assertEqual(self.content(f"{place}/kept/dump.rdb"), rdb(offset=5))

    def test_what_is_kept_is_set_aside_even_if_the_run_is_interrupted_after_each_move(self) -> None:
        for allowed in range(4):
            with self.subTest(allowed=allowed):
                self.world = world = FakeWorld(self.folder())
                put(world.data / "kept/dump.rdb", FULL)
                put(world.data / "dump.rdb", EMPTY)
                put(world.data / "nodes.conf", b"x")
                world.state.write("unverified", "")
                moves = iter([os.replace] * allowed)
                rename = mock.patch("os.rename", lambda *paths, moves=moves: next(moves)(*paths))
                with rename, contextlib.suppress(StopIteration):
                    set_aside(world)
                set_aside(world)
                self.assertEqual(self.content("redis-replica/aside/kept/dump.rdb"), FULL)
                self.assertFalse(world.state.has("unverified"))

    @rows(
        ("data that is set aside on a machine belongs to the agent's user", 4001),
        ("data that is set aside on a machine without that user keeps its owner", None),
    )
    def moves_by_root(self, owner: int | None) -> None:
        # Runs real programs, except that nsenter is skipped: process 1 may not be in the host's mount namespace.
        self.world.redis_user, self.world.agent_user = (os.getuid(), os.getgid()), (owner, owner) if owner else None
        put(self.world.data / "dump.rdb", FULL)
        put(self.world.data / "kept/dump.rdb", FULL)
        with mock.patch.multiple(self.world, root="", processes=InTheseMounts()):
            set_aside(self.world)
        path = self.world.state / "aside/dump.rdb"
        self.assertEqual(self.content("redis-replica/aside/dump.rdb"), FULL)
        self.assertEqual(os.listdir(self.world.data.path), ["kept"])
        self.assertEqual(os.lstat(path).st_uid, owner if owner and os.getuid() == 0 else os.getuid())

    @rows(
        ("a move that fails is reported with the error of mv", "nsenter", "mv: No space left on device"),
        (
            "an owner that cannot be changed is reported with the error of chown",
            "chown",
            "chown: Read-only file system",
        ),
    )
    def fails_by_root(self, program: str, output: str) -> None:
        self.world.root, self.world.redis_user, self.world.agent_user = "", (4000, 4000), (4001, 4001)
        self.world.processes.results[program] = 1, output
        put(self.world.data / "dump.rdb", FULL)
        code, log = left_with(lambda: set_aside(self.world))
        self.assertEqual((code, f"the data cannot be set aside: {output}" in log), (10, True))
        self.assertFalse(self.world.state.has("aside"))

    def test_a_crash_at_any_point_and_a_later_empty_generation_never_lose_keys(self) -> None:
        for allowed in range(4):
            with self.subTest(allowed=allowed):
                self.world = world = FakeWorld(self.folder())
                put(world.data / "dump.rdb", FULL)
                put(world.data / "nodes.conf", b"x")
                count = 0

                def crash(source: str, target: str, allowed: int = allowed) -> None:
                    nonlocal count
                    count += 1
                    if count > allowed:
                        raise KeyboardInterrupt
                    os.replace(source, target)

                with mock.patch("os.rename", crash), contextlib.suppress(KeyboardInterrupt):
                    set_aside(world)
                # The node joined as a new one, got no data, and is set aside again.
                if not world.data.has("dump.rdb"):
                    put(world.data / "dump.rdb", EMPTY)
                set_aside(world)
                self.assertEqual(self.content("redis-replica/aside/dump.rdb"), FULL)

    def test_after_a_crash_while_an_rdb_is_kept_the_next_run_keeps_it(self) -> None:
        put(self.world.data / "kept/dump.rdb", rdb(offset=5))
        put(self.world.data / "dump.rdb", FULL)
        with mock.patch("os.link", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            keep_rdb(self.world)
        keep_rdb(self.world)
        self.assertEqual(self.content("redis/kept/dump.rdb"), FULL)
