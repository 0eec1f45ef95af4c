"""The append-only file of a promoted node is switched only after an answer of Redis."""

from __future__ import annotations

from typing import Any, Callable

from cluster import NODES, A, R, text
from fakes import HERE, FakeWorld, info, left_with, put
from suite import Case, rows

import promoted_aof
from facts import Refused, Unknown
from join import Running
from resp import Info

ON = {
    "aof_enabled": "1",
    "aof_rewrite_in_progress": "0",
    "aof_rewrite_scheduled": "0",
    "aof_last_bgrewrite_status": "ok",
}
OFF = {**ON, "aof_enabled": "0"}
MANIFEST = "appendonlydir/appendonly.aof.manifest"


class ProtectionTest(Case):
    def setUp(self) -> None:
        self.world = FakeWorld(self.folder())
        self.world.network.servers[HERE] = {"CONFIG": "OK"}

    def look(self, owns: bool, answer: Any) -> int:
        """One look at an owner or a replica. `sent` has the commands that it received."""
        running = Running(text(A if owns else R, NODES), Info(info(**answer) if isinstance(answer, dict) else answer))
        return left_with(lambda: promoted_aof.update(self.world, running))[0]

    @property
    def sent(self) -> list[str]:
        return [command.rpartition(" ")[2] for command in self.world.network.sent("CONFIG SET appendonly")]

    @property
    def marked(self) -> bool:
        return self.world.state.has("aof-partial")

    def manifest(self) -> None:
        put(self.world.data / MANIFEST, "")

    @rows(
        ("an owner without an append-only file starts one", True, OFF, ["yes"], True),
        ("a replica with an append-only file stops it", False, ON, ["no"], True),
        ("a replica without an append-only file is left alone", False, OFF, [], False),
        ("an owner whose manifest is missing starts a new file", True, ON, ["no", "yes"], True),
        (
            "an owner that is still writing its first file is left alone",
            True,
            {**ON, "aof_rewrite_in_progress": "1"},
            [],
            False,
        ),
        (
            "an owner that is about to write its first file is left alone",
            True,
            {**ON, "aof_rewrite_scheduled": "1"},
            [],
            False,
        ),
    )
    def switches(self, owns: bool, answer: dict[str, str], sent: list[str], marked: bool) -> None:
        self.look(owns, answer)
        self.assertEqual((self.sent, self.marked), (sent, marked))

    @rows(
        ("an owner that does not answer gets no command", True, Unknown("10.0.0.4: no answer")),
        ("a replica that does not answer gets no command", False, Unknown("10.0.0.4: no answer")),
        ("an owner that refuses INFO gets no command", True, Refused("NOAUTH")),
        ("an owner whose INFO lacks the field gets no command", True, {"role": "master"}),
        ("an owner whose INFO has another value gets no command", True, {**ON, "aof_enabled": "2"}),
    )
    def silence(self, owns: bool, answer: Any) -> None:
        self.manifest()
        for marked in (False, True):
            if marked:
                self.world.state.write("aof-partial", "")
            self.look(owns, answer)
            self.assertEqual((self.sent, self.marked), ([], marked))
            self.assertTrue(self.world.data.has(MANIFEST))
            self.assertEqual(promoted_aof.is_complete(self.world), not marked)

    def test_a_complete_file_loses_its_mark(self) -> None:
        self.manifest()
        self.world.state.write("aof-partial", "")
        self.look(True, ON)
        self.assertTrue(promoted_aof.is_complete(self.world))

    def test_a_file_whose_rewrite_continues_keeps_its_mark(self) -> None:
        self.manifest()
        self.world.state.write("aof-partial", "")
        self.look(True, {**ON, "aof_rewrite_in_progress": "1"})
        self.assertFalse(promoted_aof.is_complete(self.world))

    def test_a_file_that_cannot_be_written_keeps_its_mark_and_is_waited_for(self) -> None:
        self.manifest()
        self.world.state.write("aof-partial", "")
        code = self.look(True, {**ON, "aof_last_bgrewrite_status": "err"})
        self.assertEqual((code, promoted_aof.is_complete(self.world)), (10, False))
        self.assertIn("space on the disk", self.world.shown_state)

    def test_the_mark_is_written_before_the_command_is_sent(self) -> None:
        marks: list[bool] = []

        def sent(command: str) -> str:
            marks.append(self.marked)
            return "OK"

        self.world.network.servers[HERE] = {"CONFIG": sent}
        self.look(True, OFF)
        self.assertEqual(marks, [True])

    def test_a_switch_that_is_not_answered_leaves_the_mark_and_waits(self) -> None:
        self.manifest()
        self.world.network.servers[HERE] = {"CONFIG": Unknown("no answer")}
        self.assertEqual((self.look(True, OFF), self.marked), (10, True))

    def test_no_command_is_sent_while_redis_is_being_stopped(self) -> None:
        self.world.run.write("stopping", "1")
        self.look(True, OFF)
        self.look(False, ON)
        self.assertEqual(self.sent, [])

    def test_the_time_of_the_first_look_is_the_time_of_the_promotion(self) -> None:
        self.look(True, ON)
        self.world.clock.time = 2000
        self.look(True, ON)
        self.assertEqual(self.world.run.text("promoted"), "1000")

    @rows(
        ("a missing file is not complete", [], False, False),
        ("a folder without a manifest is not complete", ["appendonlydir/temp-appendonly.aof.incr"], False, False),
        ("a manifest is complete", [MANIFEST], False, True),
        ("a manifest with a mark is not complete", [MANIFEST], True, False),
    )
    def completeness(self, files: list[str], marked: bool, complete: bool) -> None:
        for name in files:
            put(self.world.data / name, "")
        if marked:
            self.world.state.write("aof-partial", "")
        self.assertEqual(promoted_aof.is_complete(self.world), complete)

    def put_away(self, role: str, generation: str, marked: bool) -> Callable[[str], str]:
        put(self.world.data / MANIFEST, generation)
        if marked:
            self.world.state.write("aof-partial", "")
        promoted_aof.put_away(self.world, role)
        self.assertFalse(self.world.data.has("appendonlydir") or self.marked)
        return lambda name: self.world.data.text(f"kept/{name}")

    def test_a_replicas_file_is_removed_before_the_next_start(self) -> None:
        self.assertEqual(self.put_away("replica", "a", False)(MANIFEST), "")

    def test_an_owners_file_is_kept_once(self) -> None:
        self.assertEqual(self.put_away("owner", "a", False)(MANIFEST), "a")
        self.assertEqual(self.put_away("owner", "b", False)(MANIFEST), "b")

    def test_an_incomplete_file_is_kept_if_there_is_no_other(self) -> None:
        self.assertEqual(self.put_away("owner", "a", True)(MANIFEST), "a")

    def test_an_incomplete_file_does_not_replace_a_complete_one(self) -> None:
        self.put_away("owner", "whole", False)
        self.assertEqual(self.put_away("owner", "partial", True)(MANIFEST), "whole")

    def test_without_a_file_the_mark_is_removed(self) -> None:
        self.world.state.write("aof-partial", "")
        promoted_aof.put_away(self.world, "owner")
        self.assertFalse(self.marked)
