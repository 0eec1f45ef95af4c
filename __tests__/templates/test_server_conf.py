from __future__ import annotations

from typing import Any, List, Tuple

from cluster import NODES, R, agreed
from fakes import SETTINGS, FakeWorld, info, put
from suite import Case, rows

from facts import Refused, Unknown
from resp import Info
from server_conf import NODE_TIMEOUT, can_read, knows_zones, node_timeout, render, saves, version, window

Version = Tuple[str, List[int]]


class RenderTest(Case):
    def render(self, common: str = "", settings: str = SETTINGS, aof: bool = False) -> list[str]:
        world = FakeWorld(self.folder(), settings)
        put(world.etc / "redis.conf", common)
        return render(world, "10.0.0.4", 5000, aof).split("\n")

    def test_only_directives_that_the_installed_server_supports_are_written(self) -> None:
        lines = self.render("# why\n\nappendonly no\nsave 60 1\nshutdown-on-sigterm save\n")
        self.assertEqual(lines[:3], ["appendonly no", "save 60 1", "maxmemory 0"])
        self.assertNotIn("shutdown-on-sigterm save", lines)

    @rows(
        ("no points", "port 1\nshutdown-on-sigterm save\n", ""),
        ("each point", "save 60 1\nport 1\nsave 300 10 900 1\n", "60 1 300 10 900 1"),
        ("the points after an empty one, which resets those before", 'save 60 1\nsave ""\nsave 300 10\n', "300 10"),
    )
    def points_of_save_are(self, conf: str, points: str) -> None:
        self.assertEqual(saves(conf), points)

    def test_the_address_and_the_masters_node_timeout_come_last(self) -> None:
        lines = self.render()
        for line in (
            "bind 10.0.0.4 127.0.0.1",
            "cluster-announce-ip 10.0.0.4",
            "cluster-node-timeout 5000",
            "port 6379",
        ):
            self.assertIn(line, lines)
        self.assertTrue(any(line.startswith("dir /") for line in lines))

    def test_a_bus_port_and_directives_are_written_if_they_are_set(self) -> None:
        self.assertFalse([line for line in self.render() if line.startswith("cluster-port")])
        lines = self.render(settings=f"{SETTINGS}BUS_PORT='17000'\nDIRECTIVES='hz 20\ntimeout 0'\n")
        self.assertLess(lines.index("hz 20"), lines.index("cluster-port 17000"))
        self.assertIn("timeout 0", lines)

    @rows(
        ("no host name is announced by default", "", []),
        ("the instance ID is part of the host name", "{instance-id}.redis", ["cluster-announce-hostname i-1.redis"]),
        (
            "the private IP is part of the host name as in the names of EC2",
            "ip-{private-ip}.ec2.internal",
            ["cluster-announce-hostname ip-10-0-0-4.ec2.internal"],
        ),
        (
            "both may be parts of the host name",
            "{private-ip}-{instance-id}",
            ["cluster-announce-hostname 10-0-0-4-i-1"],
        ),
    )
    def hostnames(self, template: str, expected: list[str]) -> None:
        world = FakeWorld(self.folder(), f"{SETTINGS}ANNOUNCE_HOSTNAME='{template}'\n")
        world.state.write("instance-id", "i-1\n")
        lines = render(world, "10.0.0.4", 5000, False).split("\n")
        self.assertEqual([line for line in lines if "hostname" in line], expected)

    @rows(
        (
            "the zone is written for a server that knows its directive",
            "us-west-2a",
            True,
            ["availability-zone us-west-2a"],
        ),
        ("the zone is not written for a server that does not know its directive", "us-west-2a", False, []),
        ("an unknown zone is not written", "", True, []),
        ("a zone with a directive behind it is not written", "us-west-2a\nloadmodule /tmp/a.so", True, []),
    )
    def zones(self, zone: str, knows: bool, expected: list[str]) -> None:
        world = FakeWorld(self.folder())
        if knows:
            put(f"{world.bin}/redis-server", "\x7fELF\0save\0availability-zone\0")
        self.assertEqual(knows_zones(world), knows)
        world.run.write("zone", zone)
        lines = render(world, "10.0.0.4", 5000, False).split("\n")
        self.assertEqual([line for line in lines if "zone" in line or "loadmodule" in line], expected)

    def test_modules_are_loaded_with_their_arguments(self) -> None:
        self.assertFalse([line for line in self.render() if line.startswith("loadmodule")])
        lines = self.render(settings=f"{SETTINGS}MODULES='/lib/a.so\n/lib/b.so SIZE 400'\n")
        self.assertEqual(
            [line for line in lines if line.startswith("loadmodule")],
            ["loadmodule /lib/a.so", "loadmodule /lib/b.so SIZE 400"],
        )

    def test_the_append_only_file_is_on_or_off(self) -> None:
        self.assertIn("appendonly no", self.render())
        self.assertIn("appendonly yes", self.render(aof=True))

    def test_with_a_password_a_file_below_run_is_included(self) -> None:
        plain, lines = self.render(), self.render(settings=f"{SETTINGS}AUTH_PASSWORD='file:/needle'\n")
        (include,) = set(lines) - set(plain) - {line for line in lines if line.startswith("dir ")}
        self.assertRegex(include, "^include /.*/run/redis-replica-secrets/auth.conf$")

    def test_another_user_or_an_acl_file_changes_the_configuration(self) -> None:
        # The included file alone would not show it, and Redis would not be restarted.
        before = f"{SETTINGS}AUTH_PASSWORD='file:/needle'\n"
        plain, lines = (
            [line for line in self.render(settings=each) if not line.startswith(("dir ", "include "))]
            for each in (before, f"{before}ACL_FILE='file:/acl'\nAUTH_USER='replica'\n")
        )
        user, file = [line for line in lines if line not in plain]
        self.assertEqual(user, "masteruser replica")
        self.assertRegex(file, "^aclfile /.*/run/redis-replica-secrets/users.acl$")
        self.assertIn("port 6379", lines)

    def test_with_tls_the_port_is_that_of_tls_and_there_is_no_other(self) -> None:
        lines = self.render(settings=f"{SETTINGS}TLS_CA='file:/a'\nTLS_CLIENTS='optional'\n")
        self.assertEqual([line for line in lines if line.startswith("port ")][-1], "port 0")
        for line in ("tls-port 6379", "tls-auth-clients optional", "tls-replication yes", "tls-cluster yes"):
            self.assertIn(line, lines)
        for line in ("tls-ca-cert-file .*/ca.pem", "tls-cert-file .*/certificate.pem", "tls-key-file .*/key.pem"):
            self.assertRegex("\n".join(lines), f"(?m)^{line}$")
        self.assertFalse([line for line in lines if line.startswith("include")])

    def test_clients_need_a_certificate_by_default(self) -> None:
        self.assertIn("tls-auth-clients yes", self.render(settings=f"{SETTINGS}TLS_CA='file:/a'\n"))


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
            "the median of the values that the masters report",
            tuple(["cluster-node-timeout", each] for each in ("5000", "9", "6000", "99999999", "7000")),
            "",
            6000,
        ),
        (
            "the value of the second master if the first does not answer",
            (Unknown("silence"), ["cluster-node-timeout", "7000"]),
            "",
            7000,
        ),
        ("the last known value if no master answers", (Unknown("silence"),), "6000\n", 6000),
        ("the last known value if all masters refuse", (Refused("NOPERM"),), "6000\n", 6000),
        ("Redis's default if no value is known", (), "", NODE_TIMEOUT),
        ("a command is ignored", (["cluster-node-timeout", "PORT[$(id)]"],), "", NODE_TIMEOUT),
        (
            "a number out of bounds is ignored",
            (["cluster-node-timeout", "0"], ["cluster-node-timeout", "9999999999999"]),
            "",
            NODE_TIMEOUT,
        ),
        ("a list of another form is ignored", ([], ["a"], [1, 2]), "", NODE_TIMEOUT),
        ("a damaged stored value is ignored", (), "PORT[$(id)]", NODE_TIMEOUT),
    )
    def answers(self, replies: tuple[Any, ...], known: str, timeout: int) -> None:
        self.assertEqual(self.timeout(*replies, known=known), timeout)

    def test_the_value_of_the_settings_is_used_and_no_master_is_asked(self) -> None:
        world = FakeWorld(self.folder(), f"{SETTINGS}NODE_TIMEOUT='2000'\n")
        self.assertEqual((node_timeout(world, agreed(R, NODES)), world.network.asked), (2000, []))
        self.assertEqual(window(world), 60)

    def test_a_value_of_the_settings_that_is_out_of_bounds_is_refused(self) -> None:
        with self.assertRaises(ValueError):
            node_timeout(FakeWorld(self.folder(), f"{SETTINGS}NODE_TIMEOUT='1'\n"))

    def test_w_is_a_minute_or_six_node_timeouts(self) -> None:
        world = FakeWorld(self.folder())
        self.assertEqual(window(world), 90)
        world.state.write("node-timeout", "5000\n")
        self.assertEqual(window(world), 60)


class VersionTest(Case):
    @rows(
        ("Redis reports its release", info(redis_version="7.0.15"), ("Redis", [7, 0, 15])),
        ("a Redis release may have two parts", info(redis_version="8.0"), ("Redis", [8, 0])),
        (
            "Valkey reports its own release and one of Redis",
            info(redis_version="7.2.4", valkey_version="9.1.2"),
            ("Valkey", [9, 1, 2]),
        ),
    )
    def versions(self, reply: str, expected: Version) -> None:
        self.assertEqual(version(Info(reply)), expected)

    @rows(
        ("no answer has no version", Unknown("silence")),
        ("an INFO without the field has no version", info(role="master")),
        ("a word is no version", info(redis_version="unstable")),
        ("a command is no version", info(redis_version="7.PORT[$(id)]")),
        ("an endless number is no version", info(redis_version="7.99999")),
    )
    def none(self, reply: Any) -> None:
        with self.assertRaises((Unknown, LookupError, ValueError)):
            version(Info(reply))

    @rows(
        ("a server can load an RDB of its own release", ("Redis", [7, 0]), ("Redis", [7, 0]), True),
        ("a newer server can load an older one's RDB", ("Redis", [8, 0]), ("Redis", [7, 4]), True),
        ("an older server cannot load a newer one's RDB", ("Redis", [7, 4]), ("Redis", [8, 0]), False),
        ("release 7.10 is newer than release 7.9", ("Redis", [7, 10]), ("Redis", [7, 9]), True),
        ("Valkey can load an RDB of Redis 7.2", ("Valkey", [8, 0]), ("Redis", [7, 2]), True),
        ("Valkey cannot load an RDB of Redis 7.4", ("Valkey", [9, 1]), ("Redis", [7, 4]), False),
        ("Redis 7.4 can load an RDB of Valkey 8", ("Redis", [7, 4]), ("Valkey", [8, 1]), True),
        ("Redis 7.0 cannot load an RDB of Valkey 8", ("Redis", [7, 0]), ("Valkey", [8, 1]), False),
        ("Redis cannot load an RDB of Valkey 9", ("Redis", [8, 0]), ("Valkey", [9, 0]), False),
        ("an older Valkey cannot load a newer one's RDB", ("Valkey", [8, 1]), ("Valkey", [9, 0]), False),
    )
    def reading(self, mine: Version, theirs: Version, can: bool) -> None:
        self.assertEqual(can_read(mine, theirs), can)
