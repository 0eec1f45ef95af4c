from __future__ import annotations

from typing import Any

from cluster import DOWN, FAILED, NODES, NOW, A, B, C, Line, R, S, T, agreed, answer, change, conf, text, view
from fakes import FakeWorld
from suite import Case, rows

from view import Answer, View, look, voters
from volume import Own

THREE = (answer(A, NODES), answer(B, NODES), answer(C, NODES))
# Ten masters of a liar, each of which answers.
FAKES = [Line(f"{index:040x}", f"10.6.6.{index}", "master", slots=f"{index}") for index in range(10)]


def own(nodes: list[Line], id: str = R) -> str:
    return conf(id, nodes)


class QuorumTest(Case):
    @rows(
        ("three masters that agree are a quorum", THREE, True),
        ("two of three are a quorum", THREE[:2], True),
        ("one of three is none", THREE[:1], False),
        ("nobody is none", (), False),
        ("replicas have no vote", (answer(A, NODES), answer(R, NODES)), False),
        (
            "a master that answers at two addresses has one vote",
            (answer(A, NODES), answer(A, NODES, "redis-a:6379")),
            False,
        ),
        (
            "two that disagree on a slot are none of three",
            (answer(A, NODES), answer(B, change(NODES, A, slots="0-5459"))),
            False,
        ),
        (
            "a slot on its way to another changes no owner",
            (answer(A, change(NODES, A, slots=f"0-5460 [100->-{B}]")), answer(B, NODES)),
            True,
        ),
        (
            "a majority outvotes one with an old view",
            (
                THREE[0],
                THREE[2],
                answer(B, [*change(NODES, A, slots=""), Line(T, "10.0.0.9", "master", slots="0-5460")]),
            ),
            True,
        ),
        (
            "a liar that leaves out all others is none beside one that answers",
            (answer(A, [Line(A, "10.0.0.1", "master", slots="0-16383")]), answer(B, NODES)),
            False,
        ),
        (
            "two of three that each list themselves alone are none",
            tuple(
                answer(id, [node if node.id == id else Line(node.id, node.at, "master,fail") for node in NODES[:3]])
                for id in (A, B)
            ),
            False,
        ),
    )
    def votes(self, answers: tuple[Answer, ...], is_quorum: bool) -> None:
        self.assertEqual(view(S, *answers).quorum, is_quorum)

    def test_a_node_that_owns_slots_needs_half_of_all_from_among_the_others(self) -> None:
        four = [*change(NODES, A, slots="0-100"), Line(S, "10.0.0.5", "master", slots="101-5460")]
        answers = answer(A, four), answer(B, four)
        self.assertTrue(view(S, *answers).quorum)
        self.assertFalse(view(R, *answers).quorum)
        self.assertFalse(view(S, answers[0]).quorum)

    def test_a_nodes_own_word_has_no_vote(self) -> None:
        self.assertFalse(view(A, *THREE[:2]).voters == [])
        self.assertEqual([voter.me.id for voter in view(A, *THREE).voters], [B, C])

    def test_the_reason_counts_the_votes_and_names_who_is_silent(self) -> None:
        silent = [f"10.0.0.{index}: no answer within 2 s" for index in range(9)]
        reason = View([THREE[0]], Own(), S, silent).reason
        self.assertTrue(reason.startswith("1 of 3 masters with slots answer and agree; 10.0.0.0: no answer"), reason)
        self.assertEqual(reason.count("no answer"), 4)
        self.assertTrue(view(S).reason.startswith("0 of all"))

    @rows(
        ("a node that the quorum does not know is seen as none", NODES, S, "none"),
        ("a replica is seen as one", NODES, R, "replica"),
        (
            "a node that was promoted is seen as an owner",
            change(change(NODES, R, flags="master", master="-", slots="0-5460"), A, slots=""),
            R,
            "owner",
        ),
        ("a node without slots is seen as bare", change(NODES, R, flags="master", master="-"), R, "bare"),
    )
    def seen(self, nodes: list[Line], me: str, role: str) -> None:
        self.assertEqual(agreed(me, nodes).role, role)


class LiarTest(Case):
    def liar(self, *more: Line) -> list[Line]:
        return [Line(A, "10.0.0.1", "master", slots="0-5460"), *more]

    def test_framing_lines_inside_an_answer_make_it_no_answer(self) -> None:
        framed = text(A, NODES) + f"peer 10.0.0.2:6379\n{text(B, NODES)}peer 10.0.0.3:6379\n{text(C, NODES)}"
        with self.assertRaises(ValueError):
            Answer("10.0.0.1:6379", framed, True)

    def test_a_second_answer_inside_an_answer_makes_it_no_answer(self) -> None:
        with self.assertRaises(ValueError):
            Answer("10.0.0.1:6379", text(A, NODES) + text(B, NODES), True)

    def test_ten_masters_that_one_of_three_names_have_no_vote(self) -> None:
        nodes = self.liar(*FAKES)
        fakes = [answer(fake.id, nodes, configured=False) for fake in FAKES]
        seen = view(S, answer(A, nodes), *THREE[1:], *fakes)
        self.assertEqual([voter.me.id for voter in seen.voters], [A, B, C])
        self.assertTrue(seen.quorum)
        self.assertEqual([node.id for node in seen.owners], [A, B, C])

    def test_ten_masters_that_one_known_node_names_have_no_vote_while_the_others_are_silent(self) -> None:
        nodes = self.liar(*FAKES)
        fakes = [answer(fake.id, nodes, configured=False) for fake in FAKES]
        seen = view(R, answer(A, nodes), *fakes, own=own(NODES))
        self.assertEqual([voter.me.id for voter in seen.voters], [A])
        self.assertFalse(seen.quorum)

    def test_a_liar_that_the_settings_have_by_two_names_is_one_that_names_others(self) -> None:
        nodes = self.liar(*FAKES)
        fakes = [answer(fake.id, nodes, configured=False) for fake in FAKES]
        seen = view(R, answer(A, nodes), answer(A, nodes, "redis-a:6379"), *fakes, own=own(NODES))
        self.assertEqual([voter.me.id for voter in seen.voters], [A])
        self.assertFalse(seen.quorum)

    def test_of_two_connections_that_claim_one_id_the_one_counts_where_the_others_have_it(self) -> None:
        lie = change(NODES, R, flags="master", master="-", slots="0-5460")
        impostor = Answer("10.6.6.6:6379", text(B, change(lie, A, slots="")), True)
        for answers in ((impostor, *THREE), (*THREE, impostor)):
            seen = view(R, *answers)
            self.assertEqual(
                [voter.address for voter in seen.voters], ["10.0.0.1:6379", "10.0.0.2:6379", "10.0.0.3:6379"]
            )
            self.assertEqual(seen.role, "replica")

    def test_one_id_has_one_vote_also_where_nobody_has_it_at_either_address(self) -> None:
        claims = [answer(B, NODES, "10.6.6.6:6379"), answer(B, NODES, "10.6.6.7:6379")]
        self.assertEqual(len(voters(claims, R)), 1)

    def test_an_id_that_a_liar_takes_from_this_node_has_no_vote(self) -> None:
        self.assertEqual(voters([answer(A, NODES, "10.6.6.6:6379")], A), [])


class SeedTest(Case):
    OTHERS = [
        Line(f"{index:040x}", f"10.0.0.{index}", "master", slots=f"{index * 4000}-{index * 4000 + 99}")
        for index in (1, 2, 3)
    ]

    def test_a_cluster_at_a_passed_on_address_has_no_vote_beside_a_known_node(self) -> None:
        others = [answer(node.id, self.OTHERS) for node in self.OTHERS]
        seen = view(R, *others, answer(B, NODES, configured=False), answer(C, NODES, configured=False), own=own(NODES))
        self.assertEqual((seen.quorum, seen.role, seen.listed()), (True, "replica", "all"))

    def test_a_cluster_at_a_passed_on_address_has_no_vote_beside_one_known_node_of_a_minority(self) -> None:
        others = [answer(node.id, self.OTHERS) for node in self.OTHERS]
        seen = view(R, *others, answer(B, NODES, configured=False), own=own(NODES))
        self.assertFalse(seen.quorum)

    def test_masters_that_are_all_new_are_those_of_the_settings(self) -> None:
        others = [answer(node.id, self.OTHERS) for node in self.OTHERS]
        self.assertTrue(view(R, *others, own=own(NODES)).quorum)

    def test_masters_that_are_all_new_have_no_vote_before_an_owner_that_hears_none_it_knew(self) -> None:
        others = [answer(node.id, self.OTHERS) for node in self.OTHERS]
        self.assertFalse(view(A, *others, own=own(NODES, A)).quorum)

    def test_a_new_node_among_its_own_seeds_does_not_silence_the_masters(self) -> None:
        bare = [Line(S, "10.0.0.5", "master")]
        seen = view(S, answer(S, bare), *THREE, own=own(bare, S))
        self.assertEqual((seen.quorum, seen.role, seen.listed()), (True, "none", "none"))

    def test_a_replica_as_the_only_seed_brings_its_masters(self) -> None:
        found = [answer(R, NODES), *(answer(id, NODES, configured=False) for id in (A, B, C))]
        self.assertTrue(view(S, *found).quorum)

    def test_a_dns_name_as_the_only_seed_brings_the_other_masters(self) -> None:
        found = [answer(A, NODES, "redis-a.internal:6379"), *(answer(id, NODES, configured=False) for id in (B, C))]
        seen = view(S, *found)
        self.assertEqual((seen.quorum, len(seen.voters)), (True, 3))

    def test_a_seed_that_forgot_all_others_does_not_make_a_cluster_of_one(self) -> None:
        alone = [Line(A, "10.0.0.1", "master", slots="0-5460")]
        seen = view(R, answer(A, alone), answer(B, NODES), answer(C, NODES), own=own(NODES))
        self.assertEqual(len(seen.owners), 3)

    def world(self, settings: str = "MASTERS='10.0.0.1 redis-b'\n") -> FakeWorld:
        return FakeWorld(self.folder(), settings)

    def serve(self, world: FakeWorld, nodes: list[Line], *silent: str) -> None:
        for node in nodes:
            if node.id not in silent:
                world.network.servers[f"{node.at}:6379"] = {"CLUSTER NODES": text(node.id, nodes)}

    def asked(self, world: FakeWorld) -> list[str]:
        return [place for place, command in world.network.asked if command == "CLUSTER NODES"]

    def test_seeds_are_those_of_the_settings_then_those_met_then_those_of_the_file(self) -> None:
        world = self.world("MASTERS='10.0.0.1 redis-b'\nPORT='6380'\nSHARD='redis-c.internal'\n")
        world.state.write("seeds", "10.0.0.9:6379\n10.0.0.1:6380\n")
        nodes = [*NODES, Line(T, "10.0.0.7", "master"), Line(S, ":0@0", "master,noaddr", slots="5")]
        look(world, Own(own(nodes)), R)
        expected = ["10.0.0.1:6380", "redis-b:6380", "redis-c.internal:6380", "10.0.0.9:6379"]
        self.assertEqual(self.asked(world), [*expected, "10.0.0.1:6379", "10.0.0.2:6379", "10.0.0.3:6379"])

    def test_each_address_is_asked_once_and_masters_that_are_named_next(self) -> None:
        world = self.world()
        self.serve(world, NODES)
        seen = look(world, Own(), S)
        self.assertEqual(self.asked(world), ["10.0.0.1:6379", "redis-b:6379", "10.0.0.2:6379", "10.0.0.3:6379"])
        self.assertTrue(seen.quorum)

    def test_masters_that_failed_or_have_no_address_are_not_asked(self) -> None:
        world = self.world()
        nodes = [*change(NODES, C, **DOWN), Line(T, ":0@0", "master,noaddr", slots="5")]
        self.serve(world, nodes)
        look(world, Own(), S)
        self.assertEqual(self.asked(world), ["10.0.0.1:6379", "redis-b:6379", "10.0.0.2:6379"])

    @rows(
        ("an error is no answer", "LOADING"),
        ("a page of a proxy is no answer", "<html>"),
        ("an empty text is no answer", ""),
        ("nothing is no answer", None),
        ("a list is no answer", ["a"]),
        ("a number is no answer", 5),
    )
    def other_answers(self, reply: Any) -> None:
        world = self.world()
        self.serve(world, NODES)
        world.network.servers["10.0.0.1:6379"] = {"CLUSTER NODES": reply}
        seen = look(world, Own(), S)
        self.assertEqual((seen.answers, seen.quorum), ([], False))
        self.assertIn("10.0.0.1:6379", seen.reason)


class FactsTest(Case):
    @rows(
        ("the owner of a replica's shard is its master", NODES, ("live", A)),
        (
            "the owner is who was promoted while the node was away",
            [*change(NODES, A, slots="", **DOWN), Line(S, "10.0.0.5", "master", slots="0-5460")],
            ("live", S),
        ),
        (
            "the owner is who was promoted where the old one follows it",
            [*change(NODES, A, slots="", flags="slave", master=S), Line(S, "10.0.0.5", "master", slots="0-5460")],
            ("live", S),
        ),
        (
            "the owner is the old one where it has slots left",
            [*change(NODES, A, slots="0-9"), Line(S, "10.0.0.5", "master", slots="10-5460")],
            ("live", A),
        ),
        (
            "a replica that names no master has the owner of its shard's slots",
            change(NODES, R, master="-"),
            ("live", A),
        ),
        (
            "a replica that names a master nobody knows has the owner of its shard's slots",
            change(NODES, R, master=T),
            ("live", A),
        ),
        ("a forgotten replica has the owner of its shard's slots", NODES[:3], ("live", A)),
        (
            "a shard that was split up has several owners",
            [*change(NODES[:3], A, slots="0-9"), Line(S, "10.0.0.5", "master", slots="10-5460")],
            ("several", ""),
        ),
        ("a shard whose slots nobody owns has none", change(NODES[:3], A, slots=""), ("none", "")),
        (
            "a master that is emptied and follows this node is no owner",
            change(change(NODES, A, slots="", flags="slave", master=R), R, flags="master", master="-", slots="0-5460"),
            ("none", ""),
        ),
    )
    def owners(self, nodes: list[Line], expected: tuple[str, str]) -> None:
        state, owner = agreed(R, nodes, own(NODES)).owner()
        self.assertEqual((state, owner.id if owner else ""), expected)

    def test_the_owner_is_down_where_its_master_failed(self) -> None:
        nodes = change(NODES, A, **DOWN)
        state, owner = view(R, answer(B, nodes), answer(C, nodes)).owner()
        self.assertEqual((state, owner and owner.id), ("down", A))

    def test_a_cluster_that_knows_none_of_a_nodes_peers_has_no_shard_of_its(self) -> None:
        others = SeedTest.OTHERS
        seen = view(R, *(answer(node.id, others) for node in others), own=own(NODES))
        self.assertEqual(seen.owner(), ("none", None))

    @rows(
        ("a node that all list is listed by all", NODES, "all"),
        ("a node that nobody knows is listed by none", NODES[:3], "none"),
        ("a node in handshake is listed by none", change(NODES, R, flags="handshake"), "none"),
        ("a node that is barred from elections is listed", change(NODES, R, flags="slave,nofailover"), "all"),
        ("a node that failed is listed by none", change(NODES, R, **FAILED), "none"),
        ("a node that was pinged just now is listed", change(NODES, R, ping=NOW - 100, pong=NOW - 9000), "all"),
        (
            "a node that does not answer a ping while others do is not listed",
            change(NODES, R, ping=NOW - 5000, pong=NOW - 9000),
            "none",
        ),
        ("a ghost without an address is not listed", change(NODES, R, at=":0@0", flags="slave,noaddr"), "none"),
    )
    def listed(self, nodes: list[Line], expected: str) -> None:
        self.assertEqual(agreed(R, nodes).listed(), expected)
        one = answer(C, nodes)
        self.assertEqual(view(R, *THREE[:2], one).listed(), "all" if expected == "all" else "some")

    def test_nobody_lists_a_node_where_nobody_answers(self) -> None:
        self.assertEqual(view(R).listed(), "none")

    def test_a_slave_without_a_master_is_a_replica_of_none(self) -> None:
        seen = agreed(R, change(NODES, R, master="-"))
        self.assertEqual((seen.role, [seen.replicas(node, "") for node in seen.owners]), ("replica", [0, 0, 0]))
        self.assertEqual(agreed(A, change(NODES, R, master="-")).copies(), [])

    def test_a_replica_is_listed_by_those_that_have_it_with_its_master(self) -> None:
        late = change(NODES, R, flags="master", master="-")
        seen = view(R, answer(A, NODES), answer(B, NODES), answer(C, late))
        self.assertEqual((seen.listed(), seen.listed(A), seen.listed(B)), ("all", "some", "none"))

    def test_masters_are_no_copies_of_a_node_without_an_id(self) -> None:
        self.assertEqual(agreed("", NODES).copies(), [])

    def test_live_replicas_of_a_node_are_its_copies_electable_or_not(self) -> None:
        nodes = [
            *change(NODES, R, flags="slave,nofailover"),
            Line(S, "10.0.0.5", "slave", A),
            Line(T, "10.0.0.6", master=A, **FAILED),
            Line("9" * 40, ":0@0", "slave,noaddr", A),
        ]
        self.assertEqual([node.id for node in agreed(A, nodes).copies()], [R, S])

    def test_the_pongs_are_of_masters_that_agree(self) -> None:
        other = answer(C, change(change(NODES, R, pong=5), A, slots="0-5459"))
        self.assertEqual(view(R, *THREE[:2], other).pongs(), {A: NOW, B: NOW})
        self.assertEqual(view(R).pongs(), {})

    def test_other_addresses_of_a_nodes_id_are_those_that_any_voter_has(self) -> None:
        seen = agreed(R, NODES)
        self.assertEqual(
            (seen.elsewhere("10.0.0.4:6379"), seen.elsewhere("10.0.0.9:6379")), ({}, {"10.0.0.4:6379": False})
        )
        late = change(NODES, R, at="10.0.0.8", pong=NOW - 20_000, **FAILED)
        self.assertEqual(agreed(R, late).elsewhere("10.0.0.4:6379"), {"10.0.0.8:6379": True})
        fresh = change(NODES, R, at="10.0.0.8", pong=NOW - 5_000, **FAILED)
        self.assertEqual(agreed(R, fresh).elsewhere("10.0.0.4:6379"), {"10.0.0.8:6379": False})
        # One that does not call it gone is enough.
        both = view(R, answer(A, late), answer(B, fresh), answer(C, late))
        self.assertEqual(both.elsewhere("10.0.0.4:6379"), {"10.0.0.8:6379": False})
        ghost = change(NODES, R, at=":0@0", flags="slave,noaddr")
        self.assertEqual(agreed(R, ghost).elsewhere("10.0.0.4:6379"), {})

    @rows(
        ("replicas count", Line(S, "10.0.0.5", "slave", A), 2),
        ("replicas that are down count, for they come back", Line(S, "10.0.0.5", master=A, **FAILED), 2),
        ("replicas without an address do not count", Line(S, ":0@0", "slave,fail,noaddr", A, link="disconnected"), 1),
        ("a replica whose address another node has now does not count", Line(S, "10.0.0.4", master=A, **FAILED), 1),
        ("a predecessor at this node's own address does not count", Line(S, "10.0.0.9", master=A, **FAILED), 1),
        ("replicas of other masters do not count", Line(S, "10.0.0.5", "slave", B), 1),
        ("this node itself does not count", Line(T, "10.0.0.9", "slave", A), 1),
    )
    def counts(self, line: Line, count: int) -> None:
        seen = agreed(T, [*NODES, line])
        self.assertEqual(seen.replicas(seen.nodes[A], "10.0.0.9:6379"), count)

    def test_nodes_at_an_address_are_all_but_those_in_handshake(self) -> None:
        nodes = [*NODES, Line(S, "10.0.0.4", master=A, **FAILED), Line(T, "10.0.0.4", "handshake")]
        self.assertEqual([node.id for node in agreed(S, nodes).at("10.0.0.4:6379")], [R, S])
        self.assertEqual(agreed(S, nodes).at("10.0.0.4:637"), [])
