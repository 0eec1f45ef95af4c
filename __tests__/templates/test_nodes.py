from __future__ import annotations

import time

from cluster import NODES, NOW, VARS, A, B, Line, R, T, change, conf, text
from suite import Case, rows

import nodes
from nodes import Node, Table, covered, ends, is_whole, parse_nodes

SHARD = "1" * 40


def node(at: str = "10.0.0.1:6379@16379", flags: str = "master", rest: str = "- 0 0 3 connected 0-5460") -> Node:
    return parse_line(f"{A} {at} {flags} {rest}")


def parse_line(line: str) -> Node:
    """The node of one line in an answer."""
    answer = line if "myself" in line else f"{line}\n{B} 10.0.0.2:6379@16379 myself,master - 0 0 3 connected"
    (found,) = [node for node in Table(answer).nodes() if node.id != B]
    return found


class NodesTest(Case):
    @rows(
        ("an IPv4 address has its port and its bus port", "10.0.0.1:6379@16379", ("10.0.0.1:6379", 16379, "")),
        ("an IPv6 address may contain colons", "2001:db8::1:6379@16379", ("2001:db8::1:6379", 16379, "")),
        (
            "groups of digits in an IPv6 address are not a port",
            "fd00:1:2::5:6379@16379",
            ("fd00:1:2::5:6379", 16379, ""),
        ),
        ("the loopback address of IPv6 is read", "::1:6379@16379", ("::1:6379", 16379, "")),
        ("a line of Redis 3 has no bus port", "10.0.0.1:6379", ("10.0.0.1:6379", 0, "")),
        ("a host name comes after the ports", "10.0.0.1:6379@16379,redis-a.internal", ("10.0.0.1:6379", 16379, "")),
        (
            "a shard ID comes after an optional host name",
            f"10.0.0.1:6379@16379,,tls-port=0,shard-id={SHARD}",
            ("10.0.0.1:6379", 16379, SHARD),
        ),
        (
            "a shard ID of Valkey 9 comes after Valkey's own fields",
            f"10.0.0.1:6379@16379,redis-a,client-tcp-port=6379,shard-id={SHARD},availability-zone=a",
            ("10.0.0.1:6379", 16379, SHARD),
        ),
        ("a node without an address has an empty address", ":0@0", ("", 0, "")),
        ("a node that does not know its own address has an empty address", ":6379@16379", ("", 16379, "")),
        ("a node may be announced by a host name", "redis-a.internal:6379@16379", ("redis-a.internal:6379", 16379, "")),
    )
    def places(self, at: str, expected: tuple[str, int, str]) -> None:
        found = node(at)
        self.assertEqual((found.address, found.bus, found.shard), expected)

    @rows(
        ("a master with slots is an owner", "master", "- 0 0 3 connected 0-5460 5462", "owner"),
        ("a master without slots is bare", "master", "- 0 0 3 connected", "bare"),
        ("a master whose only slot is being imported is bare", "master", f"- 0 0 3 connected [93-<-{B}]", "bare"),
        ("a slot that is being migrated away is still owned", "master", f"- 0 0 3 connected 93 [93->-{B}]", "owner"),
        ("a replica is identified by its flags", "slave", f"{B} 0 0 3 connected", "replica"),
        ("a replica without a master is a replica", "slave", "- 0 0 3 connected", "replica"),
        ("a master with the flag nofailover is a master", "myself,master,nofailover", "- 0 0 3 connected 5", "owner"),
    )
    def roles(self, flags: str, rest: str, role: str) -> None:
        self.assertEqual(node(flags=flags, rest=rest).role, role)

    @rows(
        ("a connected node is alive", "master", "connected", True),
        ("a node that is flagged as possibly failed is alive", "slave,fail?", "connected", True),
        ("a node that is barred from elections is alive", "slave,nofailover", "connected", True),
        ("a node that is flagged as failed is not alive", "slave,fail", "connected", False),
        ("a node that is not connected is not alive", "slave", "disconnected", False),
        ("a node in handshake is not alive", "handshake", "connected", False),
        ("a node without an address is not alive", "slave,noaddr", "connected", False),
        ("the node that answers is alive", "myself,slave", "disconnected", True),
    )
    def lives(self, flags: str, link: str, alive: bool) -> None:
        self.assertEqual(node(flags=flags, rest=f"- 0 0 3 {link}").alive, alive)

    def test_a_dash_means_no_master(self) -> None:
        self.assertEqual(node(flags="slave", rest="- 0 0 3 connected").master, "")

    def test_times_and_the_epoch_are_numbers(self) -> None:
        found = node(rest=f"- 5 {NOW} 7 connected")
        self.assertEqual((found.ping, found.pong, found.epoch), (5, NOW, 7))

    @rows(
        ("an empty line", ""),
        ("a truncated line", f"{A} 10.0.0.1:6379@16379 mast"),
        ("an ID that is too short", f"{A[1:]} 10.0.0.1:6379@16379 master - 0 0 3 connected"),
        ("an ID in capitals", f"{A.upper()} 10.0.0.1:6379@16379 master - 0 0 3 connected"),
        ("a command in place of a host", f"{A} 10.0.0.7;curl:6379@16379 master - 0 0 3 connected"),
        ("an array subscript in place of a port", f"{A} 10.0.0.1:PORT[$(id)]@1 master - 0 0 3 connected"),
        ("a port out of bounds", f"{A} 10.0.0.1:65536@16379 master - 0 0 3 connected"),
        ("a time out of bounds", f"{A} 10.0.0.1:6379@16379 master - 0 9223372036854775808 3 connected"),
        ("a time of 20 digits", f"{A} 10.0.0.1:6379@16379 master - 00000000000000000000 0 3 connected"),
        ("a time below zero", f"{A} 10.0.0.1:6379@16379 master - 0 -1 3 connected"),
        ("a slot out of bounds", f"{A} 10.0.0.1:6379@16379 master - 0 0 3 connected 16384"),
        ("slots the wrong way round", f"{A} 10.0.0.1:6379@16379 master - 0 0 3 connected 9-5"),
        ("a master that is no ID", f"{A} 10.0.0.1:6379@16379 slave xyz 0 0 3 connected"),
        ("an escape sequence in a flag", f"{A} 10.0.0.1:6379@16379 master\x1b[2J - 0 0 3 connected"),
        ("a carriage return at the end", f"{A} 10.0.0.1:6379@16379 master - 0 0 3 connected\r"),
    )
    def refused(self, line: str) -> None:
        with self.assertRaises(ValueError) as error:
            parse_line(line)
        self.assertRegex(str(error.exception), r"^[ -~]{1,300}$")

    def test_a_line_of_a_megabyte_is_parsed_within_a_second(self) -> None:
        begun = time.monotonic()
        for part in ("1:", ":", "1", "a,", " 1", "[", "10.0.0.1:1@", "-"):
            for line in (
                f"{A} {part * (1 << 20)} master",
                f"{A} 10.0.0.1:1@1 master - 0 0 0 connected {part * (1 << 20)} x",
            ):
                with self.assertRaises(ValueError):
                    parse_line(line)
        self.assertLess(time.monotonic() - begun, 8)

    def test_ends_are_the_first_and_the_last_slot(self) -> None:
        self.assertEqual([ends("5"), ends("0-16383")], [(5, 5), (0, 16383)])
        self.assertEqual(covered(node(rest="- 0 0 3 connected 1-3 7")), {1, 2, 3, 7})
        self.assertEqual(covered(None), set())

    @rows(
        ("an answer without myself is rejected", text("none", NODES)),
        ("an answer with myself twice is rejected", "".join(each.text(True) + "\n" for each in NODES)),
        ("an answer with an ID twice is rejected", text(R, NODES) + NODES[0].text() + "\n"),
        (
            "an answer with times twice in one line and not in another is rejected",
            f"{A} :0@0 myself,master - 0 0 3 connected 0 0 3 connected\n{B} :0@0 master - 3 connected\n",
        ),
        (
            "an answer with times after the slots is rejected",
            f"{A} :0@0 myself,master - 3 connected 5 0 0 3 connected\n",
        ),
        ("an empty answer is rejected", ""),
        ("an error page of a proxy is rejected", "<html>502</html>"),
    )
    def not_answers(self, answer: str) -> None:
        with self.assertRaises(ValueError):
            parse_nodes(answer)

    @rows(
        ("an empty time is rejected, even if another answer had the line", " 5"),
        ("a time that is not a number is rejected, even if another answer had the line", "x 5"),
        ("a time with digits of another script is rejected, even if another answer had the line", "\u0663 5"),
        ("a time of 20 digits is rejected, even if another answer had the line", "5 00000000000000000000"),
        ("a missing time is rejected, even if another answer had the line", "5"),
    )
    def not_times(self, times: str) -> None:
        parsed: dict[str, nodes.Line] = {}
        answer = text(R, NODES)
        Table(answer, parsed)
        with self.assertRaises(ValueError):
            Table(answer.replace(f" 0 {NOW} ", f" {times} ", 1), parsed)

    def test_a_line_that_another_answer_had_too_has_its_own_times(self) -> None:
        parsed: dict[str, nodes.Line] = {}
        for pong in (NOW, NOW + 1):
            table = Table(text(R, NODES).replace(f" {NOW} ", f" {pong} "), parsed)
            self.assertEqual({node.pong for node in table.nodes()}, {pong})
            self.assertEqual([node and node.pong for node in map(table.get, (A, R, T))], [pong, pong, None])
            self.assertEqual(table.last_pong, pong)
        self.assertEqual(len(parsed), len(NODES))

    def test_an_answer_has_its_nodes_in_order(self) -> None:
        self.assertEqual([each.id for each in parse_nodes(text(R, NODES))], [each.id for each in NODES])

    @rows(
        ("a file that Redis wrote is complete", conf(R, NODES), True),
        ("a file that Redis 6 has shortened in place is complete", conf(R, NODES) + "\n\n\n", True),
        ("the file of a node that never joined is complete", f"{R} :0@0 myself,master - 0 0 0 connected\n{VARS}", True),
        ("an empty file is incomplete", "", False),
        ("a file without its last line is incomplete", text(R, NODES), False),
        ("a file that is truncated in a node is incomplete", conf(R, NODES)[:200], False),
        ("a file that is truncated in its last line is incomplete", conf(R, NODES)[:-5], False),
        ("a file that is truncated in its last number is incomplete", conf(R, NODES)[:-1], False),
        ("a file without myself is incomplete", conf("none", NODES), False),
        ("a file with myself twice is incomplete", text(R, NODES) + NODES[3].text(True) + "\n" + VARS, False),
        ("a file of zeros is incomplete", "\0" * 512, False),
        ("a file that ends in zeros is incomplete", conf(R, NODES) + "\0" * 512, False),
    )
    def whole(self, content: str, is_so: bool) -> None:
        self.assertEqual(is_whole(content), is_so)

    def test_a_file_that_is_truncated_anywhere_is_incomplete(self) -> None:
        content = conf(R, change([*NODES, Line(B[:-1] + "0", ":0@0", "slave,noaddr", A)], A, epoch=12))
        self.assertEqual([at for at in range(len(content)) if is_whole(content[:at])], [])
