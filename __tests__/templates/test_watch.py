from __future__ import annotations

import contextlib
import os
from typing import Any
from unittest import mock

from fakes import put
from metadata_service import MetadataService
from suite import Case, rows

import imds
from watch import TTL, Watch

TOKEN = "/latest/api/token"
ACTION, REBALANCE = "/latest/meta-data/spot/instance-action", "/latest/meta-data/events/recommendations/rebalance"
NOTICE = '{"action":"terminate","time":"2026-11-29T17:00:00Z"}'
RECOMMENDED = '{"noticeTime":"2026-11-29T16:00:00Z"}'


class WatchTest(Case):
    def setUp(self) -> None:
        self.service = MetadataService()
        self.addCleanup(self.service.server_close)
        self.addCleanup(self.service.shutdown)
        self.use(REDIS_REPLICA_IMDS=self.service.address)
        self.place = self.folder()
        self.watch = Watch(self.place)

    def use(self, **environment: str) -> None:
        change = mock.patch.dict(os.environ, environment)
        change.start()
        self.addCleanup(change.stop)

    def look(self, **answers: Any) -> dict[str, list[str]]:
        """The files after a look, with their lines."""
        self.service.answers.update(answers)
        self.watch.look()
        found = {}
        for name in os.listdir(self.place):
            with open(f"{self.place}/{name}") as file:
                found[name] = file.read().splitlines()
        return found

    def announce(self, path: str, text: str) -> dict[str, list[str]]:
        return self.look(**{path: (200, text)})

    def silent(self) -> Any:
        return mock.patch.dict(os.environ, REDIS_REPLICA_IMDS="127.0.0.1:1")

    def test_without_an_announcement_there_is_no_file(self) -> None:
        self.assertEqual(self.look(), {})
        self.assertEqual(self.service.asked, [TOKEN, ACTION, REBALANCE])

    def test_an_interruption_and_a_rebalance_are_announced_with_the_services_date(self) -> None:
        self.announce(ACTION, NOTICE)
        found = self.announce(REBALANCE, RECOMMENDED)
        self.assertEqual(
            {name: lines[2] for name, lines in found.items()}, {"interruption": NOTICE, "rebalance": RECOMMENDED}
        )
        for uptime, date, _ in found.values():
            self.assertGreater(float(uptime), 0)
            self.assertRegex(date, r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$")

    def test_a_withdrawn_announcement_leaves_no_file(self) -> None:
        self.announce(ACTION, NOTICE)
        self.assertEqual(self.look(**{ACTION: (404, "")}), {})

    def test_the_time_of_the_first_look_stays_and_a_new_announcement_has_its_own(self) -> None:
        with mock.patch("time.clock_gettime", side_effect=[10.0, 10.0, 15.0, 15.0, 20.0, 20.0]):
            first = self.announce(ACTION, NOTICE)["interruption"]
            self.assertEqual(self.look()["interruption"], first)
            second = self.announce(ACTION, NOTICE.replace("17:", "18:"))["interruption"]
        self.assertEqual((first[0], second[0]), ("10.0", "20.0"))

    def test_after_a_restart_the_first_look_still_counts(self) -> None:
        with mock.patch("time.clock_gettime", return_value=10.0):
            first = self.announce(ACTION, NOTICE)
        self.watch = Watch(self.place)
        self.assertEqual(self.look(), first)

    @rows(
        ("a silent service changes nothing", (0, "")),
        ("an error changes nothing", (500, NOTICE)),
        ("a page in place of an announcement changes nothing", (200, "<html>a proxy</html>")),
        ("an empty announcement changes nothing", (200, "")),
        ("an announcement with control characters changes nothing", (200, '{"time":"\x1b[2J"}')),
        ("an announcement with letters beyond ASCII changes nothing", (200, '{"time":"\xe9"}')),
        ("an announcement that is too long changes nothing", (200, "{" + "x" * 2000)),
    )
    def unknown(self, answer: tuple[int, str]) -> None:
        for text in ("", RECOMMENDED):
            before = self.look(**{ACTION: (404, ""), REBALANCE: (200, text) if text else (404, "")})
            answers = {ACTION: answer, REBALANCE: answer} if answer[0] else {}
            with contextlib.nullcontext() if answers else self.silent():
                self.assertEqual(self.look(**answers), before)

    def test_an_interruption_is_written_at_every_look_and_a_rebalance_once(self) -> None:
        self.announce(ACTION, NOTICE)
        self.announce(REBALANCE, RECOMMENDED)
        names = "interruption", "rebalance"
        before = [os.stat(f"{self.place}/{name}").st_ino for name in names]
        with self.silent():
            # What is known stays known.
            self.look()
        after = [os.stat(f"{self.place}/{name}").st_ino for name in names]
        self.assertEqual([old == new for old, new in zip(before, after)], [False, True])

    def test_after_ten_minutes_an_interruption_is_written_once_a_minute(self) -> None:
        # The instance may still run then, with a Redis that is to be started again.
        with mock.patch("time.clock_gettime", return_value=1000.0):
            self.announce(ACTION, NOTICE)
        for uptime, is_same in ((1599.0, False), (1601.0, True), (1658.0, True), (1660.0, False), (1719.0, True)):
            before = os.stat(f"{self.place}/interruption").st_mtime_ns
            with mock.patch("time.clock_gettime", return_value=uptime):
                self.look()
            self.assertEqual(os.stat(f"{self.place}/interruption").st_mtime_ns == before, is_same)

    def test_a_file_that_is_left_without_an_announcement_is_removed(self) -> None:
        put(f"{self.place}/rebalance", "x\ny\nz\n")
        self.watch = Watch(self.place)
        self.assertEqual(self.look(), {})

    def test_one_token_is_used_until_half_of_its_lifetime_has_passed(self) -> None:
        self.look()
        self.look()
        self.assertEqual(self.service.asked.count(TOKEN), 1)
        with mock.patch("time.monotonic", return_value=self.watch.renewal + 1):
            self.look()
        self.assertEqual(self.service.asked.count(TOKEN), 2)
        self.assertLessEqual(TTL, 21600)

    def test_a_token_that_the_service_knows_no_more_is_replaced(self) -> None:
        self.look()
        self.watch.token = "another"
        self.assertEqual(self.announce(ACTION, NOTICE), {})
        self.assertEqual(self.look()["interruption"][2], NOTICE)

    def test_a_token_of_two_lines_is_not_sent(self) -> None:
        self.assertEqual(self.look(**{TOKEN: (200, "a\r\nHost: b"), ACTION: (200, NOTICE)}), {})
        self.assertEqual(set(self.service.asked), {TOKEN})

    def test_a_service_without_a_date_is_understood_by_this_machines_clock(self) -> None:
        with mock.patch(
            "imds.parse", side_effect=lambda answer, parse=imds.parse: (parse(answer)[0], "", parse(answer)[2])
        ):
            self.assertRegex(self.announce(ACTION, NOTICE)["interruption"][1], "GMT$")

    def test_a_file_that_is_no_text_of_it_is_replaced(self) -> None:
        put(f"{self.place}/interruption", b"\xff\0")
        self.watch = Watch(self.place)
        self.assertEqual(self.announce(ACTION, NOTICE)["interruption"][2], NOTICE)
        self.assertEqual(self.look(**{ACTION: (404, "")}), {})
