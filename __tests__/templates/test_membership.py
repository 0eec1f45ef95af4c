from __future__ import annotations

from typing import Any

from cluster import FAILED, NODES, NOW, A, B, C, Line, R, S, agreed, answer, change, conf, text, view
from fakes import HERE, FakeWorld, info, left_with, put
from samples import FULL
from suite import Case, rows

import membership
from facts import Closed, Refused, Unknown
from join import Running
from resp import Info
from view import View
from volume import Own

MINE = "10.0.0.4:6379"
OTHER = "10.0.0.8:6379"


def running(nodes: list[Line] = NODES, **fields: object) -> Running:
    return Running(text(R, nodes), Info(info(**fields)))


def uptimes(seconds: int | None) -> Info | None:
    """INFO of a running Redis; None before a start."""
    return None if seconds is None else Info(info(uptime_in_seconds=seconds))


class TwinTest(Case):
    """The masters list this node's ID at another address."""

    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())

    def twin(self, uptime: int | None, seen: View | None = None, **answers: Any) -> object:
        if answers:
            self.world.network.servers[OTHER] = {"CLUSTER MYID": answers["id"], "INFO server": answers["info"]}
        seen = seen or agreed(R, change(NODES, R, at="10.0.0.8"))
        return membership.twin(self.world, seen, MINE, uptimes(uptime))

    def gone(self) -> View:
        return agreed(R, change(NODES, R, at="10.0.0.8", pong=NOW - 20_000, **FAILED))

    @rows(
        ("before a start any machine with this node's ID is a twin", None, 5, "yes"),
        ("a machine that has run for longer is a twin", 10, 21, "yes"),
        ("a machine that has run for less time is no twin", 21, 10, "no"),
    )
    def ages(self, mine: int | None, theirs: int, result: str) -> None:
        self.assertEqual(self.twin(mine, id=R, info=info(uptime_in_seconds=theirs)), result)

    def test_of_two_that_started_at_about_the_same_time_one_leaves(self) -> None:
        # Each node reads its own uptime some seconds before the other's.
        for mine, theirs, first_of_other in ((10, 10, 10), (10, 14, 9), (10, 8, 15)):
            first = self.twin(mine, id=R, info=info(uptime_in_seconds=theirs))
            world = FakeWorld(self.folder())
            world.network.servers[MINE] = {"CLUSTER MYID": R, "INFO server": info(uptime_in_seconds=mine + 2)}
            second = membership.twin(world, agreed(R, NODES), OTHER, uptimes(first_of_other))
            self.assertEqual({first, second}, {"yes", "no"})

    @rows(
        ("a machine that does not report its uptime may be a twin", R, Unknown("silence")),
        ("a machine whose uptime is no number may be a twin", R, info(uptime_in_seconds="PORT[$(id)]")),
        ("a machine whose uptime is missing may be a twin", R, info(role="master")),
        ("a machine that does not answer may be a twin", Unknown("no answer"), Unknown("no answer")),
        ("a machine that is loading its data may be a twin", Refused("LOADING"), info(uptime_in_seconds=5)),
        ("a machine that requires a password may be a twin", Refused("NOAUTH"), Refused("NOAUTH")),
    )
    def unknown(self, id: object, answer: object) -> None:
        self.assertIsInstance(self.twin(10, id=id, info=answer), Unknown)

    @rows(
        ("a machine with another ID is no twin", S, info(uptime_in_seconds=99)),
        ("a machine that refuses the connection is no twin", Closed("10.0.0.8: Connection refused"), Unknown("")),
    )
    def absent(self, id: object, answer: object) -> None:
        self.assertEqual(self.twin(10, id=id, info=answer), "no")

    def test_a_silent_machine_that_every_peer_flags_as_failed_for_ten_seconds_is_no_duplicate(self) -> None:
        self.assertEqual(self.twin(10, self.gone()), "no")
        late = change(NODES, R, at="10.0.0.8", pong=NOW - 20_000, **FAILED)
        self.assertIsInstance(
            self.twin(10, view(R, answer(A, late), answer(B, change(NODES, R, at="10.0.0.8")))), Unknown
        )

    def test_a_machine_that_peers_flag_as_failed_and_that_is_loading_may_be_a_duplicate(self) -> None:
        self.assertIsInstance(self.twin(10, self.gone(), id=Refused("LOADING"), info=info()), Unknown)

    def test_without_another_address_no_server_is_asked(self) -> None:
        self.assertEqual(self.twin(10, agreed(R, NODES)), "no")
        self.assertEqual(self.world.network.asked, [])

    @rows(
        ("a twin that leaves is refused once its Redis has ended", Closed(f"{HERE}: Connection refused"), 20, True),
        ("a twin whose Redis does not end is not refused, so that the next look tries again", ["1", "2"], 10, False),
        ("a twin whose Redis is silent is not refused, so that the next look tries again", Unknown(""), 10, False),
    )
    def leaves(self, time: object, code: int, refused: bool) -> None:
        latched: list[bool] = []

        def shutdown(command: str) -> str:
            latched.append(self.world.run.has("refused"))
            return "OK"

        self.world.network.servers[HERE] = {"SHUTDOWN": shutdown, "TIME": time}
        self.assertEqual(left_with(lambda: membership.leave(self.world))[0], code)
        self.assertEqual((latched[0], self.world.run.has("refused")), (False, refused))

    def test_a_twin_whose_failed_sync_has_deleted_its_data_leaves_without_a_save(self) -> None:
        put(self.world.data / "dump.rdb", FULL)
        fields = {"role": "slave", "master_link_status": "down", "loading": 0}
        self.world.network.servers[HERE] = {"SHUTDOWN": "OK", "INFO": info(**fields), "TIME": ["1", "2"]}
        left_with(lambda: membership.leave(self.world))
        self.assertEqual(self.world.network.sent("SHUTDOWN"), ["SHUTDOWN NOSAVE"] * 2)


class ForgetTest(Case):
    """Nodes that had this node's address before and never return."""

    def forget(self, nodes: list[Line], seen: View | None = None, before: str = S) -> list[tuple[str, str]]:
        world = FakeWorld(self.folder())
        world.run.write("predecessors", before)
        membership.forget_predecessors(world, seen or agreed(R, nodes), "10.0.0.4:6379")
        return world.network.asked

    def gone(self, **more: Any) -> Line:
        return Line(**{**vars(Line(S, "10.0.0.4", master=A, **FAILED)), **more})

    def test_a_predecessor_is_forgotten_at_every_live_node_at_once(self) -> None:
        nodes = [*NODES, self.gone(), Line("9" * 40, "10.0.0.9", master=A, **FAILED)]
        sent = self.forget(nodes)
        self.assertEqual([place for place, _ in sent], [f"10.0.0.{index}:6379" for index in (1, 2, 3, 4)])
        self.assertEqual({command for _, command in sent}, {f"CLUSTER FORGET {S}"})

    @rows(
        ("a predecessor that owns slots is not forgotten", {"flags": "master,fail", "master": "-", "slots": "5"}),
        ("a predecessor that may be live is not forgotten", {"flags": "slave", "link": "connected"}),
        ("a node at another address is not forgotten", {"at": "10.0.0.5"}),
    )
    def others(self, changed: dict[str, Any]) -> None:
        self.assertEqual(self.forget([*NODES, self.gone(**changed)]), [])

    def test_a_node_that_kept_its_volume_forgets_no_predecessor(self) -> None:
        self.assertEqual(self.forget([*NODES, self.gone()], before=""), [])

    def test_no_node_is_forgotten_without_a_quorum(self) -> None:
        nodes = [*NODES, self.gone()]
        self.assertEqual(self.forget(nodes, view(R, answer(A, nodes))), [])

    def test_no_node_is_forgotten_if_this_node_is_not_listed_as_live_at_its_address(self) -> None:
        self.assertEqual(self.forget([*NODES[:3], self.gone()]), [])
        self.assertEqual(self.forget([*change(NODES, R, **FAILED), self.gone()]), [])
        self.assertEqual(self.forget([*change(NODES, R, at="10.0.0.5"), self.gone()]), [])


class SettleTest(Case):
    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())
        self.world.network.servers[HERE] = {"CONFIG": "OK", "CLUSTER": "OK"}

    @rows(
        ("each master has answered a ping", NODES, True),
        ("a master has never answered on the bus", change(NODES, B, pong=0), False),
        ("a master is flagged as possibly failed", change(NODES, B, flags="master,fail?"), False),
        ("a master is flagged as failed", change(NODES, B, flags="master,fail"), False),
        (
            "a master with the flag nofailover has answered",
            change(NODES, B, flags="master,nofailover"),
            True,
        ),
        ("a master is missing in the own file", [node for node in NODES if node.id != B], False),
    )
    def bus(self, mine: list[Line], answers: bool) -> None:
        self.assertEqual(membership.bus_answers(agreed(R, NODES), Own(text(R, mine))), answers)

    def test_cluster_meet_names_every_master_with_an_address_and_its_bus_port(self) -> None:
        nodes = [*change(NODES, C, at="10.0.0.3:6379@17000"), Line(S, ":0@0", "master,noaddr", slots="0")]
        membership.meet(self.world, agreed(R, nodes[:4]))
        met = [f"CLUSTER MEET 10.0.0.{index} 6379 {bus}" for index, bus in ((1, 16379), (2, 16379), (3, 17000))]
        self.assertEqual(self.world.network.sent("CLUSTER MEET"), met)

    def test_a_replica_that_was_moved_to_another_shard_is_barred_from_elections(self) -> None:
        self.world.run.write("followed", B)
        membership.bar_moved(self.world, running())
        self.assertEqual(self.world.network.sent("CONFIG"), ["CONFIG SET cluster-replica-no-failover yes"])

    def test_a_replica_that_stays_in_its_shard_or_is_already_barred_is_left_alone(self) -> None:
        membership.bar_moved(self.world, running())
        self.world.run.write("followed", A)
        membership.bar_moved(self.world, running())
        self.world.run.write("followed", B)
        membership.bar_moved(self.world, running(change(NODES, R, flags="slave,nofailover")))
        # It was elected: it has no master.
        membership.bar_moved(self.world, running(change(NODES, R, flags="master", master="-", slots="0-99")))
        self.assertEqual(self.world.network.sent("CONFIG"), [])

    def test_a_replica_in_sync_may_be_elected_and_stores_its_masters_and_its_nodes_conf(self) -> None:
        put(self.world.data / "nodes.conf", conf(R, NODES))
        barred = change(NODES, R, flags="slave,nofailover")
        membership.settle_in(self.world, running(barred), agreed(R, barred))
        self.assertEqual(self.world.network.sent("CONFIG"), ["CONFIG SET cluster-replica-no-failover no"])
        self.assertEqual(self.world.state.text("seeds"), "10.0.0.1:6379\n10.0.0.2:6379\n10.0.0.3:6379\n")
        self.assertEqual(self.world.state.text("nodes.conf"), conf(R, NODES))
        self.assertEqual(self.world.run.text("followed"), A)

    def test_a_replica_with_the_setting_never_stays_barred(self) -> None:
        world = FakeWorld(self.folder(), "MASTERS='10.0.0.1'\nFAILOVER='never'\n")
        membership.settle_in(world, running(change(NODES, R, flags="slave,nofailover")), agreed(R, NODES))
        self.assertEqual(world.network.asked, [])

    def test_a_running_replica_whose_settings_change_to_never_is_barred(self) -> None:
        world = FakeWorld(self.folder(), "MASTERS='10.0.0.1'\nFAILOVER='never'\n")
        world.network.servers[HERE] = {"CONFIG": "OK"}
        membership.settle_in(world, running(NODES), agreed(R, NODES))
        self.assertEqual(world.network.sent("CONFIG"), ["CONFIG SET cluster-replica-no-failover yes"])

    def test_an_incomplete_nodes_conf_does_not_replace_the_last_known_good_copy(self) -> None:
        self.world.state.write("nodes.conf", conf(R, NODES))
        put(self.world.data / "nodes.conf", conf(R, NODES)[:-9])
        membership.keep_nodes_conf(self.world)
        self.assertEqual(self.world.state.text("nodes.conf"), conf(R, NODES))
