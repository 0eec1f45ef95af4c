from __future__ import annotations

from typing import Any
from unittest import mock

from fakes import HERE, FakeWorld, info, left_with
from suite import Case, rows
from test_announcement import announce

from announcement import INTERRUPTION, REBALANCE
from facts import Unknown
from leave import leave

UNIT = "redis-replica.service"


class LeaveTest(Case):
    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())
        self.state, self.error, self.ordered = "active", "", [""]
        # The save takes 20 s at most.
        self.serve(used_memory=1, rdb_last_bgsave_time_sec=10)

    def serve(self, **fields: Any) -> None:
        self.world.network.servers[HERE] = {"INFO": info(**fields)}

    def systemctl(self, *words: str) -> str:
        if words[0] == "show":
            return self.state
        self.assertEqual(words[1:], ("--no-block", UNIT))
        self.ordered.append(words[0])
        return self.error

    def look(self, at: float = 0) -> str:
        """What is ordered when so many seconds are left until the interruption."""
        self.world.clock.time = 1120 - at
        self.ordered = [""]
        with mock.patch.object(self.world, "systemctl", side_effect=self.systemctl):
            self.code, self.log = left_with(lambda: leave(self.world))
        return self.ordered[-1]

    def test_redis_is_stopped_when_no_more_time_is_left_than_a_stop_takes(self) -> None:
        announce(self.world, INTERRUPTION)
        self.assertEqual(self.look(51), "")
        self.assertEqual(self.look(49), "stop")
        self.assertIn("Redis is stopped: an interruption is announced for 2026-11-29T17:00:00Z", self.log)

    @rows(
        ("a save that took long begins at once", {"used_memory": 1, "rdb_last_bgsave_time_sec": 60}, 119, "stop"),
        ("much memory takes long to save", {"used_memory": 8 << 30, "rdb_last_bgsave_time_sec": 1}, 119, "stop"),
        ("little memory takes short to save", {"used_memory": 1, "rdb_last_bgsave_time_sec": 1}, 60, ""),
        ("before the first save the memory counts", {"used_memory": 1, "rdb_last_bgsave_time_sec": -1}, 60, ""),
        ("without the memory a stop waits until 30 s are left", {}, 31, ""),
        ("without the memory a stop begins when 30 s are left", {}, 30, "stop"),
    )
    def saves(self, fields: dict[str, int], left: float, order: str) -> None:
        self.serve(**fields)
        announce(self.world, INTERRUPTION)
        self.assertEqual(self.look(left), order)

    def test_a_silent_redis_is_stopped_when_30_seconds_are_left(self) -> None:
        self.world.network.servers[HERE] = {"INFO": Unknown("no answer")}
        announce(self.world, INTERRUPTION)
        self.assertEqual([self.look(left) for left in (119, 31, 30)], ["", "", "stop"])

    def test_a_redis_that_is_loading_its_data_is_not_stopped(self) -> None:
        announce(self.world, INTERRUPTION)
        self.serve(loading=1, used_memory=8 << 30)
        self.assertEqual([self.look(left) for left in (119, 31, 20, 0)], ["", "", "", ""])
        self.serve(loading=0, used_memory=8 << 30, rdb_last_bgsave_time_sec=-1)
        self.assertEqual(self.look(-5), "stop")

    def test_a_rebalance_recommendation_stops_nothing(self) -> None:
        announce(self.world, REBALANCE)
        self.assertEqual([self.look(left) for left in (119, 0, -60)], ["", "", ""])

    def test_a_redis_that_was_stopped_is_started_again_a_minute_after_the_time_of_the_interruption(self) -> None:
        announce(self.world, INTERRUPTION)
        self.assertEqual(self.look(20), "stop")
        self.state = "inactive"
        self.assertEqual([self.look(left) for left in (15, 0, -60)], ["", "", ""])
        self.assertEqual(self.look(-61), "start")
        self.state = "active"
        self.assertEqual([self.look(left) for left in (-66, -600)], ["", ""])

    def test_a_redis_that_was_stopped_is_started_again_if_the_interruption_is_withdrawn(self) -> None:
        announce(self.world, INTERRUPTION)
        self.assertEqual(self.look(20), "stop")
        self.world.run.remove(INTERRUPTION)
        self.assertEqual(self.look(10), "start")

    def test_a_start_that_systemd_rejects_is_tried_again(self) -> None:
        announce(self.world, INTERRUPTION)
        self.look(20)
        self.world.run.remove(INTERRUPTION)
        self.error = "Transaction is destructive"
        with self.assertRaises(OSError):
            self.look(10)
        self.error = ""
        self.assertEqual(self.look(5), "start")

    @rows(
        ("a Redis that an operator has stopped is left alone", "inactive"),
        ("a Redis that has failed is left alone", "failed"),
        ("a Redis that is being stopped is left alone", "deactivating"),
        ("without an answer of systemd nothing happens", ""),
    )
    def units(self, state: str) -> None:
        self.state = state
        announce(self.world, INTERRUPTION)
        self.assertEqual([self.look(left) for left in (20, -61)], ["", ""])

    def test_a_start_that_is_under_way_is_stopped(self) -> None:
        self.state = "activating"
        announce(self.world, INTERRUPTION)
        self.assertEqual(self.look(20), "stop")

    def test_a_malformed_announcement_changes_nothing(self) -> None:
        announce(self.world, INTERRUPTION)
        self.look(20)
        announce(self.world, INTERRUPTION, "{}")
        self.state = "inactive"
        self.assertEqual([self.look(left) for left in (20, -61)], ["", ""])
