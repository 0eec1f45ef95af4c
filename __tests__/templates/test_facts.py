from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Callable

from suite import Case, rows

from facts import Facts, Needed, Refused, Unknown, fact, known, settle

if TYPE_CHECKING:
    from facts import Known


def raises(error: Exception) -> Callable[[], object]:
    def get() -> object:
        raise error

    return get


class FactsTest(Case):
    @rows(
        ("a text is returned unchanged", lambda: "live", "live"),
        ("a true value is yes", lambda: 5, "yes"),
        ("a false value is no", lambda: None, "no"),
    )
    def values(self, get: Callable[[], object], value: str) -> None:
        self.assertEqual(fact(get), value)

    @rows(
        ("a question without an answer is unknown", raises(Unknown("10.0.0.1: no answer")), "10.0.0.1: no answer"),
        ("an error as the answer is unknown", raises(Refused("NOAUTH")), "NOAUTH"),
        ("an unknown value stays unknown", lambda: Unknown("silence"), "silence"),
        ("a file that cannot be read is unknown", raises(OSError(5, "Input/output error")), "Input/output error"),
        ("a malformed value is unknown", raises(ValueError("not a number")), "not a number"),
        (
            "a missing field is unknown, and the reason names it",
            raises(KeyError("master_replid")),
            "no 'master_replid' in the answer",
        ),
        ("a name that does not resolve is unknown", raises(socket.gaierror(-2, "Name not known")), "Name not known"),
        ("an answer of another type is unknown", raises(TypeError("not a list")), "not a list"),
        ("a reason has no control characters", raises(ValueError("a\x1b[2Jb")), "a?[2Jb"),
        ("an error without a text still gives a reason", raises(ValueError()), "ValueError"),
    )
    def reasons(self, get: Callable[[], object], reason: str) -> None:
        found = fact(get)
        self.assertIsInstance(found, Unknown)
        self.assertIn(reason, str(found))

    def test_a_programming_error_is_not_an_unknown_fact(self) -> None:
        with self.assertRaises(AttributeError):
            fact(raises(AttributeError("no such attribute")))

    def test_an_unknown_value_is_raised_if_a_value_is_needed(self) -> None:
        self.assertEqual(known(0), 0)
        with self.assertRaises(Unknown):
            known(Refused("NOAUTH"))

    def test_an_undeclared_fact_is_a_programming_error(self) -> None:
        with self.assertRaises(KeyError):
            Facts({}, {}).quorum  # noqa: B018

    def test_reading_an_unknown_fact_raises_its_name(self) -> None:
        with self.assertRaisesRegex(Needed, "^quorum$"):
            Facts({"quorum": Unknown("silence")}, {}).quorum  # noqa: B018

    def test_an_unknown_fact_that_does_not_change_the_action_is_ignored(self) -> None:
        facts: Known = {"a": Unknown("silence"), "b": "yes"}
        self.assertEqual(settle(lambda f: ("go", "") if f.b == "yes" else ("go", f.a), facts, {"a": "x y"}), ("go", ""))
        self.assertEqual(settle(lambda f: ("go", "") if f.a else ("stop", ""), facts, {"a": "x y"}), ("go", ""))

    def test_an_unknown_fact_that_changes_the_action_is_the_reason_to_wait(self) -> None:
        facts: Known = {"a": Unknown("silence")}
        self.assertEqual(settle(lambda f: (f.a, ""), facts, {"a": "x y"}), ("later", "silence"))
