from __future__ import annotations

from itertools import permutations, product
from typing import TYPE_CHECKING

from suite import Case, rows

from facts import Unknown
from preference import Master, preferred

if TYPE_CHECKING:
    from facts import Fact

NONE = Unknown("not known")


def chosen(own: Fact, *masters: tuple[Fact, int]) -> int:
    """The index of the preferred master, of masters with a zone and a number of replicas."""
    found = preferred([Master(str(index), count, zone) for index, (zone, count) in enumerate(masters)], own)
    assert found
    return int(found.id)


class PreferenceTest(Case):
    def test_without_masters_none_is_preferred(self) -> None:
        self.assertIsNone(preferred([], "a"))

    @rows(
        ("a master in another zone is preferred to one in the same", ("a", ("a", 0), ("b", 0)), 1),
        ("a master in another zone is preferred even if it has more replicas", ("a", ("a", 1), ("b", 5)), 1),
        ("a master without a replica is preferred even if it is in the same zone", ("a", ("a", 0), ("b", 1)), 0),
        ("of masters in other zones, the one with the fewest replicas is preferred", ("a", ("b", 2), ("c", 1)), 1),
        ("at a tie, the next zone is preferred", ("b", ("a", 1), ("b", 1), ("c", 1)), 2),
        ("after the last zone comes the first one", ("c", ("a", 0), ("b", 0), ("c", 0)), 0),
        ("a zone without masters has a next one, too", ("b", ("a", 0), ("c", 0), ("d", 0)), 1),
        ("a master in an unknown zone comes after those in other zones", ("a", (NONE, 1), ("b", 2)), 1),
        ("a master in an unknown zone comes before those in the same zone", ("a", ("a", 1), (NONE, 2)), 1),
        ("a master in an unknown zone that has no replica comes first", ("a", (NONE, 0), ("b", 1)), 0),
        ("if the own zone is unknown, the fewest replicas decide", (NONE, ("a", 2), (NONE, 3), ("b", 1)), 2),
        ("if all zones are unknown, the fewest replicas decide", ("a", (NONE, 2), (NONE, 1)), 1),
        ("if all masters are in the same zone, the fewest replicas decide", ("a", ("a", 2), ("a", 1)), 1),
    )
    def zones(self, situation: tuple[Fact, ...], index: int) -> None:
        own, *masters = situation
        self.assertEqual(chosen(own, *masters), index)  # type: ignore[arg-type]

    def test_a_master_that_answers_is_preferred_to_all_others(self) -> None:
        silent, other = Master("0", 0, "b", answers=False), Master("1", 9, "a")
        self.assertIs(preferred([silent, other], "a"), other)

    def test_another_subnet_is_preferred_at_a_tie_only(self) -> None:
        near, far = Master("0", 1, NONE, is_near=True), Master("1", 1, NONE)
        self.assertIs(preferred([near, far], NONE), far)
        self.assertIs(preferred([near, Master("1", 2, NONE)], NONE), near)


def placed(masters: tuple[str, ...], replicas: tuple[str, ...]) -> list[list[str]]:
    """The zones of each master's replicas, after replicas of these zones have chosen one after the other."""
    homes: list[list[str]] = [[] for _ in masters]
    for own in replicas:
        homes[chosen(own, *((zone, len(homes[index])) for index, zone in enumerate(masters)))].append(own)
    return homes


class FleetTest(Case):
    """Replicas that choose one after the other. They do not know the zones of the others."""

    @rows(
        ("one replica in each of two zones with a master", "ab", 1),
        ("one replica in each of three zones with a master", "abc", 1),
        ("one replica in each of five zones with a master", "abcde", 1),
        ("two replicas in each of three zones with two masters", "abc", 2),
        ("three replicas in each of two zones with three masters", "ab", 3),
    )
    def even(self, zones: str, each: int) -> None:
        """In every order, each master gets one replica, of another zone."""
        masters = tuple(zones) * each
        for order in set(permutations(masters)):
            for zone, homes in zip(masters, placed(masters, order)):
                self.assertEqual(len(homes), 1, order)
                self.assertNotIn(zone, homes, order)

    def test_six_replicas_in_three_zones_give_each_of_three_masters_one_of_another_zone(self) -> None:
        for order in set(permutations("aabbcc")):
            for zone, homes in zip("abc", placed(("a", "b", "c"), order)):
                self.assertTrue(set(homes) - {zone}, order)

    def test_in_any_zones_and_order_no_master_goes_without_a_replica_while_another_has_two(self) -> None:
        for masters in (("a", "a", "b"), ("a", "b", "c")):
            for order in product("abcd", repeat=5):
                counts = [len(homes) for homes in placed(masters, order)]
                self.assertGreater(min(counts), 0, order)
                firsts = [len(homes) for homes in placed(masters, order[:3])]
                self.assertEqual(firsts, [1, 1, 1], order)
