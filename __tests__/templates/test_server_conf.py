from __future__ import annotations

from typing import Any, List, Tuple

from cluster import NODES, R, agreed
from fakes import SETTINGS, FakeWorld, info, put
from suite import Case, rows

from facts import Refused, Unknown
from resp import Info
from server_conf import NODE_TIMEOUT, can_read, node_timeout, render, version, window

Version = Tuple[str, List[int]]


class RenderTest(Case):
    def render(self, common: str = "", settings: str = SETTINGS, aof: bool = False) -> list[str]:
        world = FakeWorld(self.folder(), settings)
        put(world.etc / "redis.conf", common)
        return render(world, "10.0.0.4", 5000, aof).split("\n")

    def test_common_lines_are_those_whose_directive_the_installed_server_knows(self) -> None:
        lines = self.render("# why\n\nappendonly no\nsave 60 1\nshutdown-on-sigterm save\n")
        self.assertEqual(lines[:3], ["appendonly no", "save 60 1", "maxmemory 0"])
        self.assertNotIn("shutdown-on-sigterm save", lines)

    def test_the_machine_comes_last_with_its_address_and_the_masters_node_timeout(self) -> None:
        lines = self.render()
        for line in (
            "bind 10.0.0.4 127.0.0.1",
            "cluster-announce-ip 10.0.0.4",
            "cluster-node-timeout 5000",
            "port 6379",
        ):
            self.assertIn(line, lines)
        self.assertTrue(any(line.startswith("dir /") for line in lines))

    def test_a_bus_port_and_directives_are_there_where_they_are_set(self) -> None:
        self.assertFalse([line for line in self.render() if line.startswith("cluster-port")])
        lines = self.render(settings=f"{SETTINGS}BUS_PORT='17000'\nDIRECTIVES='hz 20\ntimeout 0'\n")
        self.assertLess(lines.index("hz 20"), lines.index("cluster-port 17000"))
        self.assertIn("timeout 0", lines)

    def test_the_append_only_file_is_on_or_off(self) -> None:
        self.assertIn("appendonly no", self.render())
        self.assertIn("appendonly yes", self.render(aof=True))


class NodeTimeoutTest(Case):
    def timeout(self, *replies: Any, known: str = "") -> int:
        world = FakeWorld(self.folder())
        if known:
            world.state.write("node-timeout", known)
        for node, reply in zip(NODES, replies):
            world.network.servers[f"{node.at}:6379"] = {"CONFIG GET cluster-node-timeout": reply}
        return node_timeout(world, agreed(R, NODES))

    @rows(
        (
            "the median of what the masters tell",
            tuple(["cluster-node-timeout", each] for each in ("5000", "9", "6000", "99999999", "7000")),
            "",
            6000,
        ),
        (
            "what the second tells where the first is silent",
            (Unknown("silence"), ["cluster-node-timeout", "7000"]),
            "",
            7000,
        ),
        ("what one told before where all are silent", (Unknown("silence"),), "6000\n", 6000),
        ("what one told before where all refuse", (Refused("NOPERM"),), "6000\n", 6000),
        ("Redis's default where none ever told", (), "", NODE_TIMEOUT),
        ("no command", (["cluster-node-timeout", "PORT[$(id)]"],), "", NODE_TIMEOUT),
        (
            "no number out of bounds",
            (["cluster-node-timeout", "0"], ["cluster-node-timeout", "9999999999999"]),
            "",
            NODE_TIMEOUT,
        ),
        ("no list of another form", ([], ["a"], [1, 2]), "", NODE_TIMEOUT),
        ("no text that was stored damaged", (), "PORT[$(id)]", NODE_TIMEOUT),
    )
    def answers(self, replies: tuple[Any, ...], known: str, timeout: int) -> None:
        self.assertEqual(self.timeout(*replies, known=known), timeout)

    def test_w_is_a_minute_or_six_node_timeouts(self) -> None:
        world = FakeWorld(self.folder())
        self.assertEqual(window(world), 90)
        world.state.write("node-timeout", "5000\n")
        self.assertEqual(window(world), 60)


class VersionTest(Case):
    @rows(
        ("Redis tells its release", info(redis_version="7.0.15"), ("Redis", [7, 0, 15])),
        ("Redis of two parts tells its release", info(redis_version="8.0"), ("Redis", [8, 0])),
        (
            "Valkey tells its own, and a Redis's",
            info(redis_version="7.2.4", valkey_version="9.1.2"),
            ("Valkey", [9, 1, 2]),
        ),
    )
    def versions(self, reply: str, expected: Version) -> None:
        self.assertEqual(version(Info(reply)), expected)

    @rows(
        ("no answer has no version", Unknown("silence")),
        ("an INFO without it has no version", info(role="master")),
        ("a word is no version", info(redis_version="unstable")),
        ("a command is no version", info(redis_version="7.PORT[$(id)]")),
        ("an endless number is no version", info(redis_version="7.99999")),
    )
    def none(self, reply: Any) -> None:
        with self.assertRaises((Unknown, LookupError, ValueError)):
            version(Info(reply))

    @rows(
        ("a server reads its own release", ("Redis", [7, 0]), ("Redis", [7, 0]), True),
        ("a newer server reads an older one's", ("Redis", [8, 0]), ("Redis", [7, 4]), True),
        ("an older server does not read a newer one's", ("Redis", [7, 4]), ("Redis", [8, 0]), False),
        ("a release of ten is newer than one of nine", ("Redis", [7, 10]), ("Redis", [7, 9]), True),
        ("Valkey reads what Redis 7.2 saves", ("Valkey", [8, 0]), ("Redis", [7, 2]), True),
        ("Valkey does not read what Redis 7.4 saves", ("Valkey", [9, 1]), ("Redis", [7, 4]), False),
        ("Redis 7.4 reads what Valkey 8 saves", ("Redis", [7, 4]), ("Valkey", [8, 1]), True),
        ("Redis 7.0 does not read what Valkey 8 saves", ("Redis", [7, 0]), ("Valkey", [8, 1]), False),
        ("Redis does not read what Valkey 9 saves", ("Redis", [8, 0]), ("Valkey", [9, 0]), False),
        ("an older Valkey does not read a newer one's", ("Valkey", [8, 1]), ("Valkey", [9, 0]), False),
    )
    def reading(self, mine: Version, theirs: Version, can: bool) -> None:
        self.assertEqual(can_read(mine, theirs), can)
