from __future__ import annotations

import copy
import json
import pickle

from suite import Case, rows

from facts import Unknown
from resp import encode
from secret import Secret

NEEDLE = Secret(b"needle \xc3\xa9")


class SecretTest(Case):
    @rows(
        ("str shows three asterisks", str(NEEDLE)),
        ("repr shows three asterisks", repr(NEEDLE)),
        ("an f-string shows three asterisks", f"{NEEDLE}"),
        ("an f-string with a width shows three asterisks", f"{NEEDLE:>3}"),
        ("the percent sign shows three asterisks", "%s" % NEEDLE),  # noqa: UP031
    )
    def texts(self, text: str) -> None:
        self.assertEqual(text, "***")

    def test_a_list_or_an_error_that_has_it_does_not_show_it(self) -> None:
        for text in (repr([NEEDLE]), str(Unknown(NEEDLE)), repr(ValueError("a", NEEDLE)), str({"a": NEEDLE})):
            self.assertIn("***", text)
            self.assertNotIn("needle", text)

    def test_it_is_not_serialized(self) -> None:
        for write in (pickle.dumps, json.dumps, copy.copy):
            with self.assertRaises(TypeError):
                write(NEEDLE)

    def test_it_is_no_text_that_could_be_joined(self) -> None:
        with self.assertRaises(TypeError):
            "".join([NEEDLE])  # type: ignore[list-item]

    def test_it_is_compared_by_its_bytes_and_empty_if_it_has_none(self) -> None:
        self.assertEqual(NEEDLE, Secret(NEEDLE.reveal()))
        self.assertNotEqual(NEEDLE, Secret(b"other"))
        self.assertNotEqual(NEEDLE, NEEDLE.reveal())
        self.assertFalse(Secret(b""))

    def test_a_command_sends_its_bytes(self) -> None:
        self.assertEqual(encode(("AUTH", "a", NEEDLE)), b"*3\r\n$4\r\nAUTH\r\n$1\r\na\r\n$9\r\nneedle \xc3\xa9\r\n")
