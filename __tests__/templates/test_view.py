from __future__ import annotations

from typing import Any

from cluster import DOWN, FAILED, NODES, NOW, A, B, C, Line, R, S, T, agreed, answer, change, conf, text, view
from fakes import SETTINGS, FakeWorld, put
from suite import Case, rows

from view import Answer, View, look, voters
from volume import Own

THREE = (answer(A, NODES), answer(B, NODES), answer(C, NODES))
# Ten fake masters that one lying node lists. Each of them answers.
FAKES = [Line(f"{index:040x}", f"10.6.6.{index}", "master", slots=f"{index}") for index in range(10)]


def own(nodes: list[Line], id: str = R) -> str:
    return conf(id, nodes)


class QuorumTest(Case):
    @rows(
        ("three masters that agree are a quorum", THREE, True),
        ("two of three are a quorum", THREE[:2], True),
        ("one of three is no quorum", THREE[:1], False),
        ("without answers there is no quorum", (), False),
        ("replicas have no vote", (answer(A, NODES), answer(R, NODES)), False),
        (
            "a master that answers at two addresses has one vote",
            (answer(A, NODES), answer(A, NODES, "redis-a:6379")),
            False,
        ),
        (
            "two of three that disagree on a slot are no quorum",
            (answer(A, NODES), answer(B, change(NODES, A, slots="0-5459"))),
            False,
        ),
        (
            "a migrating slot does not change its owner",
            (answer(A, change(NODES, A, slots=f"0-5460 [100->-{B}]")), answer(B, NODES)),
            True,
        ),
        (
            "a majority outvotes a master with an old view",
            (
                THREE[0],
                THREE[2],
                answer(B, [*change(NODES, A, slots=""), Line(T, "10.0.0.9", "master", slots="0-5460")]),
            ),
            True,
        ),
        (
            "one master that lists no other master is no quorum if another one answers",
            (answer(A, [Line(A, "10.0.0.1", "master", slots="0-16383")]), answer(B, NODES)),
            False,
        ),
        (
            "two of three that each list only themselves as live are no quorum",
            tuple(
                answer(id, [node if node.id == id else Line(node.id, node.at, "master,fail") for node in NODES[:3]])
                for id in (A, B)
            ),
            False,
        ),
    )
    def votes(self, answers: tuple[Answer, ...], is_quorum: bool) -> None:
        self.assertEqual(view(S, *answers).quorum, is_quorum)

    def test_a_node_that_owns_slots_needs_the_votes_of_half_of_all_masters(self) -> None:
        four = [*change(NODES, A, slots="0-100"), Line(S, "10.0.0.5", "master", slots="101-5460")]
        answers = answer(A, four), answer(B, four)
        self.assertTrue(view(S, *answers).quorum)
        self.assertFalse(view(R, *answers).quorum)
        self.assertFalse(view(S, answers[0]).quorum)

    def test_a_nodes_own_answer_has_no_vote(self) -> None:
        self.assertFalse(view(A, *THREE[:2]).voters == [])
        self.assertEqual([voter.me.id for voter in view(A, *THREE).voters], [B, C])

    def test_the_reason_has_the_votes_and_the_masters_that_do_not_answer(self) -> None:
        silent = [f"10.0.0.{index}: no answer within 2 s" for index in range(9)]
        reason = View([THREE[0]], Own(), S, silent).reason
        self.assertTrue(reason.startswith("1 of 3 masters with slots answer and agree; 10.0.0.0: no answer"), reason)
        self.assertEqual(reason.count("no answer"), 4)
        self.assertTrue(view(S).reason.startswith("0 of all"))

    @rows(
        ("a node that the quorum does not list has no role", NODES, S, "none"),
        ("a replica is seen as a replica", NODES, R, "replica"),
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

    def test_an_answer_with_lines_of_another_format_is_rejected(self) -> None:
        framed = text(A, NODES) + f"peer 10.0.0.2:6379\n{text(B, NODES)}peer 10.0.0.3:6379\n{text(C, NODES)}"
        with self.assertRaises(ValueError):
            Answer("10.0.0.1:6379", framed, True)

    def test_an_answer_with_a_time_out_of_bounds_is_rejected(self) -> None:
        for pong in ("9" * 5000, "-1", "1e3"):
            with self.assertRaises(ValueError):
                Answer("10.0.0.1:6379", text(A, NODES).replace(f" {NOW} ", f" {pong} ", 1), True)

    def test_an_answer_that_contains_a_second_answer_is_rejected(self) -> None:
        with self.assertRaises(ValueError):
            Answer("10.0.0.1:6379", text(A, NODES) + text(B, NODES), True)

    def test_ten_masters_that_only_one_of_three_lists_have_no_vote(self) -> None:
        nodes = self.liar(*FAKES)
        fakes = [answer(fake.id, nodes, configured=False) for fake in FAKES]
        seen = view(S, answer(A, nodes), *THREE[1:], *fakes)
        self.assertEqual([voter.me.id for voter in seen.voters], [A, B, C])
        self.assertTrue(seen.quorum)
        self.assertEqual([node.id for node in seen.owners], [A, B, C])

    def test_ten_masters_that_only_one_known_node_lists_have_no_vote_if_no_other_answers(self) -> None:
        nodes = self.liar(*FAKES)
        fakes = [answer(fake.id, nodes, configured=False) for fake in FAKES]
        seen = view(R, answer(A, nodes), *fakes, own=own(NODES))
        self.assertEqual([voter.me.id for voter in seen.voters], [A])
        self.assertFalse(seen.quorum)

    def test_a_lying_node_with_two_addresses_in_the_settings_counts_once(self) -> None:
        nodes = self.liar(*FAKES)
        fakes = [answer(fake.id, nodes, configured=False) for fake in FAKES]
        seen = view(R, answer(A, nodes), answer(A, nodes, "redis-a:6379"), *fakes, own=own(NODES))
        self.assertEqual([voter.me.id for voter in seen.voters], [A])
        self.assertFalse(seen.quorum)

    def test_of_two_answers_with_one_id_the_one_at_the_address_that_others_list_counts(self) -> None:
        lie = change(NODES, R, flags="master", master="-", slots="0-5460")
        impostor = Answer("10.6.6.6:6379", text(B, change(lie, A, slots="")), True)
        for answers in ((impostor, *THREE), (*THREE, impostor)):
            seen = view(R, *answers)
            self.assertEqual(
                [voter.address for voter in seen.voters], ["10.0.0.1:6379", "10.0.0.2:6379", "10.0.0.3:6379"]
            )
            self.assertEqual(seen.role, "replica")

    def test_an_id_has_one_vote_even_if_no_other_node_lists_its_addresses(self) -> None:
        claims = [answer(B, NODES, "10.6.6.6:6379"), answer(B, NODES, "10.6.6.7:6379")]
        self.assertEqual(len(voters(claims, R)), 1)

    def test_a_lying_node_with_this_nodes_id_has_no_vote(self) -> None:
        self.assertEqual(voters([answer(A, NODES, "10.6.6.6:6379")], A), [])


class SeedTest(Case):
    OTHERS = [
        Line(f"{index:040x}", f"10.0.0.{index}", "master", slots=f"{index * 4000}-{index * 4000 + 99}")
        for index in (1, 2, 3)
    ]

    def test_another_cluster_at_a_reused_address_has_no_vote_if_a_known_node_answers(self) -> None:
        others = [answer(node.id, self.OTHERS) for node in self.OTHERS]
        seen = view(R, *others, answer(B, NODES, configured=False), answer(C, NODES, configured=False), own=own(NODES))
        self.assertEqual((seen.quorum, seen.role, seen.listed()), (True, "replica", "all"))

    def test_another_cluster_at_a_reused_address_has_no_vote_if_one_known_node_of_a_minority_answers(self) -> None:
        others = [answer(node.id, self.OTHERS) for node in self.OTHERS]
        seen = view(R, *others, answer(B, NODES, configured=False), own=own(NODES))
        self.assertFalse(seen.quorum)

    def test_if_all_masters_are_new_those_of_the_settings_vote(self) -> None:
        others = [answer(node.id, self.OTHERS) for node in self.OTHERS]
        self.assertTrue(view(R, *others, own=own(NODES)).quorum)

    def test_another_cluster_has_no_vote_while_a_known_master_is_silent(self) -> None:
        others = [answer(node.id, self.OTHERS) for node in self.OTHERS[1:]]
        self.assertFalse(view(R, *others, own=own(NODES)).quorum)

    def test_new_masters_that_list_this_node_vote_while_those_that_it_knew_are_silent(self) -> None:
        at = [Line(node.id, f"10.0.9.{index}", "master", slots=node.slots) for index, node in enumerate(self.OTHERS)]
        nodes = [*at, Line(R, "10.0.0.4", "slave,fail", at[0].id)]
        seen = view(R, *[answer(node.id, nodes) for node in at], own=own(NODES))
        self.assertEqual((seen.quorum, seen.role), (True, "replica"))

    def test_if_all_masters_are_new_they_have_no_vote_for_an_owner(self) -> None:
        others = [answer(node.id, self.OTHERS) for node in self.OTHERS]
        self.assertFalse(view(A, *others, own=own(NODES, A)).quorum)

    def test_a_new_node_that_is_its_own_seed_still_hears_the_masters(self) -> None:
        bare = [Line(S, "10.0.0.5", "master")]
        seen = view(S, answer(S, bare), *THREE, own=own(bare, S))
        self.assertEqual((seen.quorum, seen.role, seen.listed()), (True, "none", "none"))

    def test_a_replica_as_the_only_seed_leads_to_its_masters(self) -> None:
        found = [answer(R, NODES), *(answer(id, NODES, configured=False) for id in (A, B, C))]
        self.assertTrue(view(S, *found).quorum)

    def test_a_dns_name_as_the_only_seed_leads_to_the_other_masters(self) -> None:
        found = [answer(A, NODES, "redis-a.internal:6379"), *(answer(id, NODES, configured=False) for id in (B, C))]
        seen = view(S, *found)
        self.assertEqual((seen.quorum, len(seen.voters)), (True, 3))

    def test_a_seed_that_forgot_all_other_nodes_is_no_quorum(self) -> None:
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

    def test_seeds_come_from_the_settings_then_from_the_last_run_then_from_the_own_file(self) -> None:
        world = self.world("MASTERS='10.0.0.1 redis-b'\nPORT='6380'\nSHARD='redis-c.internal'\n")
        world.state.write("seeds", "10.0.0.9:6379\n10.0.0.1:6380\n")
        nodes = [*NODES, Line(T, "10.0.0.7", "master"), Line(S, ":0@0", "master,noaddr", slots="5")]
        look(world, Own(own(nodes)), R)
        expected = ["10.0.0.1:6380", "redis-b:6380", "redis-c.internal:6380", "10.0.0.9:6379"]
        self.assertEqual(self.asked(world), [*expected, "10.0.0.1:6379", "10.0.0.2:6379", "10.0.0.3:6379"])

    def test_each_address_is_asked_once_and_listed_masters_are_asked_next(self) -> None:
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
        ("nil is no answer", None),
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
            "the owner is the node that was promoted meanwhile",
            [*change(NODES, A, slots="", **DOWN), Line(S, "10.0.0.5", "master", slots="0-5460")],
            ("live", S),
        ),
        (
            "the owner is the promoted node if the old master follows it",
            [*change(NODES, A, slots="", flags="slave", master=S), Line(S, "10.0.0.5", "master", slots="0-5460")],
            ("live", S),
        ),
        (
            "the owner is the old master if it still owns slots",
            [*change(NODES, A, slots="0-9"), Line(S, "10.0.0.5", "master", slots="10-5460")],
            ("live", A),
        ),
        (
            "a replica without a master has the owner of its shard's slots",
            change(NODES, R, master="-"),
            ("live", A),
        ),
        (
            "a replica with an unknown master has the owner of its shard's slots",
            change(NODES, R, master=T),
            ("live", A),
        ),
        ("a forgotten replica has the owner of its shard's slots", NODES[:3], ("live", A)),
        (
            "a shard whose slots were distributed has several owners",
            [*change(NODES[:3], A, slots="0-9"), Line(S, "10.0.0.5", "master", slots="10-5460")],
            ("several", ""),
        ),
        (
            "the master of another shard that has got all slots of this one is not its owner",
            change(change(NODES, A, slots="", **DOWN), B, slots="0-10922"),
            ("several", ""),
        ),
        ("a shard whose slots no node owns has no owner", change(NODES[:3], A, slots=""), ("none", "")),
        (
            "a master without slots that follows this node is no owner",
            change(change(NODES, A, slots="", flags="slave", master=R), R, flags="master", master="-", slots="0-5460"),
            ("none", ""),
        ),
    )
    def owners(self, nodes: list[Line], expected: tuple[str, str]) -> None:
        state, owner = agreed(R, nodes, own(NODES)).owner()
        self.assertEqual((state, owner.id if owner else ""), expected)

    def test_the_owner_is_down_if_the_master_is_flagged_as_failed(self) -> None:
        nodes = change(NODES, A, **DOWN)
        state, owner = view(R, answer(B, nodes), answer(C, nodes)).owner()
        self.assertEqual((state, owner and owner.id), ("down", A))

    def test_a_cluster_without_any_of_the_nodes_peers_does_not_have_its_shard(self) -> None:
        others = SeedTest.OTHERS
        seen = view(R, *(answer(node.id, others) for node in others), own=own(NODES))
        self.assertEqual(seen.owner(), ("none", None))

    @rows(
        ("a node that every master lists is listed by all", NODES, "all"),
        ("a node that no master knows is listed by none", NODES[:3], "none"),
        ("a node in handshake is listed by none", change(NODES, R, flags="handshake"), "none"),
        ("a node that is barred from elections is listed", change(NODES, R, flags="slave,nofailover"), "all"),
        ("a node that is flagged as failed is listed by none", change(NODES, R, **FAILED), "none"),
        ("a node that was pinged just now is listed", change(NODES, R, ping=NOW - 100, pong=NOW - 9000), "all"),
        (
            "a node that does not answer a ping while others do is listed by none",
            change(NODES, R, ping=NOW - 5000, pong=NOW - 9000),
            "none",
        ),
        ("a node without an address is listed by none", change(NODES, R, at=":0@0", flags="slave,noaddr"), "none"),
    )
    def listed(self, nodes: list[Line], expected: str) -> None:
        self.assertEqual(agreed(R, nodes).listed(), expected)
        one = answer(C, nodes)
        self.assertEqual(view(R, *THREE[:2], one).listed(), "all" if expected == "all" else "some")

    def test_without_answers_a_node_is_listed_by_none(self) -> None:
        self.assertEqual(view(R).listed(), "none")

    def test_a_replica_without_a_master_is_listed_with_none(self) -> None:
        seen = agreed(R, change(NODES, R, master="-"))
        self.assertEqual((seen.role, [seen.replicas(node, "") for node in seen.owners]), ("replica", [0, 0, 0]))
        self.assertEqual(agreed(A, change(NODES, R, master="-")).copies(), [])

    def test_a_replica_is_listed_by_the_masters_that_list_it_with_its_master(self) -> None:
        late = change(NODES, R, flags="master", master="-")
        seen = view(R, answer(A, NODES), answer(B, NODES), answer(C, late))
        self.assertEqual((seen.listed(), seen.listed(A), seen.listed(B)), ("all", "some", "none"))

    def test_a_node_without_an_id_has_no_replicas(self) -> None:
        self.assertEqual(agreed("", NODES).copies(), [])

    def test_the_copies_of_a_node_are_its_live_replicas_electable_or_not(self) -> None:
        nodes = [
            *change(NODES, R, flags="slave,nofailover"),
            Line(S, "10.0.0.5", "slave", A),
            Line(T, "10.0.0.6", master=A, **FAILED),
            Line("9" * 40, ":0@0", "slave,noaddr", A),
        ]
        self.assertEqual([node.id for node in agreed(A, nodes).copies()], [R, S])

    def test_only_masters_that_agree_report_pongs(self) -> None:
        other = answer(C, change(change(NODES, R, pong=5), A, slots="0-5459"))
        self.assertEqual(view(R, *THREE[:2], other).pongs(), {A: NOW, B: NOW})
        self.assertEqual(view(R).pongs(), {})

    def test_the_other_addresses_of_a_nodes_id_are_those_that_any_voter_lists(self) -> None:
        seen = agreed(R, NODES)
        self.assertEqual(
            (seen.elsewhere("10.0.0.4:6379"), seen.elsewhere("10.0.0.9:6379")), ({}, {"10.0.0.4:6379": False})
        )
        late = change(NODES, R, at="10.0.0.8", pong=NOW - 20_000, **FAILED)
        self.assertEqual(agreed(R, late).elsewhere("10.0.0.4:6379"), {"10.0.0.8:6379": True})
        fresh = change(NODES, R, at="10.0.0.8", pong=NOW - 5_000, **FAILED)
        self.assertEqual(agreed(R, fresh).elsewhere("10.0.0.4:6379"), {"10.0.0.8:6379": False})
        # One voter that does not flag it as failed is enough.
        both = view(R, answer(A, late), answer(B, fresh), answer(C, late))
        self.assertEqual(both.elsewhere("10.0.0.4:6379"), {"10.0.0.8:6379": False})
        ghost = change(NODES, R, at=":0@0", flags="slave,noaddr")
        self.assertEqual(agreed(R, ghost).elsewhere("10.0.0.4:6379"), {})

    @rows(
        ("replicas count", Line(S, "10.0.0.5", "slave", A), 2),
        ("replicas that are down count, since they come back", Line(S, "10.0.0.5", master=A, **FAILED), 2),
        ("replicas without an address do not count", Line(S, ":0@0", "slave,fail,noaddr", A, link="disconnected"), 1),
        ("a replica whose address another node now has does not count", Line(S, "10.0.0.4", master=A, **FAILED), 1),
        ("a predecessor at this node's own address does not count", Line(S, "10.0.0.9", master=A, **FAILED), 1),
        ("replicas of other masters do not count", Line(S, "10.0.0.5", "slave", B), 1),
        ("this node itself does not count", Line(T, "10.0.0.9", "slave", A), 1),
    )
    def counts(self, line: Line, count: int) -> None:
        seen = agreed(T, [*NODES, line])
        self.assertEqual(seen.replicas(seen.nodes[A], "10.0.0.9:6379"), count)

    def test_the_nodes_at_an_address_are_all_except_those_in_handshake(self) -> None:
        nodes = [*NODES, Line(S, "10.0.0.4", master=A, **FAILED), Line(T, "10.0.0.4", "handshake")]
        self.assertEqual([node.id for node in agreed(S, nodes).at("10.0.0.4:6379")], [R, S])
        self.assertEqual(agreed(S, nodes).at("10.0.0.4:637"), [])


class LoginTest(Case):
    """A cluster with a password and without TLS, whose settings have some of the masters."""

    def look(self, masters: str, own: str = "", **state: str) -> tuple[View, list[str]]:
        world = FakeWorld(self.folder(), f"{SETTINGS}MASTERS='{masters}'\nAUTH_PASSWORD='file:/x'\n")
        put(world.secrets / "passwords", "needle\n")
        for name, lines in state.items():
            world.state.write(name, lines)
        for node in NODES:
            world.network.servers[f"{node.at}:6379"] = {"CLUSTER NODES": text(node.id, NODES)}
        view = look(world, Own(own), R)
        return view, sorted({place for place, _ in world.network.asked})

    def test_a_master_that_two_others_name_is_asked(self) -> None:
        view, asked = self.look("10.0.0.1 10.0.0.2")
        self.assertTrue(view.quorum)
        self.assertEqual(asked, [f"10.0.0.{last}:6379" for last in (1, 2, 3)])

    def test_one_configured_master_names_none(self) -> None:
        view, asked = self.look("10.0.0.1")
        self.assertEqual((view.quorum, asked), (False, ["10.0.0.1:6379"]))

    def test_an_address_that_only_nodes_conf_has_is_not_among_the_first(self) -> None:
        _, asked = self.look("10.0.0.1", own=conf(R, NODES))
        self.assertEqual(asked, ["10.0.0.1:6379"])

    def test_a_master_that_most_masters_have_named_before_is_asked(self) -> None:
        view, asked = self.look("10.0.0.9", conf(R, NODES), agreed="10.0.0.1:6379\n10.0.0.2:6379\n")
        self.assertTrue(view.quorum)
        self.assertEqual(asked, [f"10.0.0.{last}:6379" for last in (1, 2, 3, 9)])

    def test_an_address_that_was_stored_without_a_password_is_not_asked(self) -> None:
        self.assertEqual(self.look("10.0.0.1", seeds="10.9.9.9:6379\n")[1], ["10.0.0.1:6379"])
