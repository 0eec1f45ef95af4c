from __future__ import annotations

from cluster import NODES, A, B, C, Line, R, agreed, answer, change, conf, view
from fakes import FakeWorld, put
from samples import FULL, rdb
from suite import Case, rows

import receipt
from facts import NoPermission, Refused, Unknown
from view import View
from volume import rdb_mark

LEFT = 1_700_000_000_000
# This node has been promoted.
OWNERS = [
    Line(A, "10.0.0.1", "master", slots="0-5460"),
    Line(B, "10.0.0.2", "master", slots="5461-10922"),
    Line(R, "10.0.0.4", "master", slots="10923-16383", pong=LEFT - 200),
]


class ReceiptTest(Case):
    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())
        put(self.world.data / "dump.rdb", FULL)

    def proof(self, seen: View, *peers: str, node: str = R, mark: str = "") -> bool:
        lines = [f"node {node}", f"rdb {mark or rdb_mark(self.world.data)}", *(f"peer {peer} {LEFT}" for peer in peers)]
        self.world.state.write("receipt", "\n".join(lines) + "\n")
        return receipt.proof(self.world, seen)

    def heard(self, *pongs: int) -> View:
        """The view if the masters last heard from this node at these times."""
        answers = [answer(id, change(OWNERS, R, pong=pong)) for id, pong in zip((A, B), pongs)]
        return view(R, *answers)

    @rows(
        ("a receipt holds if no master has heard from the node since", (LEFT - 900, LEFT - 200), True),
        ("a receipt allows a message half a second in a socket", (LEFT - 900, LEFT + 500), True),
        ("a receipt fails if one master has heard from the node later", (LEFT - 900, LEFT + 501), False),
        ("a receipt fails if both masters have met the node again", (0, 0), False),
    )
    def pongs(self, pongs: tuple[int, int], holds: bool) -> None:
        self.assertEqual(self.proof(self.heard(*pongs), A, B), holds)

    def test_half_of_all_owners_are_needed(self) -> None:
        six = [*OWNERS, *(Line(str(index) * 40, f"10.0.0.2{index}", "master", slots=f"{index}") for index in range(3))]
        self.assertFalse(self.proof(self.heard(LEFT, LEFT), A))
        self.assertTrue(self.proof(view(R, answer(A, OWNERS[::2])), A))
        self.assertFalse(self.proof(agreed(R, six), A, B))
        self.assertTrue(self.proof(agreed(R, six), A, B, "0" * 40))

    def test_a_master_that_met_the_node_again_does_not_count(self) -> None:
        # The other master alone is less than half of three.
        self.assertFalse(self.proof(self.heard(0, LEFT), A, B))

    def test_masters_that_do_not_agree_do_not_count(self) -> None:
        other = answer(B, change(OWNERS, A, slots="0-5459"))
        self.assertFalse(self.proof(view(R, answer(A, OWNERS), other), A, B))

    def test_without_masters_there_is_no_proof(self) -> None:
        self.assertFalse(self.proof(view(R), A, B))

    def test_a_master_that_denies_its_time_is_left_out_and_named(self) -> None:
        denial = NoPermission("10.0.0.1:6379: NOPERM no permissions to run 'time'")
        seen = self.heard(LEFT, LEFT)
        self.world.network.servers = {
            "10.0.0.1:6379": {"TIME": denial},
            "10.0.0.2:6379": {"TIME": [str(LEFT // 1000), "0"]},
        }
        self.assertEqual(receipt.write(self.world, seen), f"; the receipt lacks the time of masters: {denial}")
        self.assertEqual(self.world.state.text("receipt").split("\n")[2:], [f"peer {B} {LEFT}", ""])

    def test_a_receipt_must_match_the_node_and_the_rdb(self) -> None:
        seen = self.heard(LEFT, LEFT)
        self.assertTrue(self.proof(seen, A, B))
        self.assertFalse(self.proof(seen, A, B, node=A))
        self.assertFalse(self.proof(seen, A, B, mark=f"{len(FULL)} 0000000000000000"))
        put(self.world.data / "dump.rdb", rdb(offset=701))
        self.world.state.write("receipt", self.world.state.text("receipt"))
        self.assertFalse(receipt.proof(self.world, seen))

    def test_without_an_rdb_there_is_no_proof(self) -> None:
        self.world.data.remove("dump.rdb")
        self.world.state.write("receipt", f"node {R}\nrdb \npeer {A} {LEFT}\npeer {B} {LEFT}\n")
        self.assertFalse(receipt.proof(self.world, self.heard(LEFT, LEFT)))

    def test_without_a_receipt_or_with_an_empty_one_there_is_no_proof(self) -> None:
        self.assertFalse(receipt.proof(self.world, self.heard(LEFT, LEFT)))
        put(self.world.state / "receipt", "")
        self.assertFalse(receipt.proof(self.world, self.heard(LEFT, LEFT)))

    @rows(
        ("a receipt without an RDB is rejected", f"node {R}\n"),
        ("a receipt in another order is rejected", f"rdb 1 2\nnode {R}\n"),
        ("a receipt whose node is no ID is rejected", "node me\nrdb 1 2\n"),
        ("a receipt with an unknown line is rejected", f"node {R}\nrdb 1 2\npear {A} 5\n"),
        ("a receipt that is truncated in an ID is rejected", f"node {R}\nrdb 1 2\npeer {A[:30]}"),
        ("a receipt that is truncated before a time is rejected", f"node {R}\nrdb 1 2\npeer {A} "),
        ("a receipt with a time below zero is rejected", f"node {R}\nrdb 1 2\npeer {A} -5"),
        ("a receipt with a time beyond 64 bits is rejected", f"node {R}\nrdb 1 2\npeer {A} {2**63}"),
    )
    def not_receipts(self, content: str) -> None:
        with self.assertRaises(ValueError):
            receipt.parse(content)
        put(self.world.state / "receipt", content)
        self.assertFalse(receipt.proof(self.world, self.heard(LEFT, LEFT)))

    def test_a_receipt_has_the_time_of_each_master_that_answers_in_milliseconds(self) -> None:
        put(self.world.data / "nodes.conf", conf(R, OWNERS))
        servers = self.world.network.servers
        servers["10.0.0.1:6379"] = {"TIME": ["1700000000", "123999"]}
        seen = agreed(R, OWNERS)
        receipt.write(self.world, seen)
        expected = f"node {R}\nrdb {rdb_mark(self.world.data)}\npeer {A} 1700000000123\n"
        self.assertEqual(self.world.state.text("receipt"), expected)
        self.assertEqual(receipt.parse(expected)[2], {A: 1_700_000_000_123})

    @rows(
        ("a master that does not answer gives no time", Unknown("silence")),
        ("a master that refuses gives no time", Refused("NOAUTH")),
        ("a master that answers with a text gives no time", "now"),
        ("a master that answers with one number gives no time", ["1700000000"]),
        ("a master that answers with other words gives no time", ["a", "b"]),
        ("a master that answers with nothing gives no time", None),
        ("a master that answers with a number gives no time", 5),
    )
    def other_times(self, reply: object) -> None:
        self.world.network.servers["10.0.0.1:6379"] = {"TIME": reply}
        receipt.write(self.world, agreed(R, OWNERS))
        self.assertEqual(receipt.parse(self.world.state.text("receipt"))[2], {})

    def test_a_receipt_without_masters_proves_nothing(self) -> None:
        receipt.write(self.world, view(R))
        self.assertFalse(receipt.proof(self.world, self.heard(LEFT, LEFT)))

    def test_a_proof_needs_masters_that_own_slots(self) -> None:
        self.assertEqual(C in {node.id for node in agreed(R, OWNERS).owners}, False)
        self.assertFalse(self.proof(view(R, answer(A, NODES)), B))
