from __future__ import annotations

import os

from fakes import FakeWorld, info, put
from suite import Case, rows
from test_announcement import RECOMMENDED, announce

import metrics
from announcement import INTERRUPTION, REBALANCE
from facts import Unknown
from resp import Info


class MetricsTest(Case):
    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())

    def samples(self) -> dict[str, str]:
        """The value of each sample, by name and labels without the prefix."""
        metrics.write(self.world)
        lines = [line for line in self.world.run.text(metrics.FILE).splitlines() if line[0] != "#"]
        return {name[len("redis_replica_") :]: value for name, value in (line.rsplit(" ", 1) for line in lines)}

    def test_every_metric_has_its_help_and_type_before_its_samples(self) -> None:
        put(self.world.run / "state", "waiting: a\n")
        text = metrics.text(self.world)
        blocks = [block.splitlines() for block in text.split("# HELP ")[1:]]
        for head, kind, *samples in blocks:
            name = head.split(" ")[0]
            self.assertEqual(kind, f"# TYPE {name} gauge")
            self.assertTrue(samples)
            self.assertEqual({sample.partition("{")[0].split(" ")[0] for sample in samples}, {name})

    @rows(
        ("a replica in sync has this state", "in sync: x", "in_sync"),
        ("a promoted node has this state", "promoted: x", "promoted"),
        ("a node that waits has this state", "waiting: x", "waiting"),
        ("a refused node has this state", "refused: x", "refused"),
        ("a node that has not started has no state", "", None),
    )
    def states(self, state: str, present: str | None) -> None:
        put(self.world.run / "state", f"{state}\n")
        samples = self.samples()
        ones = [each for each in metrics.STATES if samples[f'state{{state="{each}"}}'] == "1"]
        self.assertEqual(ones, [present] if present else [])

    def test_the_time_of_a_state_is_that_of_its_file(self) -> None:
        self.assertNotIn("state_changed_timestamp_seconds", self.samples())
        put(self.world.run / "state", "waiting: a\n")
        os.utime(self.world.run / "state", (5, 5))
        self.assertEqual(self.samples()["state_changed_timestamp_seconds"], "5")

    def test_the_time_of_the_report_is_that_of_the_write(self) -> None:
        before = int(self.samples()["last_report_timestamp_seconds"])
        self.world.clock.pass_time(60)
        self.assertEqual(int(self.samples()["last_report_timestamp_seconds"]), before + 60)

    def test_a_refusal_and_the_failures_are_those_of_the_files(self) -> None:
        samples = self.samples()
        self.assertEqual((samples["start_refused"], samples["failures"]), ("0", "0"))
        put(self.world.run / "refused", "x\nrefusal 1\n")
        put(self.world.run / "failures", "...")
        samples = self.samples()
        self.assertEqual((samples["start_refused"], samples["failures"]), ("1", "3"))

    @rows(
        ("nothing is announced without a file", [], ("0", "0")),
        ("an interruption is announced", [(INTERRUPTION, "")], ("1", "0")),
        ("a rebalance is recommended", [(REBALANCE, RECOMMENDED)], ("0", "1")),
        ("whether an announcement without a time still holds is not known", [(INTERRUPTION, "{}")], (None, None)),
    )
    def announcements(self, files: list[tuple[str, str]], expected: tuple[str | None, str | None]) -> None:
        for name, body in files:
            announce(self.world, name, body)
        samples = self.samples()
        found = samples.get("interruption_announced"), samples.get("rebalance_recommended")
        self.assertEqual(found, expected)

    @rows(
        ("a save that succeeded is no failure", info(rdb_last_bgsave_status="ok"), "0"),
        ("a save that failed is a failure", info(rdb_last_bgsave_status="err"), "1"),
        ("a word that Redis does not have is not known", info(rdb_last_bgsave_status="x"), None),
        ("without an answer it is not known", Unknown("no answer"), None),
    )
    def saves(self, reply: str | Unknown, expected: str | None) -> None:
        self.assertNotIn("save_failed", self.samples())
        # The save before was another one.
        metrics.note_save(self.world, Info(info(rdb_last_bgsave_status="err")))
        metrics.note_save(self.world, Info(reply))
        self.assertEqual(self.samples().get("save_failed"), expected)

    @rows(
        ("the expiry of the certificate is that of its file", "1700000000\n", "1700000000"),
        ("without TLS there is no expiry", "", None),
        ("an expiry that is no number is not known", "needle", None),
    )
    def expiries(self, text: str, expected: str | None) -> None:
        put(self.world.secrets / "expiry", text)
        self.assertEqual(self.samples().get("certificate_expiry_timestamp_seconds"), expected)
