from __future__ import annotations

from typing import Any

from cluster import DOWN, FAILED, NODES, A, B, C, Line, R, S, T, agreed, answer, change, conf, view
from fakes import FakeWorld, info
from suite import Case, rows

from facts import NoPermission, Refused, Unknown
from nodes import is_whole
from nodes_conf import rebuild, rebuilt
from volume import Own

MINE = "10.0.0.4:6379"
SHARDS = {A: "1" * 40, B: "2" * 40, C: "3" * 40}


class RebuiltTest(Case):
    def lines(self, nodes: list[Line], owner: str = A, me: str = R, shards: dict[str, str] | None = None) -> list[str]:
        content = rebuilt(agreed(me, nodes), MINE, owner, 7, shards or {})
        self.assertTrue(is_whole(content))
        own = Own(content)
        self.assertEqual((own.id, own.role), (me, "owner" if owner == me else "replica"))
        self.assertEqual(own.me and own.me.address, MINE)
        return content.splitlines()

    def test_this_node_becomes_a_replica_of_the_owner_at_its_own_address_regardless_of_its_role(self) -> None:
        nodes = change(NODES, R, at="10.0.0.99:6379@17000", flags="master", master="-", epoch=5)
        lines = self.lines(nodes, B)
        self.assertEqual(lines[-2], f"{R} 10.0.0.4:6379@17000 myself,slave {B} 0 0 5 connected")
        self.assertEqual(lines[-1], "vars currentEpoch 7 lastVoteEpoch 7")

    def test_this_node_is_added_if_the_peers_have_forgotten_it(self) -> None:
        self.assertEqual(self.lines(NODES[:3])[-2], f"{R} 10.0.0.4:6379@16379 myself,slave {A} 0 0 0 connected")

    def test_an_owner_gets_its_slots_back(self) -> None:
        nodes = change(NODES, C, at="10.0.0.99", link="disconnected", flags="master,fail", epoch=5)
        self.assertEqual(self.lines(nodes, C, C)[-2], f"{C} {MINE}@16379 myself,master - 0 0 5 connected 10923-16383")

    def test_the_shard_id_of_a_replica_is_its_masters(self) -> None:
        lines = self.lines(NODES, A, shards=SHARDS)
        self.assertEqual(
            [line.split()[1].partition(",")[2] for line in lines[:-1]], [f",shard-id={digit * 40}" for digit in "1231"]
        )
        self.assertEqual({node.shard for node in Own("\n".join(lines) + "\n").nodes.values()}, set(SHARDS.values()))

    def test_the_shard_id_of_a_rebuilt_owner_is_its_own(self) -> None:
        self.assertIn(f",,shard-id={'3' * 40} myself,master", self.lines(NODES, C, C, SHARDS)[-2])

    def test_without_shard_ids_none_are_written(self) -> None:
        self.assertNotIn("shard-id", "\n".join(self.lines(NODES)))

    def test_the_pongs_of_a_peer_are_not_copied(self) -> None:
        self.assertEqual({tuple(line.split()[4:6]) for line in self.lines(change(NODES, B, ping=5))[:-2]}, {("0", "0")})

    def test_migrating_slots_and_host_names_are_left_to_gossip(self) -> None:
        nodes = change(NODES, A, at="10.0.0.1:6379@16379,redis-a", slots=f"0-5460 [100->-{B}]")
        seen = view(R, answer(A, nodes, "10.0.0.1:6379"), answer(B, nodes))
        self.assertIn(f"{A} 10.0.0.1:6379@16379 master - 0 0 3 connected 0-5460\n", rebuilt(seen, MINE, A, 7, {}))

    def test_nodes_in_handshake_and_without_an_address_are_left_out(self) -> None:
        nodes = [*NODES, Line(S, "10.0.0.9", "handshake"), Line(T, ":0@0", "slave,noaddr", A)]
        self.assertEqual([line.split()[0] for line in self.lines(nodes)], [A, B, C, R, "vars"])

    def test_a_predecessor_at_this_nodes_address_is_another_node(self) -> None:
        lines = self.lines([*NODES, Line(S, "10.0.0.4", master=A, **FAILED)])
        self.assertEqual(sum("myself" in line for line in lines), 1)
        self.assertIn(f"{S} 10.0.0.4:6379@16379 slave,fail {A} 0 0 3 connected", lines)

    def test_a_replica_without_a_master_is_written_without_one(self) -> None:
        lines = self.lines([*NODES, Line(S, "10.0.0.9", "slave")])
        self.assertIn(f"{S} 10.0.0.9:6379@16379 slave - 0 0 3 connected", lines)

    def test_an_ipv6_address_keeps_its_port(self) -> None:
        seen = agreed(R, NODES)
        self.assertIn(f"{R} fd00::4:6379@16379 myself,slave", rebuilt(seen, "fd00::4:6379", A, 7, {}))


class RebuildTest(Case):
    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())
        for node in NODES[:3]:
            self.serve(node.at, node.id, SHARDS[node.id])

    def serve(self, place: str, id: Any, shard: Any, epoch: Any = 9) -> None:
        cluster_info = info(cluster_state="ok", cluster_current_epoch=epoch)
        self.world.network.servers[f"{place}:6379"] = {
            "CLUSTER INFO": cluster_info,
            "CLUSTER MYID": id,
            "CLUSTER MYSHARDID": shard,
        }

    def rebuild(self, nodes: list[Line] = NODES, owner: str = A, own: str = "") -> Own:
        return Own(rebuild(self.world, agreed(R, nodes, own), MINE, owner))

    def shards(self, own: Own) -> dict[str, str]:
        return {id: node.shard for id, node in own.nodes.items() if node.shard}

    def test_the_epoch_and_the_last_vote_epoch_are_the_peers_current_epoch(self) -> None:
        self.assertIn("vars currentEpoch 9 lastVoteEpoch 9\n", rebuild(self.world, agreed(R, NODES), MINE, A))

    def test_shard_ids_are_those_that_the_peers_report(self) -> None:
        self.assertEqual(self.shards(self.rebuild()), {**SHARDS, R: SHARDS[A]})

    def test_redis_7_0_reports_no_shard_id(self) -> None:
        for node in NODES[:3]:
            self.serve(node.at, node.id, Refused("ERR unknown subcommand 'MYSHARDID'"))
        self.assertEqual(self.shards(self.rebuild()), {})

    def test_a_peer_that_may_not_be_asked_for_its_shard_id_is_an_error(self) -> None:
        self.serve("10.0.0.2", B, NoPermission("NOPERM no permissions to run 'cluster|myshardid'"))
        with self.assertRaisesRegex(NoPermission, "cluster.myshardid"):
            self.rebuild()

    def test_the_shard_ids_of_absent_nodes_come_from_the_own_file(self) -> None:
        own = conf(
            R,
            [
                Line(**{**vars(node), "at": f"{node.at}:6379@16379,,shard-id={SHARDS.get(node.id, SHARDS[A])}"})
                for node in NODES
            ],
        )
        for node in NODES[:3]:
            self.serve(node.at, node.id, Unknown("silence"))
        self.assertEqual(self.shards(self.rebuild(own=own)), {**SHARDS, R: SHARDS[A]})

    def test_a_rebuilt_owner_has_the_shard_id_that_its_replica_reports(self) -> None:
        nodes = [
            *change(change(NODES, A, slots="", **DOWN), R, flags="master", master="-", slots="0-5460"),
            Line(S, "10.0.0.5", "slave", R),
        ]
        self.serve("10.0.0.5", S, "5" * 40)
        self.assertEqual(self.shards(self.rebuild(nodes, R))[R], "5" * 40)

    def test_the_shard_id_of_a_machine_with_another_node_id_is_ignored(self) -> None:
        self.serve("10.0.0.1", S, "9" * 40)
        self.assertNotIn("9" * 40, self.shards(self.rebuild()).values())

    def test_a_malformed_shard_id_is_not_written(self) -> None:
        self.serve("10.0.0.2", B, "PORT[$(id)] myself")
        self.assertEqual(self.shards(self.rebuild()), {A: SHARDS[A], C: SHARDS[C], R: SHARDS[A]})

    @rows(
        ("without an answer nothing is rebuilt", Unknown("silence")),
        ("with an error for an epoch nothing is rebuilt", Refused("NOAUTH")),
        ("without the field of the epoch nothing is rebuilt", info(cluster_state="ok")),
        ("with a command for an epoch nothing is rebuilt", info(cluster_current_epoch="PORT[$(id)]")),
    )
    def epochs(self, reply: object) -> None:
        for node in NODES[:3]:
            self.world.network.servers[f"{node.at}:6379"] = {"CLUSTER INFO": reply, "CLUSTER MYID": node.id}
        with self.assertRaises((Unknown, LookupError, ValueError)):
            self.rebuild()

    def test_without_any_answer_nothing_is_rebuilt(self) -> None:
        with self.assertRaises(Unknown):
            rebuild(self.world, view(R), MINE, A)
