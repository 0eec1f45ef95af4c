from __future__ import annotations

from fakes import FakeWorld, put
from suite import Case, rows

import announcement
from announcement import INTERRUPTION, REBALANCE

DATE = "Sun, 29 Nov 2026 16:58:00 GMT"
NOTICE = '{"action":"terminate","time":"2026-11-29T17:00:00Z"}'
RECOMMENDED = '{"noticeTime":"2026-11-29T16:00:00Z"}'


def announce(world: FakeWorld, name: str, body: str = "", uptime: str = "1000.0", date: str = DATE) -> None:
    """Writes the file of watch.py. By default an interruption is two minutes away."""
    put(world.run / name, f"{uptime}\n{date}\n{body or (NOTICE if name == INTERRUPTION else RECOMMENDED)}\n")


class AnnouncementTest(Case):
    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())

    def test_the_seconds_that_are_left_are_counted_from_the_services_date(self) -> None:
        announce(self.world, INTERRUPTION)
        self.assertEqual(announcement.read(self.world, INTERRUPTION), ("2026-11-29T17:00:00Z", 120))
        self.world.clock.pass_time(150)
        self.assertEqual(announcement.read(self.world, INTERRUPTION), ("2026-11-29T17:00:00Z", -30))

    def test_nothing_is_announced_without_a_file(self) -> None:
        self.assertIsNone(announcement.read(self.world, INTERRUPTION))
        self.assertEqual((announcement.notes(self.world), announcement.interruption(self.world)), ("", ""))
        self.assertFalse(announcement.is_unanswered(self.world))

    @rows(
        ("an announcement without a time is not understood", {"body": '{"action":"terminate"}'}),
        ("a time in another form is not understood", {"body": '{"time":"tomorrow"}'}),
        ("a time that does not exist is not understood", {"body": '{"time":"2026-13-29T17:00:00Z"}'}),
        ("a date in another form is not understood", {"date": "today"}),
        ("an uptime in another form is not understood", {"uptime": "nan"}),
        ("an empty line is not understood", {"uptime": ""}),
    )
    def malformed(self, parts: dict[str, str]) -> None:
        announce(self.world, INTERRUPTION, **parts)
        with self.assertRaises(ValueError):
            announcement.read(self.world, INTERRUPTION)
        self.assertEqual(announcement.notes(self.world), "")

    def test_the_notes_name_both_times(self) -> None:
        announce(self.world, INTERRUPTION)
        announce(self.world, REBALANCE)
        self.assertEqual(
            announcement.notes(self.world),
            "; an interruption is announced for 2026-11-29T17:00:00Z"
            "; a rebalance is recommended since 2026-11-29T16:00:00Z",
        )

    def test_an_interruption_is_not_expected_any_more_a_minute_later_and_a_recommendation_stays(self) -> None:
        announce(self.world, INTERRUPTION)
        announce(self.world, REBALANCE)
        self.world.clock.pass_time(181)
        self.assertEqual(announcement.notes(self.world), "; a rebalance is recommended since 2026-11-29T16:00:00Z")

    def test_each_announcement_is_answered_once(self) -> None:
        announce(self.world, REBALANCE)
        self.assertTrue(announcement.is_unanswered(self.world))
        announcement.answer(self.world)
        self.assertFalse(announcement.is_unanswered(self.world))
        announce(self.world, INTERRUPTION)
        self.assertTrue(announcement.is_unanswered(self.world))
        announcement.answer(self.world)
        self.assertFalse(announcement.is_unanswered(self.world))
        announce(self.world, REBALANCE, RECOMMENDED.replace("16:", "17:"))
        self.assertTrue(announcement.is_unanswered(self.world))
