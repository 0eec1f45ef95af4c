from __future__ import annotations

from functools import partial
from typing import Any, Callable
from unittest import mock

from cluster import DOWN, FAILED, NODES, A, B, C, Line, R, S, T, agreed, answer, change, text, view
from fakes import HERE, SETTINGS, FakeWorld, info, left_with
from suite import Case, diagnostics, rows

import placement
from facts import Refused, Unknown
from join import Running
from placement import LOCK, SLOT, choose, lock, take_turn
from resp import Info
from view import View

BARE = Line(T, "10.0.0.4", "master", epoch=0)
# The owner of the lock's slot.
OWNER = next(
    node for node in NODES if node.slots and int(node.slots.split("-")[0]) <= SLOT <= int(node.slots.split("-")[1])
)
PLACE = f"{OWNER.at}:6379"


class ChooseTest(Case):
    def choose(
        self, nodes: list[Line], settings: str = SETTINGS, near: tuple[str, ...] = (), seen: View | None = None
    ) -> str:
        world = FakeWorld(self.folder(), settings)
        networks = [(int.from_bytes(bytes(map(int, place.split("."))), "little"), 0xFFFFFFFF) for place in near]
        with mock.patch.object(placement, "local_networks", return_value=networks):
            node = choose(world, seen or agreed(T, nodes), "10.0.0.4:6379")
        return node.id if node else ""

    @rows(
        ("the master with the fewest replicas, or the first by ID at a tie", NODES, B),
        ("a replica that is down counts", [*NODES, Line(S, "10.0.0.5", master=B, **FAILED)], C),
        ("a replica without an address does not count", [*NODES, Line(S, ":0@0", "slave,noaddr", B)], B),
        ("no master if none owns slots", change(change(change(NODES, A, slots=""), B, slots=""), C, slots=""), ""),
    )
    def fewest(self, nodes: list[Line], master: str) -> None:
        seen = view(T, *(answer(id, nodes) for id in (A, B, C)))
        self.assertEqual(self.choose(nodes, seen=seen), master)

    def test_a_master_that_is_down_is_not_chosen(self) -> None:
        nodes = change(NODES, B, **DOWN)
        self.assertEqual(self.choose(nodes, seen=view(T, answer(A, nodes), answer(C, nodes))), C)

    def test_another_subnet_is_preferred_at_a_tie_only(self) -> None:
        self.assertEqual(self.choose(NODES, near=("10.0.0.2",)), C)
        self.assertEqual(self.choose([*NODES, Line(S, "10.0.0.5", "slave", C)], near=("10.0.0.2",)), B)

    def in_zones(self, own: str, zones: str, nodes: list[Line] = NODES, seen: View | None = None) -> str:
        world = FakeWorld(self.folder(), f"{SETTINGS}MASTER_ZONES='{zones}'\n")
        world.run.write("zone", own)
        with diagnostics() as self.log, mock.patch.object(placement, "local_networks", return_value=[]):
            node = choose(world, seen or view(T, *(answer(id, nodes) for id in (A, B, C))), "10.0.0.9:6379")
        return node.id if node else ""

    ALL = "10.0.0.1=us-west-2a 10.0.0.2=us-west-2b 10.0.0.3=us-west-2c"

    @rows(
        ("a new replica follows a master in another zone", "us-west-2b", C),
        ("a new replica in an unknown zone follows the first master by ID", "", B),
        ("a new replica in a zone without masters follows the next one", "us-west-2b-x", C),
    )
    def other_zones(self, own: str, master: str) -> None:
        self.assertEqual(self.in_zones(own, self.ALL), master)
        self.assertEqual(self.log.getvalue(), "")

    def test_a_new_replica_whose_shard_is_the_only_one_without_a_replica_follows_it_in_its_own_zone(self) -> None:
        nodes = [*NODES, Line(S, "10.0.0.5", "slave", B)]
        self.assertEqual(self.in_zones("us-west-2c", self.ALL, nodes), C)
        self.assertIn("the master 10.0.0.3:6379 is in the zone of this instance, us-west-2c", self.log.getvalue())

    def test_a_master_that_answers_by_a_name_of_the_settings_has_the_zone_of_that_name(self) -> None:
        seen = view(T, answer(A, NODES), answer(B, NODES, "redis-b.internal:6379"), answer(C, NODES))
        self.assertEqual(self.in_zones("us-west-2b", "redis-b.internal=us-west-2b", seen=seen), C)

    def test_the_zone_of_a_master_that_answers_by_names_of_several_zones_is_unknown(self) -> None:
        both = [answer(B, NODES, f"redis-{each}.internal:6379") for each in "bc"]
        seen = view(T, answer(A, NODES), *both, answer(C, NODES))
        zones = "redis-b.internal=us-west-2b redis-c.internal=us-west-2c"
        self.assertEqual(self.in_zones("us-west-2b", zones, seen=seen), B)

    def test_the_zone_of_an_owner_at_no_address_of_the_settings_is_unknown(self) -> None:
        nodes = [
            *change(change(NODES, B, slots="", **DOWN), R, flags="slave"),
            Line(S, "10.0.0.5", "master", slots="1"),
        ]
        seen = view(T, *(answer(id, nodes) for id in (A, C, S)))
        # Of the three zones, the own one is that of C.
        self.assertEqual(self.in_zones("us-west-2c", self.ALL, nodes, seen), S)

    @rows(
        ("a zone in the settings that is no zone is unknown", "10.0.0.2=us-west-2b;id"),
        ("a master without a zone in the settings is in an unknown one", "10.0.0.2="),
        ("a zone without a master is ignored", "=us-west-2b"),
    )
    def no_zones(self, zones: str) -> None:
        self.assertEqual(self.in_zones("us-west-2b", zones), B)

    @rows(
        ("a master that announces a host name", "redis-b.internal:6379@16379"),
        ("a master with an IPv6 address", "fd00::2:6379@16379"),
        ("a master with an IPv4-mapped IPv6 address", "::ffff:10.0.0.2:6379@16379"),
    )
    def addresses(self, at: str) -> None:
        nodes = change(NODES, B, at=at)
        seen = view(T, answer(A, nodes), answer(B, nodes, "10.0.0.2:6379"), answer(C, nodes))
        self.assertEqual(self.choose(nodes, near=("10.0.0.2",), seen=seen), B)

    def shard(self, name: str) -> str:
        return f"MASTERS='10.0.0.1'\nSHARD='{name}'\n"

    @rows(
        ("the master that the settings name", "10.0.0.3", C),
        ("the master of the replica that the settings name", "10.0.0.4", A),
        ("no master if the settings name an unknown address", "10.0.0.9", ""),
    )
    def shards(self, name: str, master: str) -> None:
        self.assertEqual(self.choose(NODES, self.shard(name)), master)

    @rows(
        ("the master that the settings name with a port of its own", "10.0.0.3:7000"),
        ("the master that the settings name by an IPv6 address", "[fd00::3]:7000"),
    )
    def ports(self, name: str) -> None:
        place = name.replace("[", "").replace("]", "")
        nodes = change(NODES, C, at=f"{place}@17000")
        seen = view(T, answer(A, nodes), answer(B, nodes), answer(C, nodes, place))
        self.assertEqual(self.choose(nodes, self.shard(name), seen=seen), C)

    @rows(
        ("the master that answers by a DNS name", C, C),
        ("the master of the replica that answers by a DNS name", R, A),
    )
    def names(self, id: str, master: str) -> None:
        answers = [answer(each, NODES) for each in (A, B, C)]
        seen = view(T, answer(id, NODES, "redis-x.internal:6379"), *answers)
        self.assertEqual(self.choose(NODES, self.shard("redis-x.internal"), seen=seen), master)

    def test_the_shard_is_that_of_the_node_that_answers_and_not_of_a_predecessor_at_its_address(self) -> None:
        nodes = [Line(S, "10.0.0.4", master=B, **FAILED), *NODES]
        seen = view(T, *(answer(id, nodes) for id in (A, B, C, R)))
        self.assertEqual(self.choose(nodes, self.shard("10.0.0.4"), seen=seen), A)

    def test_a_replica_returns_to_the_owner_of_its_shard_even_if_another_has_fewer_replicas(self) -> None:
        self.assertEqual(self.choose(NODES, seen=agreed(R, NODES)), A)
        gone = [*change(NODES, R, master=S), Line("9" * 40, "10.0.0.9", "slave", A)]
        self.assertEqual(self.choose(gone, seen=agreed(R, gone)), B)


class LockTest(Case):
    @rows(
        ("OK is taken", "OK", None, "taken"),
        ("nil with this node's ID is taken", None, T, "taken"),
        ("nil with another ID is held", None, S, "held"),
        ("nil without a holder is held: the lock has ended meanwhile, and others may have it next", None, None, "held"),
    )
    def answers(self, answer: Any, holder: Any, result: str) -> None:
        self.assertEqual(self.lock(answer, holder), result)

    @rows(
        ("a redirection is no lock", Refused("MOVED 5 redis-b.internal:6379"), S),
        ("too few replicas is no lock", Refused("NOREPLICAS Not enough good replicas to write."), S),
        ("a save that fails is no lock", Refused("MISCONF Redis is configured to save RDB snapshots"), S),
        ("no memory is no lock", Refused("OOM command not allowed"), S),
        ("no permission is no lock", Refused("NOPERM this user has no permissions"), S),
        ("a cluster that is down is no lock", Refused("CLUSTERDOWN Hash slot not served"), S),
        ("a number is no lock", 1, S),
        ("another text is no lock", "QUEUED", S),
        ("nil with a holder that is refused is no lock", None, Refused("NOPERM")),
    )
    def no_locks(self, answer: Any, holder: Any) -> None:
        self.assertIsInstance(self.lock(answer, holder), Unknown)

    @rows(
        ("a lock with time left is held", 29_000, "held"),
        ("a lock whose time is not reported is held", Refused("NOPERM"), "held"),
        ("a lock that has ended meanwhile is held by its last holder", -2, "held"),
    )
    def times(self, left: Any, result: str) -> None:
        self.assertEqual(self.lock(None, S, left), result)

    @rows(
        ("a lock of this node that is half over is held, since it may end during the choice", 15_000, "held"),
        ("a lock of this node whose time is not reported is held", Refused("NOPERM"), "held"),
    )
    def own_times(self, left: Any, result: str) -> None:
        self.assertEqual(self.lock(None, T, left), result)

    @rows(("a key without an end is no lock", -1), ("a key with a later end than a lock has is none", 30_001))
    def endless(self, left: int) -> None:
        self.assertIsInstance(self.lock(None, S, left), Unknown)

    def lock(self, answer: Any, holder: Any, left: Any = 29_000) -> object:
        world = FakeWorld(self.folder())
        world.network.servers[PLACE] = {"SET": answer, "GET": holder, "PTTL": left}
        result = lock(world, PLACE, T)
        self.assertEqual({place for place, _ in world.network.asked}, {PLACE})
        self.assertEqual(world.network.sent("SET"), [f"SET {LOCK} {T} NX PX 30000"])
        return result

    def test_all_is_asked_in_one_request_or_the_holder_could_release_the_lock_between_two(self) -> None:
        world = FakeWorld(self.folder())
        world.network.servers[PLACE] = {"SET": None, "GET": S, "PTTL": 29_000}
        with mock.patch.object(world.network, "ask_all", wraps=world.network.ask_all) as asked:
            self.assertEqual(lock(world, PLACE, T), "held")
        self.assertEqual(asked.call_count, 1)

    @rows(
        ("an owner that does not answer is silent", Unknown("no answer within 2 s"), Unknown("no answer within 2 s")),
        ("an owner that does not report the holder is silent", None, Unknown("no answer within 2 s")),
    )
    def silence(self, answer: Any, holder: Any) -> None:
        world = FakeWorld(self.folder())
        script: dict[str, Any] = {"SET": answer, "GET": holder, "PTTL": holder}
        world.network.servers[PLACE] = script
        self.assertEqual(lock(world, PLACE, T), "silent")
        world.clock.time += 29
        self.assertEqual(lock(world, PLACE, T), "silent")
        # An answer ends the silence.
        world.network.servers[PLACE] = {"SET": None, "GET": S, "PTTL": 29_000}
        self.assertEqual(lock(world, PLACE, T), "held")
        world.network.servers[PLACE] = script
        world.clock.time += 29
        self.assertEqual(lock(world, PLACE, T), "silent")
        # Any lock of before has ended.
        world.clock.time += 30
        self.assertIsInstance(lock(world, PLACE, T), Unknown)

    def test_a_lock_that_was_set_is_taken_even_if_the_further_replies_are_missing(self) -> None:
        world = FakeWorld(self.folder())
        silence = Unknown("no answer within 2 s")
        world.network.servers[PLACE] = {"SET": "OK", "GET": silence, "PTTL": silence}
        self.assertEqual(lock(world, PLACE, T), "taken")

    def test_without_an_owner_of_its_slot_there_is_no_lock(self) -> None:
        world = FakeWorld(self.folder())
        self.assertIsInstance(lock(world, "", T), Unknown)
        self.assertEqual(world.network.asked, [])


class PlaceTest(Case):
    """A bare node at 10.0.0.4. Its masters answer, and list it as a replica once it was sent CLUSTER REPLICATE."""

    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())
        self.nodes = [*NODES[:3], BARE]
        self.theirs = info(redis_version="7.0.15")
        self.lock: dict[str, Any] = {"SET": "OK", "GET": S, "EVAL": 1}
        for node in NODES[:3]:
            self.world.network.servers[f"{node.at}:6379"] = {
                "CLUSTER NODES": partial(self.nodes_of, node.id),
                "INFO": lambda _: self.theirs,
            }
        self.world.network.servers[HERE] = {"CONFIG": "OK", "CLUSTER REPLICATE": "OK", "CLUSTER": self.cluster}

    def nodes_of(self, id: str, command: str) -> str:
        return text(id, self.nodes)

    def cluster(self, command: str) -> Any:
        words = command.split()
        if words[1] == "REPLICATE":
            self.nodes = change(self.nodes, T, flags="slave", master=words[2])
        return "OK"

    def place(self) -> tuple[int, list[str]]:
        servers = self.world.network.servers
        servers[PLACE] = {**servers[PLACE], **self.lock}
        running = Running(text(T, self.nodes), Info(info(redis_version="7.0.15")))
        with mock.patch.object(placement, "local_networks", return_value=[]):
            code, _ = left_with(lambda: placement.place(self.world, running, agreed(T, self.nodes)))
        return code, self.world.network.sent("CLUSTER REPLICATE")

    def test_with_the_lock_it_follows_at_once_and_releases_the_lock(self) -> None:
        begun = self.world.clock.time
        self.assertEqual(self.place(), (10, [f"CLUSTER REPLICATE {A}"]))
        self.assertEqual(self.world.clock.time, begun)
        self.assertEqual(len(self.world.network.sent("EVAL")), 1)
        self.assertTrue(self.world.shown_state.startswith(f"waiting: replica of {A}"))

    def test_it_is_barred_from_elections_before_it_follows(self) -> None:
        self.place()
        here = [command for place, command in self.world.network.asked if place == HERE]
        self.assertEqual(here[:2], ["CONFIG SET cluster-replica-no-failover yes", f"CLUSTER REPLICATE {A}"])

    def test_while_another_node_has_the_lock_it_waits(self) -> None:
        self.lock["SET"] = None
        self.assertEqual(self.place(), (10, []))
        self.assertEqual(self.world.shown_state, "waiting: another instance chooses its master")
        self.assertEqual(self.world.network.sent("EVAL"), [])

    @rows(
        ("a redirection does not keep it from joining", Refused("MOVED 5 redis-b.internal:6379")),
        ("masters that refuse writes do not keep it from joining", Refused("NOREPLICAS Not enough good replicas")),
    )
    def without(self, answer: object) -> None:
        self.lock["SET"] = answer
        begun = self.world.clock.time
        self.assertEqual(self.place(), (10, [f"CLUSTER REPLICATE {A}"]))
        self.assertLess(self.world.clock.time - begun, 60)
        self.assertEqual(self.world.network.sent("EVAL"), [])

    def test_an_owner_that_the_masters_have_flagged_as_failed_does_not_keep_it_from_joining(self) -> None:
        self.nodes = change(self.nodes, OWNER.id, **DOWN)
        code, sent = self.place()
        self.assertEqual((code, len(sent)), (10, 1))
        self.assertEqual(self.world.network.sent("SET", PLACE), [])

    def test_an_owner_that_does_not_answer_keeps_it_from_joining_for_as_long_as_a_lock_lasts(self) -> None:
        self.lock["SET"] = self.lock["GET"] = Unknown("no answer within 2 s")
        self.assertEqual(self.place(), (10, []))
        self.assertEqual(self.world.shown_state, f"waiting: the owner of the placement lock does not answer: {PLACE}")
        self.world.clock.time += 30
        self.assertEqual(self.place(), (10, [f"CLUSTER REPLICATE {A}"]))
        self.assertEqual(self.world.network.sent("EVAL"), [])

    def test_a_lock_that_ends_while_it_is_asked_for_is_tried_again(self) -> None:
        self.lock.update(SET=None, GET=None, PTTL=-2)
        self.assertEqual(self.place(), (10, []))
        self.assertEqual(self.world.shown_state, "waiting: another instance chooses its master")
        self.lock["SET"] = "OK"
        self.assertEqual(self.place(), (10, [f"CLUSTER REPLICATE {A}"]))

    def test_a_server_older_than_its_masters_is_refused_with_both_versions_before_it_follows(self) -> None:
        self.theirs = info(redis_version="8.0.6")
        self.assertEqual(self.place(), (20, []))
        text = "Redis 7.0.15 cannot read the data of Redis 8.0.6 at 10.0.0.1:6379: install Redis 8.0.6 or newer"
        self.assertEqual(self.world.shown_state, f"refused: {text}")

    def test_a_server_that_lacks_a_module_of_its_master_is_refused_by_name_before_it_follows(self) -> None:
        self.theirs = info(redis_version="7.0.15") + "module:name=search,ver=20609,api=1\r\nmodule:name=bf,ver=1\r\n"
        self.assertEqual(self.place(), (20, []))
        text = "10.0.0.1:6379 has modules that this server lacks: bf, search; add their files to redis.modules"
        self.assertEqual(self.world.shown_state, f"refused: {text}")

    @rows(
        ("a master that does not report its version is not followed", Unknown("no answer")),
        ("a master that requires a password is not followed", Refused("NOAUTH Authentication required.")),
        ("a master whose version is a command is not followed", info(redis_version="PORT[$(id)]")),
        ("a master whose version is missing is not followed", info(role="master")),
    )
    def versions(self, answer: object) -> None:
        self.theirs = answer  # type: ignore[assignment]
        self.assertEqual(self.place(), (10, []))
        self.assertIn("the version of 10.0.0.1:6379 is not known", self.world.shown_state)

    def test_a_master_that_gossip_has_not_announced_is_tried_again(self) -> None:
        answers: list[Any] = [Refused("ERR Unknown node a"), Refused("ERR Unknown node a")]

        def cluster(command: str) -> Any:
            return answers.pop() if "REPLICATE" in command and answers else self.cluster(command)

        self.world.network.servers[HERE] = {"CONFIG": "OK", "CLUSTER": cluster}
        self.assertEqual(len(self.place()[1]), 3)

    def test_the_error_of_cluster_replicate_is_the_reason(self) -> None:
        self.world.network.servers[HERE] = {
            "CONFIG": "OK",
            "CLUSTER": Refused("ERR To set a master the node must be empty"),
        }
        self.assertEqual(self.place()[0], 10)
        self.assertIn("the node must be empty", self.world.shown_state)


class TurnTest(Case):
    """Nodes that choose a master without the lock."""

    def turn(self, ahead: int, during: Callable[[float], list[Line]] | None = None, wait: bool = True) -> float:
        world = FakeWorld(self.folder())
        bare = [Line(f"{index:040x}", f"10.0.1.{index}", "master") for index in range(ahead)]
        nodes = [*NODES, *bare, BARE]

        def nodes_of(id: str, command: str) -> str:
            return text(id, during(world.clock.time - 1000) if during else nodes)

        for node in NODES[:3]:
            world.network.servers[f"{node.at}:6379"] = {"CLUSTER NODES": partial(nodes_of, node.id)}
        take_turn(world, Running(text(T, nodes), Info(info())), wait)
        return world.clock.time - 1000

    def test_with_the_lock_no_node_waits(self) -> None:
        self.assertEqual(self.turn(3, wait=False), 0)

    def test_the_first_node_by_id_waits_only_until_the_others_are_listed(self) -> None:
        self.assertEqual(self.turn(0), placement.TURN / 2)

    def test_each_node_waits_one_turn_for_each_node_before_it_but_less_than_a_minute(self) -> None:
        waits = [self.turn(ahead) for ahead in range(4)]
        self.assertEqual(sorted(set(waits)), waits)
        self.assertLess(self.turn(14), 60)

    def test_a_node_that_has_a_master_is_no_longer_waited_for(self) -> None:
        def during(seconds: float) -> list[Line]:
            first = Line("0" * 40, "10.0.1.0", "slave", A) if seconds > 2 else Line("0" * 40, "10.0.1.0", "master")
            return [*NODES, first, BARE]

        self.assertEqual(self.turn(1, during), placement.TURN * 1.5)

    def times(self, first: float, count: int) -> list[float]:
        """When each of the nodes chooses, if the first one by ID chooses at `first`. A choice is listed at once."""
        times = [first]

        def during(seconds: float) -> list[Line]:
            chosen = [seconds > time for time in times]
            return [
                *NODES,
                *(
                    Line(f"{index:040x}", f"10.0.1.{index}", *(("slave", A) if done else ("master",)))
                    for index, done in enumerate(chosen)
                ),
                BARE,
            ]

        while len(times) < count:
            times.append(self.turn(0, during))
        return times

    def test_a_node_that_takes_three_turns_to_choose_does_not_make_two_choose_at_once(self) -> None:
        times = self.times(placement.TURN * 3, 6)
        self.assertTrue(all(after - before >= 1 for before, after in zip(times, times[1:])), times)

    def test_a_node_that_never_chooses_delays_the_others_once_and_keeps_them_apart(self) -> None:
        never, *times = self.times(float("inf"), 12)
        self.assertEqual(times[0], placement.TURN * (0.5 + placement.IDLE_TURNS + 2))
        self.assertTrue(all(after - before >= 1 for before, after in zip(times, times[1:])), times)
        self.assertLess(times[-1], 60)
