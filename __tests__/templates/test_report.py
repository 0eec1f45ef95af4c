from __future__ import annotations

import contextlib
import io
import json
import os
import time

from fakes import FakeWorld, left_with, put
from suite import Case, diagnostics, rows

import metrics
import report
from world import Processes


class ReportTest(Case):
    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())

    def set(self, *state: str) -> str:
        with diagnostics() as log:
            report.set_state(self.world, *state)
        return log.getvalue()

    def hook(self, event: str, script: str) -> None:
        path = self.world.etc / f"hooks.d/{event}"
        put(path, f"#!/bin/sh\n{script}\n")
        os.chmod(path, 0o755)
        self.world.processes = Processes()  # type: ignore[assignment]

    def test_a_state_is_logged_once_and_again_when_it_changes(self) -> None:
        logged = self.set("waiting", "a"), self.set("waiting", "a"), self.set("waiting", "b")
        self.assertEqual(logged, ("redis-replica: waiting: a\n", "", "redis-replica: waiting: b\n"))
        self.assertEqual(self.world.run.text("state"), "waiting: b\n")

    def test_a_state_is_logged_if_the_file_of_the_last_one_is_empty(self) -> None:
        put(self.world.run / "state", "")
        self.assertEqual(self.set("waiting", "a"), "redis-replica: waiting: a\n")

    def test_a_state_is_one_plain_line_regardless_of_what_it_quotes(self) -> None:
        self.set("waiting", "ERR \x1b[2J\r\nin sync: \xe9\u0663" + "x" * 5000)
        self.assertRegex(self.world.run.text("state"), r"^waiting: ERR \?\[2J\?\?in sync: \?\?x+\n$")
        self.assertLess(len(self.world.run.text("state")), 1010)

    def test_each_call_writes_the_metrics_also_if_the_state_is_the_same(self) -> None:
        self.set("waiting", "a")
        self.world.run.write("failures", "..")
        self.set("waiting", "a")
        self.assertIn("\nredis_replica_failures 2\n", self.world.run.text(metrics.FILE))

    def test_a_look_that_was_already_running_does_not_replace_a_refusal(self) -> None:
        left_with(lambda: report.refuse(self.world, "two machines", "twin"))
        self.set("in sync", "b")
        self.assertEqual(self.world.shown_state, "refused: two machines")

    @rows(
        (
            "recovered is called once in sync",
            "recovered",
            [("waiting", "a"), ("in sync", "b"), ("in sync", "c")],
            ["in sync: b"],
        ),
        ("promoted is called with the state", "promoted", [("promoted", "owns slots")], ["promoted: owns slots"]),
        ("refused is called with the reason", "refused", [("waiting", "a"), ("refused", "b")], ["refused: b"]),
    )
    def hooks(self, event: str, states: list[tuple[str, str]], output: list[str]) -> None:
        self.hook(event, f'echo "$1" >>"{self.world.root}/output"')
        for state in states:
            self.set(*state)
        with open(f"{self.world.root}/output") as file:
            self.assertEqual(file.read().splitlines(), output)

    def test_a_hook_that_fails_is_logged_and_changes_nothing(self) -> None:
        self.hook("promoted", "echo why >&2; exit 3")
        self.assertIn("the hook promoted ended with 3: why", self.set("promoted", "b"))
        self.assertEqual(self.world.shown_state, "promoted: b")

    def test_a_hook_that_cannot_be_run_is_logged(self) -> None:
        self.hook("promoted", "")
        os.chmod(self.world.etc / "hooks.d/promoted", 0o644)
        self.assertIn("the hook promoted ended with 127", self.set("promoted", "b"))

    def test_a_hook_that_ignores_sigterm_is_killed_with_its_children(self) -> None:
        pid = f"{self.world.root}/pid"
        self.hook("promoted", f"trap '' TERM; sleep 300 & echo $! >{pid}; wait; sleep 300")
        limit, report.HOOK = report.HOOK, 1
        begun = time.monotonic()
        try:
            self.assertIn("was killed after 1 s", self.set("promoted", "b"))
        finally:
            report.HOOK = limit
        self.assertLess(time.monotonic() - begun, 5)
        with open(pid) as file:
            self.assertTrue(Processes().ended(int(file.read()), 5) or self.is_zombie(file.name))

    def is_zombie(self, path: str) -> bool:
        with open(path) as file, open(f"/proc/{file.read().strip()}/stat") as stat:
            return " Z " in stat.read()

    def test_a_hook_does_not_inherit_the_lock(self) -> None:
        self.hook("promoted", f'ls -l /proc/$$/fd >"{self.world.root}/output"')
        with self.world.lock(1):
            self.set("promoted", "b")
        with open(f"{self.world.root}/output") as file:
            self.assertNotIn("/lock", file.read())

    def test_a_changed_note_is_not_another_promotion(self) -> None:
        self.hook("promoted", 'echo "$1" >>"${0%/*}/ran"')
        for detail in ("a owns slots", "a owns slots; the certificate expires soon"):
            self.set("promoted", detail)
        with open(self.world.etc / "hooks.d/ran") as file:
            self.assertEqual(file.read(), "promoted: a owns slots\n")


class LaterTest(Case):
    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())

    def later(self, reason: str = "not yet", progress: str = "", after: float = 0) -> int:
        self.world.clock.time += after
        return left_with(lambda: report.later(self.world, reason, progress))[0]

    def test_a_wait_exits_with_10_and_does_not_block_the_next_start(self) -> None:
        self.assertEqual((self.later(), self.world.run.has("refused")), (10, False))

    def test_a_wait_is_reported_after_15_minutes_and_tried_again(self) -> None:
        self.assertEqual([self.later(), self.later(after=899), self.later(after=1)], [10, 10, 20])
        self.assertEqual(self.world.shown_state, "refused: not yet; no progress for 15 minutes, still trying")
        self.assertFalse(self.world.run.has("refused"))

    def test_another_reason_does_not_restart_the_15_minutes(self) -> None:
        self.later("one")
        self.assertEqual(self.later("two", after=900), 20)

    def test_progress_restarts_the_15_minutes(self) -> None:
        self.later(progress="100")
        self.assertEqual([self.later(progress="200", after=800), self.later(progress="300", after=800)], [10, 10])
        self.assertEqual(self.later(progress="300", after=900), 20)

    def test_progress_that_was_made_before_does_not_count(self) -> None:
        codes = [
            self.later(progress=read, after=100) for read in ("0", "700", "", "0", "500", "700", "", "0", "600", "700")
        ]
        self.assertEqual(set(codes), {10})
        self.assertEqual([self.later(progress="650", after=100), self.later(after=100)], [20, 20])

    def test_progress_that_is_no_number_does_not_count(self) -> None:
        self.later(progress="PORT[$(id)]")
        self.assertEqual(self.later(progress="\u0663" * 30 + "\n", after=900), 20)

    def test_in_sync_ends_all_waits(self) -> None:
        self.later()
        self.world.run.write("accepted", "x")
        report.done(self.world, "in sync", "b")
        self.assertEqual(self.later(after=900), 10)
        self.assertFalse(self.world.run.has("accepted"))

    def test_a_report_exits_with_20_and_does_not_block_the_next_start(self) -> None:
        code, _ = left_with(lambda: report.report(self.world, "the master is down"))
        self.assertEqual(
            (code, self.world.run.has("refused"), self.world.shown_state), (20, False, "refused: the master is down")
        )


class RefusalTest(Case):
    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())

    def test_a_refusal_exits_with_20_blocks_the_next_start_and_logs_how_to_clear_it(self) -> None:
        code, log = left_with(lambda: report.refuse(self.world, "two machines", "1234", ["evidence\x1b[2J"]))
        self.assertEqual((code, self.world.run.text("refused")), (20, "two machines\nrefusal 1234\n"))
        self.assertIn("redis-replica: evidence?[2J\n", log)
        self.assertIn("redis-replica retry", log)
        self.assertIn("\nredis_replica_start_refused 1\n", self.world.run.text(metrics.FILE))
        self.assertIn("redis-replica accept", log)

    def test_an_acceptance_is_for_the_present_refusal_and_not_on_the_volume(self) -> None:
        left_with(lambda: report.refuse(self.world, "two machines", "1234"))
        report.accept(self.world)
        self.assertEqual((self.world.run.text("accepted"), self.world.run.has("refused")), ("1234", False))
        self.assertEqual(os.listdir(self.world.state.path), [])

    @rows(
        ("nothing is accepted on a healthy replica", "in sync: x"),
        ("nothing is accepted while a master is down, which is no refusal", "refused: the master is down"),
        ("nothing is accepted before the first start", ""),
    )
    def nothing_to_accept(self, state: str) -> None:
        put(self.world.run / "state", state)
        code, log = left_with(lambda: report.accept(self.world))
        self.assertEqual((code, self.world.run.has("accepted")), (1, False))
        self.assertIn("there is no refusal to accept", log)

    def test_retry_restarts_all_waits(self) -> None:
        for name in ("refused", "since", "unhealthy", "hold", "failures"):
            self.world.run.write(name, "1")
        report.retry(self.world)
        self.assertEqual(sorted(os.listdir(self.world.run.path)), ["address"])


class StatusTest(Case):
    @rows(
        ("a node that has not started exits with 10", "", 10, "not started"),
        ("a replica in sync exits with 0", "in sync: x", 0, "in sync: x"),
        ("a promoted node exits with 0", "promoted: x", 0, "promoted: x"),
        ("a node that waits exits with 10", "waiting: x", 10, "waiting: x"),
        ("a refused node exits with 20", "refused: x", 20, "refused: x"),
    )
    def states(self, state: str, code: int, text: str) -> None:
        self.assertEqual(self.status(state, False), (code, text))

    def status(self, state: str, as_json: bool, expiry: str = "") -> tuple[int, str]:
        world = FakeWorld(self.folder())
        if expiry:
            put(world.secrets / "expiry", expiry)
        if state:
            put(world.run / "state", f"{state}\n")
            os.utime(world.run / "state", (5, 5))
        with contextlib.redirect_stdout(io.StringIO()) as out:
            code, _ = left_with(lambda: report.status(world, as_json))
        return code, out.getvalue().strip()

    def test_the_json_has_the_state_its_detail_its_time_and_the_exit_code(self) -> None:
        code, text = self.status("in sync: a: b", True)
        self.assertEqual(json.loads(text), {"state": "in_sync", "detail": "a: b", "since": 5, "exit_code": code})
        code, text = self.status("", True)
        self.assertEqual(json.loads(text), {"state": "not_started", "detail": "", "since": None, "exit_code": 10})

    def test_the_json_has_the_expiry_of_the_certificate_if_there_is_one(self) -> None:
        shown = json.loads(self.status("in sync: a", True, "1700000000\n")[1])
        self.assertEqual(shown["certificate_expires"], 1700000000)
        self.assertNotIn("certificate_expires", self.status("in sync: a", True, "needle")[1])
