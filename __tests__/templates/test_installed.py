from __future__ import annotations

from fakes import FakeWorld, left_with, put
from samples import FULL, rdb
from suite import Case, rows

from installed import check, release


class InstalledTest(Case):
    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())

    def check(self, version: str, data: bytes | None) -> int:
        self.world.processes.results["redis-server"] = 0, version
        if data is not None:
            put(self.world.data / "dump.rdb", data)
        return left_with(lambda: check(self.world))[0]

    @rows(
        ("Redis prints its version", "Redis server v=7.0.15 sha=0:0 malloc=jemalloc", "redis_version:7.0.15"),
        ("Valkey prints its version", "Valkey server v=9.1.2 sha=0:0 malloc=jemalloc", "valkey_version:9.1.2"),
    )
    def programs(self, text: str, version: str) -> None:
        self.world.processes.results["redis-server"] = 0, text
        self.assertEqual(release(self.world), version)

    @rows(
        ("a volume without an RDB suits any server", "Redis server v=6.2.23 sha", None, 0),
        ("an RDB of the same release is loaded", "Redis server v=7.0.4 sha", FULL, 0),
        ("an RDB of an older release is loaded", "Redis server v=8.0.6 sha", FULL, 0),
        ("an RDB of a newer release is refused", "Redis server v=6.2.23 sha", FULL, 20),
        ("an RDB of Redis 7.2 is loaded by Valkey", "Valkey server v=8.1.9 sha", rdb(redis_ver="7.2.4"), 0),
        ("an RDB of Redis 7.4 is refused by Valkey", "Valkey server v=9.1.1 sha", rdb(redis_ver="7.4.2"), 20),
        ("a version that is a command is no evidence", "Redis server v=6.2.23 sha", rdb(redis_ver="$(id)"), 0),
        ("a server that prints no version is started", "Killed", FULL, 0),
        ("an RDB that names no writer is started", "Redis server v=6.2.23 sha", b"no RDB", 0),
    )
    def checks(self, version: str, data: bytes | None, code: int) -> None:
        self.assertEqual(self.check(version, data), code)

    def test_the_refusal_has_both_versions_and_the_one_to_install(self) -> None:
        self.check("Redis server v=7.2.15 sha", rdb(b"VALKEY080", valkey_ver="9.1.2"))
        text = "Redis 7.2.15 cannot read the data of Valkey 9.1.2 on this volume: install Valkey 9.1.2 or newer"
        self.assertEqual(self.world.shown_state, f"refused: {text}")
